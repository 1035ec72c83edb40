import type {
  HttpCall,
  HttpHandler,
  HttpMethod,
  HttpRequest,
  HttpTransport,
} from './http-transport.ts';

/** What is handed to a `fetch`: a subset of the platform's `RequestInit`. */
export type FetchInit = {
  method: HttpMethod;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  signal: AbortSignal;
  redirect: 'manual' | 'follow';
  credentials: 'omit';
  cache: 'no-store';
  referrerPolicy: 'no-referrer';
};

/** What is read of a `fetch`'s answer: a subset of the platform's `Response`. */
export type FetchAnswer = {
  readonly status: number;
  readonly type?: string;
  readonly headers: { get(name: string): string | null };
  /** Where it is missing, `arrayBuffer()` is read. */
  readonly body?: ReadableStream<Uint8Array> | null;
  arrayBuffer(): Promise<ArrayBuffer>;
};

/** The platform's `fetch`, or anything that answers like it. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

/**
 * HTTP over a `fetch`.
 *
 * @param options.buffered the `fetch` gives whole answers and ignores its signal
 */
export function createFetchTransport(
  fetch: Fetch,
  { buffered = false }: { buffered?: boolean } = {},
): HttpTransport {
  return {
    reportsConnect: false,
    buffered,
    start: (request, handler) => new FetchCall(fetch, request, handler, buffered),
  };
}

class FetchCall implements HttpCall {
  readonly #handler: HttpHandler;
  readonly #buffered: boolean;
  readonly #abort = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #paused = false;
  #reading = false;
  #over = false;

  constructor(fetch: Fetch, request: HttpRequest, handler: HttpHandler, buffered: boolean) {
    this.#handler = handler;
    this.#buffered = buffered;
    this.#run(fetch, request).catch((error: unknown) => this.#fail(error));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#read();
  }

  abort(): void {
    // A whole answer that was asked for is paid for: it is let come.
    if (this.#over || this.#buffered) return;
    this.#over = true;
    this.#abort.abort();
    this.#reader?.cancel().catch(() => undefined);
  }

  async #run(fetch: Fetch, request: HttpRequest): Promise<void> {
    const { method, headers, body, redirect } = request;
    const answer = await fetch(request.url.href, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: this.#abort.signal,
      redirect,
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    if (this.#over) {
      await answer.body?.cancel();
      return;
    }
    this.#handler.onHead({
      status: answer.type === 'opaqueredirect' ? 0 : answer.status,
      header: (name) => answer.headers.get(name) ?? undefined,
    });
    if (this.#over) return;
    if (this.#buffered || answer.body === undefined || answer.body === null) {
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (this.#over) return;
      if (bytes.length > 0) this.#handler.onData(bytes);
      this.#end();
      return;
    }
    this.#reader = answer.body.getReader();
    this.#read();
  }

  #read(): void {
    if (this.#reading || this.#paused || this.#over || this.#reader === undefined) return;
    this.#reading = true;
    this.#reader.read().then(this.#onRead, this.#onReadError);
  }

  readonly #onRead = ({ done, value }: { done: boolean; value?: Uint8Array | undefined }): void => {
    this.#reading = false;
    if (this.#over) return;
    if (done) {
      this.#end();
      return;
    }
    if (value !== undefined && value.length > 0) this.#handler.onData(value);
    this.#read();
  };

  readonly #onReadError = (error: unknown): void => this.#fail(error);

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onEnd();
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onError(error);
  }
}
