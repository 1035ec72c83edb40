/** A sentence is hardly longer; more of the end of a text need not be kept. */
const LONGEST_TAIL = 2000;

/**
 * Compares what was written with the sentences that were spoken, by their letters and digits: marks and spaces may be
 * lost on the way. It tells whether a service that left without a word had said everything.
 */
export class SentenceLedger {
  #written = 0;
  #spoken = 0;
  #tail = '';
  #lastSentence: string | undefined;

  wrote(text: string): void {
    const letters = lettersOf(text);
    this.#written += letters.length;
    this.#tail = (this.#tail + letters).slice(-LONGEST_TAIL);
  }

  spoke(sentence: string): void {
    const letters = lettersOf(sentence);
    this.#spoken += letters.length;
    if (letters !== '') this.#lastSentence = letters;
  }

  /** True also where nothing is known: not every server tells of its sentences. */
  get mayBeComplete(): boolean {
    if (this.#lastSentence === undefined || this.#spoken >= this.#written) return true;
    // A directive or a mark-up in the middle is not spoken, the end is.
    return this.#tail.endsWith(this.#lastSentence);
  }
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '');
}
