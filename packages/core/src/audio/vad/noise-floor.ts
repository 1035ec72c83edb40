import { BAND_COUNT } from './band-spectrum.ts';

const SMOOTHING = 0.15;
/** Six blocks of 250 ms and the current one: 1.75 s, longer than speech goes without a gap in any one band. */
const BLOCK_HOPS = 25;
const BLOCKS = 6;

/** Follows the noise in each band: by the pauses, and by the minimum of the last 1.75 s where there are none. */
export class NoiseFloor {
  readonly noise = new Float64Array(BAND_COUNT);
  readonly #smoothed = new Float64Array(BAND_COUNT);
  readonly #blockMinima = new Float64Array(BLOCKS * BAND_COUNT);
  readonly #currentMinimum = new Float64Array(BAND_COUNT);
  /** The least of `#blockMinima`, refreshed with each block. */
  readonly #pastMinimum = new Float64Array(BAND_COUNT);
  #hopsInBlock = 0;
  #block = 0;

  /** Takes the first sound heard for noise. */
  start(power: Float64Array): void {
    this.noise.set(power);
    this.#smoothed.set(power);
    this.#currentMinimum.set(power);
    this.#pastMinimum.set(power);
    for (let block = 0; block < BLOCKS; block++) this.#blockMinima.set(power, block * BAND_COUNT);
    this.#hopsInBlock = 0;
    this.#block = 0;
  }

  /** Takes in the powers of a hop. */
  push(power: Float64Array): void {
    const smoothed = this.#smoothed;
    const minimum = this.#currentMinimum;
    for (let b = 0; b < BAND_COUNT; b++) {
      const value = smoothed[b]! + SMOOTHING * (power[b]! - smoothed[b]!);
      smoothed[b] = value;
      if (value < minimum[b]!) minimum[b] = value;
    }
    this.#hopsInBlock += 1;
    if (this.#hopsInBlock === BLOCK_HOPS) this.#endBlock();
  }

  /**
   * Moves the estimate.
   *
   * @param isActive the hop may be speech: then only the minima count
   * @param echo expected power of an echo; where it exceeds the noise, the noise cannot be heard and stays
   */
  adapt(power: Float64Array, isActive: boolean, echo: Float64Array | undefined): void {
    const { noise } = this;
    const current = this.#currentMinimum;
    const past = this.#pastMinimum;
    for (let b = 0; b < BAND_COUNT; b++) {
      let value = noise[b]!;
      if (echo !== undefined && echo[b]! > value) continue;
      // No more than three times the noise at once: a click is not the new noise.
      if (!isActive) value += 0.06 * (Math.min(power[b]!, 3 * value) - value);
      const minimum = Math.min(current[b]!, past[b]!);
      // The minimum of a noise lies below its mean; hence the factors.
      if (value < 1.5 * minimum) value += 0.15 * (1.5 * minimum - value);
      else if (value > 4 * minimum) value *= 0.97;
      noise[b] = value;
    }
  }

  #endBlock(): void {
    const blocks = this.#blockMinima;
    const current = this.#currentMinimum;
    const past = this.#pastMinimum;
    blocks.set(current, this.#block * BAND_COUNT);
    this.#block = (this.#block + 1) % BLOCKS;
    this.#hopsInBlock = 0;
    for (let b = 0; b < BAND_COUNT; b++) {
      let least = Infinity;
      for (let i = b; i < blocks.length; i += BAND_COUNT) {
        if (blocks[i]! < least) least = blocks[i]!;
      }
      past[b] = least;
    }
    current.set(this.#smoothed);
  }
}
