import { ServiceError, StepAudioError, ValidationError } from '../errors.ts';
import { isLoopback, regionOf, resolveBaseUrl } from './base-url.ts';
import type { BaseUrl, Plan, Region } from './base-url.ts';
import { sleep } from './clock.ts';
import type { Clock } from './clock.ts';
import { chooseOpener, toHeaders, toKey } from './credentials.ts';
import { Exchange, Redirect, requestIdOf } from './exchange.ts';
import type { ExchangeOptions, WholeAnswer } from './exchange.ts';
import { createFetchTransport } from './fetch-transport.ts';
import type { Fetch } from './fetch-transport.ts';
import type { HttpMethod, HttpTransport } from './http-transport.ts';
import { createLimiter } from './limiter.ts';
import type { Limiter, LimiterSlot } from './limiter.ts';
import { followRequest, refuseLongChain, toDownloadUrl } from './redirects.ts';
import { isWorthRetrying, parseRetryAfter, retryDelayMs, toRetryPolicy } from './retry.ts';
import type { RetryOptions, RetryPolicy } from './retry.ts';
import type { Runtime } from './runtime.ts';
import { toServiceError } from './service-failure.ts';
import type { FailureReader, ServiceFailure } from './service-failure.ts';
import { toTimeouts, withSendingTime } from './timeouts.ts';
import type { Timeouts } from './timeouts.ts';
import { SocketChannel } from './web-socket.ts';
import type { OpenSocket } from './web-socket.ts';

/** How to reach the service, the same for every capability. */
export type ConnectionOptions = {
  /**
   * The account's key. It is sent to the base address's origin only, and never stands in an address, an error or a log.
   * May be left out where `baseURL` is a relay that adds it.
   */
  apiKey?: string | undefined;
  /** Default `cn`. */
  region?: Region | undefined;
  /** Default `payg`, or what `baseURL` says. */
  plan?: Plan | undefined;
  /**
   * Another address than the region's, with the prefix (`https://host/v1`) or without (`http://127.0.0.1:8080`, to which
   * the plan's is added). Without encryption only to this machine, unless `allowInsecure` is set.
   */
  baseURL?: string | undefined;
  /** Allow `http` and `ws` to other machines: the key then travels in the clear. Default false. */
  allowInsecure?: boolean | undefined;
  timeouts?: Partial<Timeouts> | undefined;
  /** `false` never tries again. Nothing is retried once the first byte of an answer is there. */
  retry?: RetryOptions | false | undefined;
  /** Share one among all clients of an account. Default: one of this client's own that learns from refusals. */
  limiter?: Limiter | undefined;
  /** Sent with every request to the base address, in addition to our own. A browser's socket cannot send them. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** In place of the runtime's own. */
  fetch?: Fetch | undefined;
  /**
   * The `fetch` gives whole answers and cannot be aborted. Then `timeouts.totalMs` replaces the other limits, and a call
   * that is cancelled returns at once while its answer is still let come.
   */
  buffered?: boolean | undefined;
  /** In place of the runtime's own; in a browser the way to a socket that authenticates. */
  openSocket?: OpenSocket | undefined;
  /**
   * In a browser, whose WebSocket can send no header: put the key into the socket's subprotocol, as the service's own
   * console does. Undocumented for speech, and the page and whoever debugs it can read the key. Default false.
   */
  keyInSubprotocol?: boolean | undefined;
};

export type RequestSpec = {
  /** Default `POST`. */
  method?: HttpMethod | undefined;
  /** Behind the base address, with its slash. */
  path: string;
  query?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  content?: { type: string; bytes: Uint8Array<ArrayBuffer> } | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  signal: AbortSignal | undefined;
  /** Not to be repeated in an error: the text. */
  secrets?: readonly string[] | undefined;
  onLateAnswer?: ((answer: WholeAnswer) => void) | undefined;
};

export type SocketSpec = {
  path: string;
  query: Readonly<Record<string, string>>;
  signal: AbortSignal | undefined;
};

/** As probed in September 2026; the documentation names less. */
const PLAN_SCOPE =
  'It covers speech over HTTP and sockets, transcription over HTTP, cloning and listing own voices, the realtime conversation with stepaudio-2.5-realtime and chat with stepaudio-2.5-chat. The rest needs plan "payg".';

type ConnectionParts = { runtime: Runtime; readFailure: FailureReader };

/**
 * An account at an address: sends requests and opens sockets under its key, limits, timeouts and retries. All
 * capabilities of a client share one.
 */
export class Connection {
  readonly plan: Plan;
  /** Which of the service's hosts answers; `undefined` where the address is another and no region was named. */
  readonly region: Region | undefined;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly #base: BaseUrl;
  readonly #key: string | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #retry: RetryPolicy;
  readonly #limiter: Limiter;
  readonly #transport: HttpTransport;
  readonly #openSocket: OpenSocket | undefined;
  readonly #keyInSubprotocol: boolean;
  readonly #allowInsecure: boolean;
  readonly #random: () => number;
  readonly #readFailure: FailureReader;

  /**
   * @throws {AuthenticationError} without a usable key.
   * @throws {ValidationError} for an address or a header that cannot be used.
   * @throws {RangeError} for a limit out of range.
   */
  constructor(options: ConnectionOptions, { runtime, readFailure }: ConnectionParts) {
    this.#base = resolveBaseUrl(options);
    this.plan = this.#base.plan;
    this.region = regionOf(this.#base.origin) ?? options.region;
    this.clock = runtime.clock;
    this.timeouts = toTimeouts(options.timeouts);
    this.#key = toKey(options);
    this.#headers = toHeaders(options.headers);
    this.#retry = toRetryPolicy(options.retry);
    this.#limiter = options.limiter ?? createLimiter({ clock: runtime.clock });
    this.#transport =
      options.fetch === undefined
        ? runtime.transport
        : createFetchTransport(options.fetch, { buffered: options.buffered ?? false });
    if (options.buffered === true && options.fetch === undefined) {
      throw new ValidationError('buffered describes a fetch of your own: hand it in as fetch.', {
        path: 'fetch',
        value: undefined,
        allowed: 'a fetch that gives whole answers',
      });
    }
    this.#openSocket = options.openSocket ?? runtime.openSocket;
    this.#keyInSubprotocol = options.keyInSubprotocol ?? false;
    this.#allowInsecure = options.allowInsecure ?? false;
    this.#random = runtime.random;
    this.#readFailure = readFailure;
  }

  /** Sends a request. Resolves when the first byte of a successful answer is there, after as many attempts as it took. */
  async request(spec: RequestSpec): Promise<Exchange> {
    const { method = 'POST', signal, secrets = [], onLateAnswer, content } = spec;
    const json = spec.body === undefined ? undefined : JSON.stringify(spec.body);
    const contentType = content?.type ?? (json === undefined ? undefined : 'application/json');
    const timeouts = withSendingTime(this.timeouts, content?.bytes.length ?? json?.length ?? 0);
    let url = new URL(this.#base.href + spec.path);
    for (const [name, value] of Object.entries(spec.query ?? {})) url.searchParams.set(name, value);
    for (let redirects = 0; ; redirects += 1) {
      try {
        return await this.#withRetries(signal, this.#limiter, (slot) =>
          Exchange.open({
            ...this.#exchangeOptions(signal, slot),
            timeouts,
            request: {
              method,
              url,
              headers: {
                ...this.#headers,
                ...this.#authorization(),
                ...(contentType === undefined ? {} : { 'content-type': contentType }),
                ...spec.headers,
              },
              body: content?.bytes ?? json,
              redirect: 'manual',
            },
            toError: (answer) => this.#toError(answer, secrets, spec.body),
            onLateAnswer,
          }),
        );
      } catch (error) {
        if (!(error instanceof Redirect)) throw error;
        url = followRequest(error, url, redirects, this.#base.origin);
      }
    }
  }

  /**
   * Gets a file from an address that the service named. Neither the key nor `headers` go there. Resolves when its first
   * byte is there.
   */
  async download(href: string, signal: AbortSignal | undefined): Promise<Exchange> {
    const allowed = {
      loopback: isLoopback(new URL(this.#base.origin)),
      insecure: this.#allowInsecure,
    };
    let url = toDownloadUrl(href, undefined, allowed);
    let redirect: 'manual' | 'follow' = 'manual';
    for (let redirects = 0; ; redirects += 1) {
      try {
        return await this.#withRetries(signal, undefined, (slot) =>
          Exchange.open({
            ...this.#exchangeOptions(signal, slot),
            request: { method: 'GET', url, headers: {}, body: undefined, redirect },
            toError: toDownloadError,
            onLateAnswer: undefined,
          }),
        );
      } catch (error) {
        if (!(error instanceof Redirect)) throw error;
        refuseLongChain(error, redirects);
        // A browser hides where to: it may follow by itself, since the request carries nothing of ours.
        if (error.status === 0) redirect = 'follow';
        else url = toDownloadUrl(error.location, url, allowed);
      }
    }
  }

  /** Opens a socket. It holds a slot of the limiter until it is closed. */
  async openSocket(spec: SocketSpec): Promise<SocketChannel> {
    const { signal } = spec;
    const url = new URL(`${this.#base.href.replace(/^http/, 'ws')}${spec.path}`);
    for (const [name, value] of Object.entries(spec.query)) url.searchParams.set(name, value);
    const { open, protocols } = chooseOpener(this.#openSocket, this.#key, this.#keyInSubprotocol);
    return this.#withRetries(signal, this.#limiter, (slot) => {
      let outcome = { rateLimited: false, retryAfterMs: undefined as number | undefined };
      return SocketChannel.open({
        open,
        url: url.href,
        headers: { ...this.#headers, ...this.#authorization() },
        protocols,
        clock: this.clock,
        connectMs: this.timeouts.connectMs,
        signal,
        toError: (answer) => {
          const retryAfterMs = this.#retryAfterMs(answer);
          outcome = { rateLimited: answer.head.status === 429, retryAfterMs };
          return this.#toError(answer, []);
        },
        onOver: () => slot.release(outcome),
      });
    });
  }

  /** The error for a failure that came as an event instead of a status. */
  toEventError(
    failure: ServiceFailure,
    context: { requestId: string | undefined; secrets: readonly string[] },
  ): StepAudioError {
    return toServiceError(failure, {
      requestId: context.requestId,
      secrets: [...this.#secrets(), ...context.secrets],
    });
  }

  /** Reads the failure out of a parsed answer or event. */
  readFailure(raw: unknown): ServiceFailure | undefined {
    return this.#readFailure(raw);
  }

  /** Closes the connections kept for later requests. Calls in flight end first; later ones fail. */
  async close(): Promise<void> {
    await this.#transport.close?.();
  }

  async #withRetries<T>(
    signal: AbortSignal | undefined,
    limiter: Limiter | undefined,
    attempt: (slot: LimiterSlot) => Promise<T>,
  ): Promise<T> {
    const failures: StepAudioError[] = [];
    for (;;) {
      signal?.throwIfAborted();
      const slot = (await limiter?.acquire(signal)) ?? { release: () => undefined };
      try {
        return await attempt(slot);
      } catch (error) {
        signal?.throwIfAborted();
        if (!StepAudioError.isInstance(error)) throw error;
        failures.push(error);
        if (failures.length >= this.#retry.maxAttempts || !isWorthRetrying(error)) {
          error.attempts = failures.slice(0, -1);
          throw error;
        }
        const wish = error.retryAfterMs;
        const delayMs = retryDelayMs(this.#retry, failures.length, wish, this.#random);
        await sleep(this.clock, delayMs, signal);
      }
    }
  }

  #exchangeOptions(
    signal: AbortSignal | undefined,
    slot: LimiterSlot,
  ): Pick<ExchangeOptions, 'transport' | 'clock' | 'timeouts' | 'signal' | 'onOver'> {
    return {
      transport: this.#transport,
      clock: this.clock,
      timeouts: this.timeouts,
      signal,
      onOver: (outcome) => slot.release(outcome),
    };
  }

  #authorization(): Record<string, string> {
    return this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` };
  }

  #secrets(): string[] {
    return this.#key === undefined ? [] : [this.#key];
  }

  #toError(answer: WholeAnswer, secrets: readonly string[], request?: unknown): StepAudioError {
    const { status } = answer.head;
    const failure = this.#failureIn(answer);
    // A path that is not there is no field's matter, whatever the message says.
    const isAboutField = status !== 404 && namesField(failure, request);
    return toServiceError(failure, {
      status,
      requestId: requestIdOf(answer.head),
      retryAfterMs: this.#retryAfterMs(answer),
      secrets: [...this.#secrets(), ...secrets],
      advice: status === 401 ? `This one went to ${new URL(this.#base.origin).host}.` : undefined,
      planScope: this.plan === 'step-plan' && !isAboutField ? PLAN_SCOPE : undefined,
    });
  }

  #failureIn({ head, body }: WholeAnswer): ServiceFailure {
    const text = new TextDecoder().decode(body);
    try {
      const failure = this.#readFailure(JSON.parse(text));
      if (failure !== undefined) return failure;
    } catch {
      // A gateway's text or HTML page.
    }
    const plain = head.header('content-type')?.startsWith('text/plain') === true;
    return { message: plain ? text : '', blocked: false };
  }

  #retryAfterMs({ head }: WholeAnswer): number | undefined {
    return parseRetryAfter(head.header('retry-after'), this.clock.now());
  }
}

/** Whether a refusal is about a field of the request: then the plan has no part in it. */
function namesField({ param, message }: ServiceFailure, request: unknown): boolean {
  if (param !== undefined) return true;
  if (typeof request !== 'object' || request === null) return false;
  return Object.keys(request).some((field) => field !== 'model' && message.includes(field));
}

function toDownloadError({ head }: WholeAnswer): StepAudioError {
  const { status } = head;
  return new ServiceError(
    `The file could not be downloaded (HTTP ${status}). The service keeps it for 12 hours.`,
    { code: 'download_failed', status, retryable: status >= 500 || status === 429 },
  );
}
