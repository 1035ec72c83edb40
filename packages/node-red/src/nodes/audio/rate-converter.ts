import type { Pcm, Resampler } from '@stepvoice/core/audio';
import type { AudioLibrary } from '../../kit/incoming-sound.ts';

/** Brings pieces of one or several rates to one. Without a wish, to that of the first. */
export class RateConverter {
  readonly #audio: AudioLibrary;
  #rate: number | undefined;
  #from: number | undefined;
  #resampler: Resampler | undefined;

  constructor(audio: AudioLibrary, rate: number | undefined) {
    this.#audio = audio;
    this.#rate = rate;
  }

  /** Of the outcome; 0 before there was any sound. */
  get rate(): number {
    return this.#rate ?? 0;
  }

  /** May be a view of what came. */
  push({ samples, sampleRate }: Pcm): Int16Array[] {
    const to = (this.#rate ??= sampleRate);
    if (sampleRate === this.#from) return [this.#resampler?.push(samples) ?? samples];
    const before = this.#resampler?.flush();
    this.#from = sampleRate;
    const isSame = sampleRate === to;
    this.#resampler = isSame ? undefined : new this.#audio.Resampler({ from: sampleRate, to });
    const next = this.#resampler?.push(samples) ?? samples;
    return before === undefined ? [next] : [before, next];
  }

  flush(): Int16Array[] {
    const rest = this.#resampler?.flush();
    this.#from = undefined;
    this.#resampler = undefined;
    return rest === undefined || rest.length === 0 ? [] : [rest];
  }
}
