/** No block below is counted: the absolute gate of BS.1770-4. */
const LEAST_LUFS = -70;
/** More than any sound of one or two channels can have. */
const MOST_LUFS = 10;
const BINS_PER_LU = 100;
const BINS = (MOST_LUFS - LEAST_LUFS) * BINS_PER_LU;

/**
 * How loud the blocks of a sound are: of any number of them in 128 kB, told apart to 0.01 LU. Means are exact, since
 * each bin keeps the power that fell into it.
 */
export class LoudnessHistogram {
  readonly #counts = new Float64Array(BINS);
  readonly #powers = new Float64Array(BINS);

  add(power: number): void {
    const lufs = lufsOf(power);
    if (!(lufs > LEAST_LUFS)) return;
    const bin = Math.min(Math.floor((lufs - LEAST_LUFS) * BINS_PER_LU), BINS - 1);
    this.#counts[bin]! += 1;
    this.#powers[bin]! += power;
  }

  /** The loudness of all blocks that are at most `gateLu` softer than the mean of all; `-Infinity` without any. */
  gatedLufs(gateLu: number): number {
    return this.#meanFrom(this.#gate(gateLu));
  }

  /** The loudness that a share of the blocks does not reach; gated likewise. `undefined` without any. */
  percentiles(gateLu: number, shares: readonly number[]): number[] | undefined {
    const gate = this.#gate(gateLu);
    let count = 0;
    for (let bin = gate; bin < BINS; bin++) count += this.#counts[bin]!;
    if (count === 0) return undefined;
    return shares.map((share) => {
      let left = Math.round((count - 1) * share);
      let bin = gate;
      while (left >= this.#counts[bin]!) left -= this.#counts[bin++]!;
      return LEAST_LUFS + (bin + 0.5) / BINS_PER_LU;
    });
  }

  /** The first bin of which most is above the gate. */
  #gate(gateLu: number): number {
    const gate = this.#meanFrom(0) - gateLu;
    return Math.max(0, Math.round((gate - LEAST_LUFS) * BINS_PER_LU));
  }

  #meanFrom(first: number): number {
    let count = 0;
    let power = 0;
    for (let bin = first; bin < BINS; bin++) {
      count += this.#counts[bin]!;
      power += this.#powers[bin]!;
    }
    return count === 0 ? -Infinity : lufsOf(power / count);
  }
}

/** Loudness of a mean power behind K-weighting. The constant makes up for K-weighting's gain at 997 Hz (BS.1770-4). */
export function lufsOf(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}
