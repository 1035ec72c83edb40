import { ConnectionError, ProtocolError } from '../errors.ts';
import type { Connection } from '../net/connection.ts';
import { EventStreamReader } from '../net/event-stream.ts';
import type { Exchange, WholeAnswer } from '../net/exchange.ts';
import { PullQueue } from '../net/pull-queue.ts';
import type { SpeechFormat } from '../protocol/models.ts';
import type { WireSpeechRequest } from '../protocol/speech-request.ts';
import { createStreamAssembler } from './audio-assembler.ts';
import { AudioIterator, audioOf, toReadableStream } from './audio-iterator.ts';
import type { CallErrors } from './call-errors.ts';
import { SpeechEventDecoder } from './event-decoder.ts';
import type { SpeechEvent } from './speech-events.ts';
import { ForeignAnswer, isForeignToEvents } from './foreign-answer.ts';

export type SpeechStreamParts = {
  connection: Connection;
  request: WireSpeechRequest;
  format: SpeechFormat;
  sampleRate: number;
  errors: CallErrors;
  signal: AbortSignal | undefined;
  onLateAnswer: ((answer: WholeAnswer) => void) | undefined;
};

/** How much unread audio, in bytes, makes the connection wait: five seconds of PCM at 24 kHz. */
const HIGH_WATER_BYTES = 256 * 1024;
/** How long the connection may take to end after the service said that it is done. */
const LINGER_MS = 1000;

/**
 * A speech as it is being made: events, in order, read once. The request leaves with the first `next()`.
 *
 * `return()` (which leaving a `for await` calls) and the signal close the connection at once, also while the service is
 * silent. A slow reader slows the service. The iteration ends when the service has said that it is done, and throws
 * otherwise: a `StepAudioError`, or `signal.reason`. What came before the failure is yielded before it.
 */
export class SpeechStream implements AsyncIterableIterator<SpeechEvent, undefined> {
  /** Of all the audio joined. */
  readonly format: SpeechFormat;
  readonly sampleRate: number;
  readonly #parts: SpeechStreamParts;
  readonly #queue: PullQueue<SpeechEvent>;
  /** Our own, so that `return()` ends a request that has no answer yet. */
  readonly #abort = new AbortController();
  readonly #decoder: SpeechEventDecoder;
  readonly #reader: EventStreamReader;
  #exchange: Exchange | undefined;
  #started = false;
  #closed = false;
  #isFirstChunk = true;
  #isEnding = false;
  /** An answer that is no event stream: read for what it says. */
  #foreign: ForeignAnswer | undefined;
  #cancelLinger: (() => void) | undefined;

  /** Made by `speech.stream()`. */
  constructor(parts: SpeechStreamParts) {
    this.#parts = parts;
    this.format = parts.format;
    this.sampleRate = parts.sampleRate;
    this.#queue = new PullQueue({
      highWater: HIGH_WATER_BYTES,
      onFull: () => this.#exchange?.pause(),
      onDrained: () => this.#exchange?.resume(),
    });
    this.#decoder = new SpeechEventDecoder(
      createStreamAssembler(parts.format, parts.sampleRate),
      (event) => this.#queue.push(event, event.type === 'audio' ? event.audio.length : 64),
      (raw) => parts.errors.fromFailure(raw, this.requestId),
    );
    this.#reader = new EventStreamReader((data) => this.#onEvent(data));
  }

  /** The service's trace id, once its answer has begun. */
  get requestId(): string | undefined {
    return this.#exchange?.requestId;
  }

  next(): Promise<IteratorResult<SpeechEvent, undefined>> {
    this.#prepare();
    return this.#queue.next();
  }

  return(): Promise<IteratorResult<SpeechEvent, undefined>> {
    this.#started = true;
    this.#close();
    this.#queue.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** The audio alone, as it arrives. Reads this stream: use one or the other. */
  audio(): AudioIterator {
    return new AudioIterator({
      nextAudio: () => {
        this.#prepare();
        return this.#queue.nextOf(audioOf);
      },
      return: () => this.return(),
    });
  }

  /** The audio alone as a platform stream; cancelling it closes the connection. */
  toReadableStream(): ReadableStream<Uint8Array> {
    return toReadableStream(this.audio());
  }

  #prepare(): void {
    if (this.#parts.signal?.aborted) this.#onAbort();
    else if (!this.#started) this.#start();
  }

  #start(): void {
    this.#started = true;
    const { connection, request, signal, onLateAnswer } = this.#parts;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    connection
      .request({
        path: '/audio/speech',
        body: request,
        headers: { accept: 'text/event-stream' },
        signal: this.#abort.signal,
        secrets: [request.input],
        onLateAnswer,
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
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#decoder.isDone) this.#finish();
    else {
      this.#fail(
        new ConnectionError(
          'The service ended its answer before it said that it was done: the audio is incomplete.',
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
    const exchange = this.#exchange;
    if (exchange !== undefined && isForeignToEvents(exchange.head, firstChunk)) {
      this.#foreign = new ForeignAnswer(exchange.head, this.#parts.errors);
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
