export type TranscriptChange = {
  /** What was added; empty where the text was corrected. */
  delta: string;
  /** The whole text so far. */
  text: string;
};

/**
 * Puts a text together from its pieces. What the user said comes as the whole text so far, each time again, and now and
 * then twice; what the model says comes as what is new. Servers that do it the other way are found out, and pieces that
 * come late or once more change nothing.
 */
export class TranscriptMerger {
  #kind: 'whole' | 'increment' | undefined;
  readonly #usual: 'whole' | 'increment';
  #text = '';
  #isFinal = false;
  #last: { id: string; delta: string } | undefined;

  /** `usual`: how this kind of text comes, where the pieces themselves do not tell. */
  constructor(usual: 'whole' | 'increment') {
    this.#usual = usual;
  }

  get text(): string {
    return this.#text;
  }

  get isFinal(): boolean {
    return this.#isFinal;
  }

  /** `id` tells a message that is sent twice from one that says the same word again. */
  push(piece: string, id?: string): TranscriptChange | undefined {
    if (this.#isFinal || piece === '') return undefined;
    const isRepeated = id !== undefined && this.#last?.id === id && this.#last.delta === piece;
    this.#last = id === undefined ? undefined : { id, delta: piece };
    if (isRepeated) return undefined;
    return this.#isWhole(piece) ? this.#replace(piece) : this.#append(piece);
  }

  /** The text as the service says it is in the end; without one, what has come is taken for it. */
  finish(text?: string): TranscriptChange | undefined {
    const whole = text === undefined || text === '' ? this.#text : text;
    if (this.#isFinal && whole === this.#text) return undefined;
    const delta = whole.startsWith(this.#text) ? whole.slice(this.#text.length) : '';
    this.#isFinal = true;
    this.#text = whole;
    return { delta, text: whole };
  }

  #isWhole(piece: string): boolean {
    const kind = this.#kind ?? this.#usual;
    if (this.#text === '') return false;
    if (piece.length > this.#text.length && piece.startsWith(this.#text)) {
      // A single character may well be said again by an increment.
      if (kind === 'increment' && this.#text.length < 2) return false;
      this.#kind = 'whole';
      return true;
    }
    if (kind === 'increment') return false;
    if (this.#text.startsWith(piece)) return true;
    // A recognizer corrects its last words, and keeps the ones before.
    const shorter = Math.min(piece.length, this.#text.length);
    if (commonLength(piece, this.#text) * 2 >= shorter) return true;
    this.#kind = 'increment';
    return false;
  }

  #replace(piece: string): TranscriptChange | undefined {
    // An older message that was overtaken, or the same once more.
    if (this.#text.startsWith(piece)) return undefined;
    const delta = piece.startsWith(this.#text) ? piece.slice(this.#text.length) : '';
    this.#text = piece;
    return { delta, text: piece };
  }

  #append(piece: string): TranscriptChange {
    this.#text += piece;
    return { delta: piece, text: this.#text };
  }
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
