/**
 * Walks over structures that follow each other in a stream of bytes cut anywhere, and looks only at their beginnings.
 */
export class StructureWalker {
  readonly #measure: (bytes: Uint8Array) => number | undefined;
  #held = new Uint8Array(0);
  #skip = 0;

  /**
   * @param measure tells how many bytes the structure takes that `bytes` begin with, at least 1 and maybe more than there
   *   are; `undefined` where it needs more of them to tell
   */
  constructor(measure: (bytes: Uint8Array) => number | undefined) {
    this.#measure = measure;
  }

  push(bytes: Uint8Array): void {
    if (this.#skip >= bytes.length) {
      this.#skip -= bytes.length;
      return;
    }
    let rest = bytes.subarray(this.#skip);
    if (this.#held.length > 0) {
      const joined = new Uint8Array(this.#held.length + rest.length);
      joined.set(this.#held);
      joined.set(rest, this.#held.length);
      rest = joined;
    }
    this.#skip = 0;
    while (rest.length > 0) {
      const length = this.#measure(rest);
      if (length === undefined) break;
      this.#skip = Math.max(0, length - rest.length);
      rest = rest.subarray(length);
    }
    this.#held = new Uint8Array(rest);
  }
}
