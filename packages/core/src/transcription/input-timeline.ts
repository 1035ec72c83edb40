/**
 * Where the sound that the service received lies in what the caller wrote: the same, but for the silence that was put in
 * on the way. Positions are in samples.
 */
export class InputTimeline {
  readonly #insertions: { at: number; samples: number }[] = [];
  #sent = 0;
  #inserted = 0;

  /** Samples sent, silence included. */
  get sent(): number {
    return this.#sent;
  }

  /** Samples of the caller's own that were sent. */
  get input(): number {
    return this.#sent - this.#inserted;
  }

  addInput(samples: number): void {
    this.#sent += samples;
  }

  addSilence(samples: number): void {
    const last = this.#insertions.at(-1);
    if (last !== undefined && last.at + last.samples === this.#sent) last.samples += samples;
    else this.#insertions.push({ at: this.#sent, samples });
    this.#sent += samples;
    this.#inserted += samples;
  }

  /** The place in the input of a place in what was sent; inside silence that was put in, where it was put in. */
  toInput(position: number): number {
    let before = 0;
    for (const { at, samples } of this.#insertions) {
      if (at >= position) break;
      before += Math.min(samples, position - at);
    }
    return Math.max(0, position - before);
  }
}
