/** Four times as many samples, as BS.1770-4 Annex 2 has it; a rate that already is that high needs fewer. */
const OVERSAMPLED_RATE = 192_000;
const MOST_FACTOR = 4;
/**
 * Samples that a value between two of them is computed from. 24 under a Hann window are within 0.1 dB up to 85 % of the
 * Nyquist frequency; the 12 of the Recommendation allow for four times as much.
 */
const TAPS = 24;
const BLOCK_SAMPLES = 256;

/** The highest point of the wave that a stream of samples stands for, which may lie between two of them. */
export class TruePeak {
  /** One filter for each place between two samples. */
  readonly #filters: readonly Float64Array[];
  /** The most that any of them can make of samples up to 1. */
  readonly #overshoot: number;
  /** The last samples, and room for new ones behind them. */
  readonly #window = new Float64Array(TAPS - 1 + BLOCK_SAMPLES);
  #peak = 0;

  constructor(sampleRate: number) {
    const factor = Math.min(MOST_FACTOR, Math.ceil(OVERSAMPLED_RATE / sampleRate));
    this.#filters = Array.from({ length: factor - 1 }, (_, i) => interpolator((i + 1) / factor));
    const reaches = this.#filters.map((filter) =>
      filter.reduce((sum, tap) => sum + Math.abs(tap), 0),
    );
    this.#overshoot = Math.max(1, ...reaches);
  }

  /** As a share of full scale, for the sound so far with silence behind it. */
  get peak(): number {
    const end = new Float64Array(2 * (TAPS - 1));
    end.set(this.#window.subarray(0, TAPS - 1));
    return this.#highest(end, TAPS - 1, this.#peak);
  }

  push(samples: Int16Array): void {
    const window = this.#window;
    for (let offset = 0; offset < samples.length; offset += BLOCK_SAMPLES) {
      const count = Math.min(BLOCK_SAMPLES, samples.length - offset);
      for (let i = 0; i < count; i++) window[TAPS - 1 + i] = samples[offset + i]! / 32_768;
      this.#peak = this.#highest(window, count, this.#peak);
      window.copyWithin(0, count, count + TAPS - 1);
    }
  }

  /**
   * The highest of `peak`, the samples of `window`, and the first `count` places between them that the filters reach.
   */
  #highest(window: Float64Array, count: number, peak: number): number {
    let highest = 0;
    for (let i = 0; i < count + TAPS - 1; i++) highest = Math.max(highest, Math.abs(window[i]!));
    // Most of a voice is far below its loudest moment and need not be looked at between samples.
    if (highest * this.#overshoot <= peak) return peak;
    highest = Math.max(highest, peak);
    for (const filter of this.#filters) {
      for (let i = 0; i < count; i++) {
        // Two sums: one would wait for each addition to finish before the next.
        let even = 0;
        let odd = 0;
        for (let k = 0; k < TAPS; k += 2) {
          even += filter[k]! * window[i + k]!;
          odd += filter[k + 1]! * window[i + k + 1]!;
        }
        highest = Math.max(highest, Math.abs(even + odd));
      }
    }
    return highest;
  }
}

/** What gives the value at this fraction of the way between the two samples in the middle of `TAPS`. */
function interpolator(fraction: number): Float64Array {
  const filter = new Float64Array(TAPS);
  let sum = 0;
  for (let k = 0; k < TAPS; k++) {
    const distance = Math.PI * (k - (TAPS / 2 - 1) - fraction);
    filter[k] = (Math.sin(distance) / distance) * Math.cos(distance / TAPS) ** 2;
    sum += filter[k]!;
  }
  return filter.map((tap) => tap / sum);
}
