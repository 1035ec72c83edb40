import type { CallErrors } from '../net/call-errors.ts';
import type { Connection } from '../net/connection.ts';
import { EventCall } from '../net/event-call.ts';
import type { WholeAnswer } from '../net/exchange.ts';
import type { SpeechFormat } from '../protocol/models.ts';
import type { WireSpeechRequest } from '../protocol/speech-request.ts';
import { createStreamAssembler } from './audio-assembler.ts';
import { AudioIterator, audioOf, toReadableStream } from './audio-iterator.ts';
import { SpeechEventDecoder } from './event-decoder.ts';
import type { SpeechEvent } from './speech-events.ts';

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
  readonly #call: EventCall<SpeechEvent>;

  /** Made by `speech.stream()`. */
  constructor({
    connection,
    request,
    format,
    sampleRate,
    errors,
    signal,
    onLateAnswer,
  }: SpeechStreamParts) {
    this.format = format;
    this.sampleRate = sampleRate;
    this.#call = new EventCall({
      connection,
      request: { path: '/audio/speech', body: request, secrets: [request.input], onLateAnswer },
      signal,
      errors,
      expected: 'audio',
      createDecoder: (emit) =>
        new SpeechEventDecoder(createStreamAssembler(format, sampleRate), emit, (raw) =>
          errors.fromFailure(raw, this.requestId),
        ),
      sizeOf: (event) => (event.type === 'audio' ? event.audio.length : 64),
      highWater: HIGH_WATER_BYTES,
    });
  }

  /** The service's trace id, once its answer has begun. */
  get requestId(): string | undefined {
    return this.#call.requestId;
  }

  next(): Promise<IteratorResult<SpeechEvent, undefined>> {
    return this.#call.next();
  }

  return(): Promise<IteratorResult<SpeechEvent, undefined>> {
    return this.#call.return();
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
      nextAudio: () => this.#call.nextOf(audioOf),
      return: () => this.return(),
    });
  }

  /** The audio alone as a platform stream; cancelling it closes the connection. */
  toReadableStream(): ReadableStream<Uint8Array> {
    return toReadableStream(this.audio());
  }
}
