import { Resampler } from '../audio/resampler.ts';

const NOTHING = new Int16Array(0);

/** Brings samples of any rate, which may change on the way, to one rate. */
export class RateConverter {
  readonly #to: number;
  #from: number | undefined;
  #resampler: Resampler | undefined;

  constructor(to: number) {
    this.#to = to;
  }

  /**
   * The samples that are complete by now. At the right rate already, they are the very same.
   *
   * @throws {ValidationError} for a rate that cannot be converted.
   */
  push(samples: Int16Array, sampleRate: number): readonly Int16Array[] {
    const rest = sampleRate === this.#from ? NOTHING : this.flush();
    if (sampleRate !== this.#from) {
      this.#resampler =
        sampleRate === this.#to ? undefined : new Resampler({ from: sampleRate, to: this.#to });
      this.#from = sampleRate;
    }
    const converted = this.#resampler === undefined ? samples : this.#resampler.push(samples);
    return [rest, converted].filter(({ length }) => length > 0);
  }

  /** What is left of the samples before. The converter is as new afterwards. */
  flush(): Int16Array {
    const rest = this.#resampler?.flush() ?? NOTHING;
    this.#resampler = undefined;
    this.#from = undefined;
    return rest;
  }
}
