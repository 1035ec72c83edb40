import { ConnectionError, RateLimitError, StepAudioError } from '../errors.ts';
import type { Clock } from './clock.ts';
import type {
  HttpCall,
  HttpHandler,
  HttpHead,
  HttpRequest,
  HttpTransport,
} from './http-transport.ts';
import type { SlotOutcome } from './limiter.ts';
import { Watchdog } from './timeouts.ts';
import type { Timeouts } from './timeouts.ts';

/** An answer of which everything has arrived. */
export type WholeAnswer = { head: HttpHead; body: Uint8Array };

/** Receives the body of an answer; nothing follows `onEnd` or `onError`. */
export interface BodySink {
  onData(chunk: Uint8Array): void;
  onEnd(): void;
  /** A {@link StepAudioError}, or the reason of the signal that was aborted. */
  onError(error: unknown): void;
}

export type ExchangeOptions = {
  transport: HttpTransport;
  request: HttpRequest;
  clock: Clock;
  timeouts: Timeouts;
  signal: AbortSignal | undefined;
  /** The error for an answer whose status is no success; `body` is cut at 64 KiB. */
  toError: (answer: WholeAnswer) => StepAudioError;
  /** Called once, when nothing of this exchange is under way any more. */
  onOver: (outcome: SlotOutcome) => void;
  /** Receives a successful answer that came whole after its caller had left (`buffered` only). */
  onLateAnswer: ((answer: WholeAnswer) => void) | undefined;
};

/** Thrown for a redirect, which is the caller's to follow or refuse. */
export class Redirect extends Error {
  override name = 'Redirect';
  readonly status: number;
  readonly location: string | undefined;

  constructor(head: HttpHead) {
    super(`HTTP ${head.status}`);
    this.status = head.status;
    this.location = head.header('location');
  }
}

const LONGEST_ERROR_BODY = 64 * 1024;

/**
 * One request and its answer, under the timeouts, the signal and the limiter's slot it was started with. It is handed
 * out when the first byte of a successful answer is there; until then a failure rejects, and may be tried again.
 */
export class Exchange {
  readonly head: HttpHead;
  readonly requestId: string | undefined;
  readonly #core: ExchangeCore;

  private constructor(core: ExchangeCore, head: HttpHead) {
    this.#core = core;
    this.head = head;
    this.requestId = requestIdOf(head);
  }

  static open(options: ExchangeOptions): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      new ExchangeCore(options, (core, head) => resolve(new Exchange(core, head)), reject).start();
    });
  }

  /** Lets the body flow, once. */
  consume(sink: BodySink): void {
    this.#core.consume(sink);
  }

  pause(): void {
    this.#core.pause();
  }

  resume(): void {
    this.#core.resume();
  }

  /** Closes the connection; the sink hears nothing more. */
  cancel(): void {
    this.#core.cancel();
  }
}

/** The service's own id of a request. */
export function requestIdOf(head: HttpHead): string | undefined {
  return head.header('x-trace-id') ?? head.header('x-request-id');
}

class ExchangeCore implements HttpHandler {
  readonly #options: ExchangeOptions;
  readonly #onOpen: (core: ExchangeCore, head: HttpHead) => void;
  readonly #onRefused: (error: unknown) => void;
  readonly #watchdog: Watchdog;
  #call: HttpCall | undefined;
  #head: HttpHead | undefined;
  #opened = false;
  /** The caller has left or has been told of a failure: what still comes is nobody's, or a cache's. */
  #left = false;
  #over = false;
  #sink: BodySink | undefined;
  #wanted = false;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #ended = false;
  #failure: { error: unknown } | undefined;

  constructor(
    options: ExchangeOptions,
    onOpen: (core: ExchangeCore, head: HttpHead) => void,
    onRefused: (error: unknown) => void,
  ) {
    this.#options = options;
    this.#onOpen = onOpen;
    this.#onRefused = onRefused;
    this.#watchdog = new Watchdog(
      options.clock,
      (error) => this.#leave(error),
      () => (this.#head === undefined ? undefined : requestIdOf(this.#head)),
    );
  }

  start(): void {
    const { transport, request, timeouts, signal } = this.#options;
    if (signal?.aborted) {
      this.#left = true;
      this.#finish({ rateLimited: false });
      this.#onRefused(signal.reason);
      return;
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (transport.buffered) this.#watchdog.enter('total', timeouts.totalMs);
    else if (transport.reportsConnect) this.#watchdog.enter('connect', timeouts.connectMs);
    else this.#watchdog.enter('first-byte', timeouts.firstByteMs);
    try {
      this.#call = transport.start(request, this);
    } catch (error) {
      this.onError(error);
    }
  }

  onSent(): void {
    if (!this.#left) this.#watchdog.enter('first-byte', this.#options.timeouts.firstByteMs);
  }

  onHead(head: HttpHead): void {
    this.#head = head;
    const redirected = head.status === 0 || (head.status >= 300 && head.status < 400);
    if (redirected) this.#leave(new Redirect(head));
  }

  onData(chunk: Uint8Array): void {
    this.#watchdog.touch();
    if (this.#sink !== undefined && !this.#left) {
      this.#sink.onData(chunk);
      return;
    }
    this.#hold(chunk);
    if (this.#left || this.#opened || !this.#succeeded()) return;
    // Nothing more than the first piece is taken in before somebody reads.
    this.#call?.pause();
    this.#open();
  }

  onEnd(): void {
    this.#ended = true;
    const head = this.#head;
    const refused = head !== undefined && !this.#succeeded();
    const error = refused ? this.#options.toError({ head, body: this.#takeHeld() }) : undefined;
    if (this.#left) this.#deliverLate();
    this.#finish(outcomeOf(error));
    if (this.#left) return;
    if (error !== undefined) {
      this.#left = true;
      this.#onRefused(error);
      return;
    }
    if (!this.#opened) this.#open();
    this.#sink?.onEnd();
  }

  onError(error: unknown): void {
    const wasRefused = this.#head !== undefined && !this.#succeeded();
    this.#finish({ rateLimited: wasRefused && this.#head?.status === 429 });
    if (this.#left) return;
    this.#left = true;
    // A refusal whose body broke off still says what its status says.
    const head = this.#head;
    if (wasRefused && head !== undefined) {
      this.#onRefused(this.#options.toError({ head, body: this.#takeHeld() }));
      return;
    }
    this.#report(toConnectionError(error, this.#opened, head));
  }

  consume(sink: BodySink): void {
    this.#sink = sink;
    if (this.#failure !== undefined) {
      sink.onError(this.#failure.error);
      return;
    }
    this.#wanted = true;
    for (const chunk of this.#held.splice(0)) sink.onData(chunk);
    this.#heldBytes = 0;
    if (this.#left) return;
    if (this.#ended) sink.onEnd();
    else if (this.#wanted) this.resume();
  }

  pause(): void {
    this.#wanted = false;
    this.#call?.pause();
    this.#watchdog.suspend();
  }

  resume(): void {
    this.#wanted = true;
    this.#watchdog.resume();
    this.#call?.resume();
  }

  cancel(): void {
    if (this.#left || this.#ended) return;
    this.#detach();
  }

  readonly #onAbort = (): void => this.#leave(this.#options.signal?.reason);

  #open(): void {
    this.#opened = true;
    if (!this.#options.transport.buffered && !this.#over) {
      this.#watchdog.enter('idle', this.#options.timeouts.idleMs);
      this.#watchdog.suspend();
    }
    if (this.#head !== undefined) this.#onOpen(this, this.#head);
  }

  /** Tells the caller of a failure on our side and stops the service's. */
  #leave(error: unknown): void {
    if (this.#left || this.#ended) return;
    this.#detach();
    this.#report(error);
  }

  #detach(): void {
    this.#left = true;
    this.#watchdog.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#call?.abort();
    // What cannot be stopped keeps its slot until it has ended.
    if (!this.#options.transport.buffered) this.#finish({ rateLimited: false });
  }

  #report(error: unknown): void {
    if (!this.#opened) this.#onRefused(error);
    else if (this.#sink === undefined) this.#failure = { error };
    else this.#sink.onError(error);
  }

  #finish(outcome: SlotOutcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#watchdog.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#options.onOver(outcome);
  }

  #succeeded(): boolean {
    const status = this.#head?.status ?? 0;
    return status >= 200 && status < 300;
  }

  #hold(chunk: Uint8Array): void {
    const { onLateAnswer, transport } = this.#options;
    const wanted = this.#succeeded()
      ? !this.#left || (transport.buffered && onLateAnswer !== undefined)
      : this.#heldBytes < LONGEST_ERROR_BODY;
    if (!wanted) return;
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
  }

  #takeHeld(): Uint8Array {
    const whole = new Uint8Array(this.#heldBytes);
    let at = 0;
    for (const chunk of this.#held.splice(0)) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.#heldBytes = 0;
    return whole;
  }

  #deliverLate(): void {
    const { onLateAnswer, transport } = this.#options;
    if (
      !transport.buffered ||
      onLateAnswer === undefined ||
      this.#head === undefined ||
      !this.#succeeded()
    )
      return;
    onLateAnswer({ head: this.#head, body: this.#takeHeld() });
  }
}

function outcomeOf(error: StepAudioError | undefined): SlotOutcome {
  if (!(error instanceof RateLimitError)) return { rateLimited: false };
  return { rateLimited: true, retryAfterMs: error.retryAfterMs };
}

function toConnectionError(
  error: unknown,
  opened: boolean,
  head: HttpHead | undefined,
): StepAudioError {
  if (StepAudioError.isInstance(error)) return error;
  const reason = reasonOf(error);
  const options = {
    code: opened ? 'connection_cut' : 'connection_failed',
    requestId: head === undefined ? undefined : requestIdOf(head),
    cause: error,
  };
  return new ConnectionError(
    opened
      ? `The connection was cut in the middle of the answer${reason}. What arrived before is incomplete.`
      : `The service could not be reached${reason}. Check the network, the address and, in a browser, whether it allows this page (CORS).`,
    options,
  );
}

/** ` (ECONNREFUSED)` where the runtime gives such a code. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string') return ` (${code})`;
  }
  return '';
}
