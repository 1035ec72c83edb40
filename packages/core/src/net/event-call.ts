import { ConnectionError, ProtocolError } from '../errors.ts';
import type { CallErrors } from './call-errors.ts';
import type { Connection, RequestSpec } from './connection.ts';
import { EventStreamReader } from './event-stream.ts';
import type { Exchange } from './exchange.ts';
import { ForeignAnswer, isForeignToEvents } from './foreign-answer.ts';
import { PullQueue } from './pull-queue.ts';

/** Turns the `data` of server-sent events into what the caller gets. */
export interface EventDecoder {
  /** Whether the service has said that it is done; nothing is pushed after that. */
  readonly isDone: boolean;
  /** @throws {SyntaxError} for text that is no JSON, else a `StepAudioError`. */
  push(data: string): void;
  /** The answer has ended. Where that alone is a good end, `isDone` becomes true. */
  end?(): void;
}

export type EventCallParts<T> = {
  connection: Connection;
  request: Omit<RequestSpec, 'signal'>;
  signal: AbortSignal | undefined;
  errors: CallErrors;
  /** What was asked for, in a word, for messages: `audio`. */
  expected: string;
  createDecoder: (emit: (event: T) => void) => EventDecoder;
  /** What an event counts towards `highWater`. */
  sizeOf: (event: T) => number;
  /** How much may lie unread before the connection is made to wait. */
  highWater: number;
};

/** How long the connection may take to end after the service said that it is done. */
const LINGER_MS = 1000;

/**
 * One request whose answer is a stream of events, as they arrive and to be read once. The request leaves with the first
 * `next()`.
 *
 * `return()` and the signal close the connection at once, also while the service is silent. A slow reader slows the
 * service. It ends when the service has said that it is done, and fails otherwise: with a `StepAudioError`, or with
 * `signal.reason`. What came before the failure is read before it.
 */
export class EventCall<T> {
  readonly #parts: EventCallParts<T>;
  readonly #queue: PullQueue<T>;
  /** Our own, so that `return()` ends a request that has no answer yet. */
  readonly #abort = new AbortController();
  readonly #decoder: EventDecoder;
  readonly #reader: EventStreamReader;
  #exchange: Exchange | undefined;
  #started = false;
  #closed = false;
  #isFirstChunk = true;
  #isEnding = false;
  /** An answer that is no event stream: read for what it says. */
  #foreign: ForeignAnswer | undefined;
  #cancelLinger: (() => void) | undefined;

  constructor(parts: EventCallParts<T>) {
    this.#parts = parts;
    this.#queue = new PullQueue({
      highWater: parts.highWater,
      onFull: () => this.#exchange?.pause(),
      onDrained: () => this.#exchange?.resume(),
    });
    this.#decoder = parts.createDecoder((event) => this.#queue.push(event, parts.sizeOf(event)));
    this.#reader = new EventStreamReader((data) => this.#onEvent(data));
  }

  /** The service's trace id, once its answer has begun. */
  get requestId(): string | undefined {
    return this.#exchange?.requestId;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    this.#prepare();
    return this.#queue.next();
  }

  /** What `select` makes of the next event of which it makes something; those before are dropped. */
  nextOf<U>(select: (event: T) => U | undefined): Promise<IteratorResult<U, undefined>> {
    this.#prepare();
    return this.#queue.nextOf(select);
  }

  return(): Promise<{ value: undefined; done: true }> {
    this.#started = true;
    this.#close();
    this.#queue.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  #prepare(): void {
    if (this.#parts.signal?.aborted) this.#onAbort();
    else if (!this.#started) this.#start();
  }

  #start(): void {
    this.#started = true;
    const { connection, request, signal } = this.#parts;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    connection
      .request({
        ...request,
        headers: { accept: 'text/event-stream', ...request.headers },
        signal: this.#abort.signal,
      })
      .then(
        (exchange) => this.#onAnswer(exchange),
        (error: unknown) => this.#fail(error),
      );
  }

  #onAnswer(exchange: Exchange): void {
    if (this.#closed) {
      exchange.cancel();
      return;
    }
    this.#exchange = exchange;
    exchange.consume({
      onData: (chunk) => this.#onData(chunk),
      onEnd: () => this.#onEnd(),
      onError: (error) => this.#onCut(error),
    });
  }

  #onData(chunk: Uint8Array): void {
    if (this.#closed) return;
    try {
      if (this.#isFirstChunk) this.#lookAt(chunk);
      if (this.#foreign === undefined) this.#reader.feed(chunk);
      else this.#foreign.push(chunk);
    } catch (error) {
      this.#fail(error);
    }
  }

  #onEvent(data: string): void {
    if (this.#closed || this.#decoder.isDone) return;
    try {
      this.#decoder.push(data);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // The last event of a stream that was cut is cut itself.
      if (this.#isEnding) return;
      throw new ProtocolError('The service sent an event that is no JSON.', {
        code: 'malformed_event',
        requestId: this.requestId,
      });
    }
    if (this.#decoder.isDone) this.#linger();
  }

  #onEnd(): void {
    if (this.#closed) return;
    if (this.#foreign !== undefined) {
      this.#fail(this.#foreign.toError());
      return;
    }
    this.#isEnding = true;
    try {
      this.#reader.end();
      if (!this.#decoder.isDone) this.#decoder.end?.();
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#decoder.isDone) this.#finish();
    else {
      this.#fail(
        new ConnectionError(
          `The service ended its answer before it said that it was done: the ${this.#parts.expected} is incomplete.`,
          { code: 'stream_cut', requestId: this.requestId },
        ),
      );
    }
  }

  #onCut(error: unknown): void {
    if (this.#decoder.isDone) this.#finish();
    else this.#fail(error);
  }

  /** The end of the answer is let come, so that the connection can be used again. */
  #linger(): void {
    const { clock } = this.#parts.connection;
    this.#cancelLinger = clock.after(LINGER_MS, () => {
      this.#exchange?.cancel();
      this.#finish();
    });
  }

  #lookAt(firstChunk: Uint8Array): void {
    this.#isFirstChunk = false;
    const { errors, expected } = this.#parts;
    const exchange = this.#exchange;
    if (exchange !== undefined && isForeignToEvents(exchange.head, firstChunk)) {
      this.#foreign = new ForeignAnswer(exchange.head, errors, expected);
    }
  }

  readonly #onAbort = (): void => {
    this.#close();
    this.#queue.abort(this.#parts.signal?.reason);
  };

  #finish(): void {
    this.#close();
    this.#queue.end();
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.#close();
    this.#queue.fail(error);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.signal?.removeEventListener('abort', this.#onAbort);
    this.#cancelLinger?.();
    if (this.#exchange === undefined) this.#abort.abort();
    else this.#exchange.cancel();
  }
}
