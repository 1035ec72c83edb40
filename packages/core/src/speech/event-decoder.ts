import { decodeBase64 } from '../audio/base64.ts';
import { ProtocolError } from '../errors.ts';
import { isFailure } from '../net/call-errors.ts';
import { SSE_DONE, readSpeechEvent } from '../protocol/speech-events.ts';
import type { AudioAssembler } from './audio-assembler.ts';
import { readAudioDelta } from './audio-delta.ts';
import type { SpeechEvent } from './speech-events.ts';
import { toSubtitle } from './wire-mapping.ts';

/** Turns the `data` of server-sent events into what the caller gets. */
export class SpeechEventDecoder {
  readonly #assembler: AudioAssembler;
  readonly #toError: (raw: unknown) => Error;
  readonly #emit: (event: SpeechEvent) => void;
  #hasAudio = false;
  #isDone = false;

  /** @param toError the error for an event that reports a failure */
  constructor(
    assembler: AudioAssembler,
    emit: (event: SpeechEvent) => void,
    toError: (raw: unknown) => Error,
  ) {
    this.#assembler = assembler;
    this.#emit = emit;
    this.#toError = toError;
  }

  /** Whether the service has said that it is done. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** @throws {SyntaxError} for text that is no JSON, else a {@link StepAudioError}. */
  push(data: string): void {
    if (data === SSE_DONE) {
      this.#finish();
      return;
    }
    const raw: unknown = JSON.parse(data);
    const delta = readAudioDelta(raw, 'speech.audio.delta');
    if (delta !== undefined) {
      this.#pushAudio(delta.audio);
      return;
    }
    const event = readSpeechEvent(raw);
    switch (event.type) {
      case 'speech.audio.delta':
        this.#pushAudio(event.audio);
        return;
      case 'response.subtitle':
        this.#emit({ type: 'subtitle', ...toSubtitle(event.data) });
        return;
      case 'speech.audio.done':
        // Empty, or everything once more.
        if (!this.#hasAudio && event.audio) this.#pushAudio(event.audio);
        this.#finish();
        return;
      case 'speech.audio.error':
        throw this.#toError(raw);
      case 'unknown':
        if (isFailure(raw)) throw this.#toError(raw);
        this.#emit(event);
    }
  }

  #pushAudio(base64: string): void {
    if (base64 === '') return;
    const event = this.#assembler.push(decodeBase64(base64));
    this.#hasAudio = true;
    if (event !== undefined) this.#emit(event);
  }

  #finish(): void {
    if (this.#isDone) return;
    if (!this.#hasAudio) {
      throw new ProtocolError('The service said that it was done, and had sent no audio.', {
        code: 'no_audio',
      });
    }
    this.#isDone = true;
    const rest = this.#assembler.flush();
    if (rest !== undefined) this.#emit(rest);
  }
}
