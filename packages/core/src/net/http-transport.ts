export type HttpMethod = 'GET' | 'POST' | 'DELETE';

/** One HTTP request, ready to leave. */
export type HttpRequest = {
  method: HttpMethod;
  url: URL;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | undefined;
  /** `follow` only where the request carries nothing that another origin must not see. */
  redirect: 'manual' | 'follow';
};

/** Status line and headers of an answer. */
export type HttpHead = {
  /** 0 where the platform hides a redirect. */
  status: number;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
};

/** Receives an answer as it arrives. Called in this order; nothing follows `onEnd` or `onError`. */
export interface HttpHandler {
  /** The connection stands and the request is on its way. Only from a transport that `reportsConnect`. */
  onSent(): void;
  onHead(head: HttpHead): void;
  onData(chunk: Uint8Array): void;
  onEnd(): void;
  onError(error: unknown): void;
}

/** A request under way. */
export interface HttpCall {
  /** Asks for no more data until `resume`. What is already on its way may still come. */
  pause(): void;
  resume(): void;
  /** Closes the connection at once and ends the calls to the handler, unless the transport is `buffered`. */
  abort(): void;
}

/**
 * The way HTTP leaves this library: it pushes, so that a chunk costs no promise on its way, and can be paused. Timeouts,
 * retries and redirects are the business of whoever calls it.
 */
export interface HttpTransport {
  /** Whether {@link HttpHandler.onSent} will be called. */
  readonly reportsConnect: boolean;
  /** Whether answers come whole and cannot be stopped once asked for. */
  readonly buffered: boolean;
  start(request: HttpRequest, handler: HttpHandler): HttpCall;
  /** Closes the connections that are kept for later requests. */
  close?(): Promise<void>;
}
