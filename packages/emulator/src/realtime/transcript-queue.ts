import type { SpokenWord } from '../voice/index.ts';

/** A stretch of transcript, and where in the reply's sound it begins. */
export type TranscriptPiece = { text: string; atMs: number };

/** How far a word is looked for behind the one before it: signs and Markdown may lie between, no more. */
const LONGEST_GAP = 40;

/**
 * Holds back the text of a reply until its sound comes. However the voice has split the text into words, and whatever it
 * has left out, what is taken out joined is the text that was put in.
 */
export class TranscriptQueue {
  readonly #waiting: TranscriptPiece[] = [];
  #text = '';
  #offsetMs = 0;
  #cursor = 0;
  #lastMs = 0;

  /** A text begins to be spoken. @param offsetMs its position in the reply's sound. */
  begin(text: string, offsetMs: number): void {
    this.#text = text;
    this.#offsetMs = this.#lastMs = offsetMs;
    this.#cursor = 0;
  }

  /** Some of its words have been spoken; their times are from the beginning of the text. */
  push(words: readonly SpokenWord[]): void {
    for (const { text, startMs } of words) {
      const at = this.#text.indexOf(text, this.#cursor);
      if (at < 0 || at - this.#cursor > LONGEST_GAP || text === '') continue;
      this.#put(at + text.length, Math.max(this.#lastMs, this.#offsetMs + startMs));
    }
  }

  /** The text has been spoken: what no word has covered belongs to the last one. */
  end(): void {
    this.#put(this.#text.length, this.#lastMs);
  }

  /** What begins before a position, as one piece. */
  takeBefore(ms: number): TranscriptPiece | undefined {
    let taken: TranscriptPiece | undefined;
    while (this.#waiting[0] !== undefined && this.#waiting[0].atMs < ms) {
      const { text, atMs } = this.#waiting.shift() as TranscriptPiece;
      taken = { text: (taken?.text ?? '') + text, atMs: taken?.atMs ?? atMs };
    }
    return taken;
  }

  #put(end: number, atMs: number): void {
    const text = this.#text.slice(this.#cursor, end);
    if (text === '') return;
    this.#cursor = end;
    this.#lastMs = atMs;
    const last = this.#waiting.at(-1);
    if (last?.atMs === atMs) last.text += text;
    else this.#waiting.push({ text, atMs });
  }
}
