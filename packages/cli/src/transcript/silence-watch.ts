import type { TranscriptionEvent } from '@stepvoice/core/node';

/**
 * Tells when somebody has spoken and then been silent for so long. What is speech is the service's judgement, which has
 * better ears; what time is, is the sound's own.
 */
export class SilenceWatch {
  readonly #silenceMs: number;
  readonly #onSilence: () => void;
  #soundMs = 0;
  #silentSinceMs: number | undefined;

  constructor(silenceMs: number, onSilence: () => void) {
    this.#silenceMs = silenceMs;
    this.#onSilence = onSilence;
  }

  /** Sound is about to leave. */
  sound(samples: number, sampleRate: number): void {
    this.#soundMs += (samples / sampleRate) * 1000;
    if (this.#silentSinceMs === undefined) return;
    if (this.#soundMs - this.#silentSinceMs < this.#silenceMs) return;
    this.#silentSinceMs = undefined;
    this.#onSilence();
  }

  event(event: TranscriptionEvent): void {
    if (event.type === 'speech-started' || event.type === 'partial') {
      this.#silentSinceMs = undefined;
    } else if (event.type === 'speech-stopped') {
      this.#silentSinceMs = event.atMs ?? this.#soundMs;
    } else if (event.type === 'final') {
      this.#silentSinceMs ??= event.endMs ?? this.#soundMs;
    }
  }
}
