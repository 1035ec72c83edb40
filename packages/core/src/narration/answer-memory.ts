const FIRST_CAPACITY = 256 * 1024;

/** The sound of one answer as it arrives. */
class AnswerBytes {
  #memory = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  /** A view, until something is pushed or the memory is used for another answer. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.subarray(0, this.#length);
  }

  push(chunk: Uint8Array): void {
    const end = this.#length + chunk.length;
    if (end > this.#memory.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#memory.length));
      grown.set(this.bytes);
      this.#memory = grown;
    }
    this.#memory.set(chunk, this.#length);
    this.#length = end;
  }

  clear(): void {
    this.#length = 0;
  }
}

/**
 * Memory for answers, which are megabytes each: used again as long as there is always one on its way, since engines let what
 * they do not manage themselves lie for long. When nothing is on its way, there is none.
 */
export class AnswerMemory {
  #spare: AnswerBytes[] = [];
  #taken = 0;

  take(): AnswerBytes {
    this.#taken += 1;
    return this.#spare.pop() ?? new AnswerBytes();
  }

  giveBack(answer: AnswerBytes): void {
    answer.clear();
    this.#taken -= 1;
    if (this.#taken === 0) this.#spare = [];
    else this.#spare.push(answer);
  }
}
