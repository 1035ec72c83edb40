/** The latest part of a stream of samples, in a copy of its own. Positions count from the first sample of the stream. */
export class SoundHistory {
  #buffer = new Int16Array(0);
  /** Of the stream, where what is held begins. */
  #start = 0;
  #length = 0;

  /** Where the stream ends by now. */
  get end(): number {
    return this.#start + this.#length;
  }

  append(samples: Int16Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#buffer.length) {
      const grown = new Int16Array(2 * needed);
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(samples, this.#length);
    this.#length = needed;
  }

  /** A copy of what is held from there on. */
  from(position: number): Int16Array<ArrayBuffer> {
    const offset = Math.max(0, position - this.#start);
    return new Int16Array(this.#buffer.subarray(Math.min(offset, this.#length), this.#length));
  }

  /** Forgets what lies before. */
  forgetBefore(position: number): void {
    const count = Math.min(position - this.#start, this.#length);
    // Moved in one go when it has become half of what is held, so that short pieces cost next to nothing.
    if (count < this.#length / 2) return;
    this.#buffer.copyWithin(0, count, this.#length);
    this.#start += count;
    this.#length -= count;
  }
}
