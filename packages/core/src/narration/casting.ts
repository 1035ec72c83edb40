import { AuthenticationError, ServiceError, StepAudioError, ValidationError } from '../errors.ts';
import type { NarrationCast, NarrationVoice } from './narration-voice.ts';

/** Who speaks with which voice, and which of the voices have turned out to work. */
export class Casting {
  readonly #narrator: NarrationVoice;
  readonly #cast: NarrationCast;
  /** Speakers whose own voice the service does not know. */
  readonly #replaced = new Set<string>();
  readonly #heard = new Set<string | undefined>();

  constructor(narrator: NarrationVoice, cast: NarrationCast = {}) {
    this.#narrator = narrator;
    this.#cast = cast;
  }

  voiceOf(speaker: string | undefined): NarrationVoice {
    const own = this.#castOf(speaker);
    return own === undefined ? this.#narrator : { ...this.#narrator, ...own };
  }

  /** The service has spoken for them. */
  confirm(speaker: string | undefined): void {
    this.#heard.add(this.#roleOf(speaker));
  }

  isConfirmed(speaker: string | undefined): boolean {
    return this.#heard.has(this.#roleOf(speaker));
  }

  /** The narrator speaks for them from now on. False where it was the narrator who could not. */
  replace(speaker: string | undefined): speaker is string {
    if (this.#castOf(speaker) === undefined) return false;
    this.#replaced.add(speaker!);
    return true;
  }

  /** Says whose voice it was, where it was not the narrator's. */
  explain(error: StepAudioError, speaker: string | undefined): StepAudioError {
    if (this.#castOf(speaker) === undefined || isOfAccount(error)) return error;
    const { voice } = this.voiceOf(speaker);
    const path = error instanceof ValidationError ? error.path : 'voice';
    return new ValidationError(
      `The voice "${voice}" of the speaker "${speaker}" cannot be used: ${error.message}`,
      {
        path: `cast.${speaker}.${path}`,
        value: path === 'voice' ? voice : undefined,
        allowed: 'a voice that the service has, with options of its model',
      },
    );
  }

  #castOf(speaker: string | undefined): Partial<NarrationVoice> | undefined {
    if (speaker === undefined || this.#replaced.has(speaker)) return undefined;
    return Object.hasOwn(this.#cast, speaker) ? this.#cast[speaker] : undefined;
  }

  #roleOf(speaker: string | undefined): string | undefined {
    return this.#castOf(speaker) === undefined ? undefined : speaker;
  }
}

/** The key or the balance: no other voice would help. A right (403) may be missing for this one alone. */
function isOfAccount(error: StepAudioError): boolean {
  return error instanceof AuthenticationError && error.status !== 403;
}

/** Whether the service says that it is the voice which it does not take. */
export function blamesVoice(error: StepAudioError): boolean {
  if (error instanceof ValidationError) return error.path === 'voice';
  // It has no code for it; the message names the field.
  return (
    error instanceof ServiceError && !error.retryable && /\bvoice\b|音色/iu.test(error.message)
  );
}
