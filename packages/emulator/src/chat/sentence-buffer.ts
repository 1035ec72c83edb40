/** A sentence with what closes it, or the end of a line. */
const SENTENCE =
  /^[^。！？!?.\n]*(?:\.(?=\S)[^。！？!?.\n]*)*[。！？!?.\n]+["”’'」』)）]*\s*(?=\S|$)/u;
/** Longer ones are spoken in parts, at a blank or comma if there is one. */
const LONGEST = 200;

/** Cuts text that is still being written into pieces that can be spoken by themselves. Joined, they are the text. */
export class SentenceBuffer {
  #text = '';

  /** The sentences that are complete by now. */
  push(text: string): string[] {
    this.#text += text;
    const sentences: string[] = [];
    for (;;) {
      const length = this.#completeLength();
      if (length === 0) return sentences;
      sentences.push(this.#text.slice(0, length));
      this.#text = this.#text.slice(length);
    }
  }

  /** What is left at the end; possibly nothing. */
  flush(): string {
    const rest = this.#text;
    this.#text = '';
    return rest;
  }

  #completeLength(): number {
    // Looking further would find nothing that is spoken in one piece.
    const sentence = SENTENCE.exec(this.#text.slice(0, 2 * LONGEST))?.[0];
    // At the very end of what has come, a point may still be one inside a number.
    const mayGoOn = sentence?.length === this.#text.length && sentence.endsWith('.');
    if (sentence !== undefined && !mayGoOn) return sentence.length;
    if (this.#text.length <= LONGEST) return 0;
    const pause = Math.max(
      ...[' ', '，', ',', '、', '；'].map((mark) => this.#text.lastIndexOf(mark, LONGEST)),
    );
    return pause > 0
      ? pause + 1
      : this.#text.codePointAt(LONGEST - 1)! > 0xffff
        ? LONGEST + 1
        : LONGEST;
  }
}
