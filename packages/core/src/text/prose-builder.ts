import { type MappedText, MappedTextBuilder } from './mapped-text.ts';

/**
 * Puts prose together as it is spoken: runs of white space and line breaks become one space, or nothing between
 * characters that are written without spaces; white space at both ends goes. Places are offsets of the source and only
 * grow.
 */
export class ProseBuilder {
  readonly #source: string;
  readonly #builder: MappedTextBuilder;
  #space: { start: number; end: number; isBreak: boolean } | undefined;
  #last = '';

  constructor(source: string) {
    this.#source = source;
    this.#builder = new MappedTextBuilder(source);
  }

  /** Of what is spoken so far. */
  get length(): number {
    return this.#builder.length;
  }

  get isEmpty(): boolean {
    return this.#builder.length === 0;
  }

  /** Speaks a stretch of the source. */
  text(start: number, end: number): this {
    const text = this.#source.slice(start, end);
    let place = 0;
    for (const { 0: space, index } of text.matchAll(WHITE_SPACE)) {
      this.#visible(start + place, start + index);
      place = index + space.length;
      this.#spaceBetween(start + index, start + place, LINE_BREAK.test(space));
    }
    return this.#visible(start + place, end);
  }

  /** Speaks other words for a stretch of the source. */
  words(words: string, start: number, end: number): this {
    if (words === '') return this;
    this.#flush(words);
    this.#builder.replace(words, start, end);
    this.#last = lastCharacter(words);
    return this;
  }

  /** White space between what was and what comes, if both are there. */
  separate(start: number, end: number = start): this {
    return this.#spaceBetween(start, end, true);
  }

  /** A comma for a stretch of the source, where no other mark stands before it: at a line's end that was meant. */
  pause(start: number, end: number): this {
    if (!PAUSES_AFTER.test(this.#last)) return this.separate(start, end);
    return this.words(UNSPACED.test(this.#last) ? '，' : ',', start, end).separate(end);
  }

  build(): MappedText {
    this.#space = undefined;
    return this.#builder.build();
  }

  #visible(start: number, end: number): this {
    if (start >= end) return this;
    this.#flush(this.#source.slice(start, start + 2));
    this.#builder.verbatim(start, end);
    this.#last = lastCharacter(this.#source.slice(Math.max(start, end - 2), end));
    return this;
  }

  #spaceBetween(start: number, end: number, isBreak: boolean): this {
    if (this.isEmpty) return this;
    const space = this.#space;
    if (space === undefined) this.#space = { start, end, isBreak };
    else this.#space = { start: space.start, end, isBreak: space.isBreak && isBreak };
    return this;
  }

  #flush(next: string): void {
    const space = this.#space;
    this.#space = undefined;
    if (space === undefined) return;
    const { start, end, isBreak } = space;
    if (/\s/.test(this.#last) || FULL_WIDTH_MARK.test(this.#last)) return;
    if (isBreak && (needsNoSpace(this.#last, next) || CLOSING_MARK.test(next))) return;
    if (end - start === 1 && this.#source[start] === ' ') this.#builder.verbatim(start, end);
    else this.#builder.replace(' ', start, end);
  }
}

/** No space belongs between the two where a line is broken: Han and kana, and beside full-width punctuation. */
function needsNoSpace(before: string, after: string): boolean {
  return (UNSPACED.test(before) && UNSPACED.test(after)) || FULL_WIDTH_MARK.test(after);
}

function lastCharacter(text: string): string {
  const last = text.at(-1) ?? '';
  return /[\uDC00-\uDFFF]/.test(last) ? text.slice(-2) : last;
}

/** A single space inside stays as it is. No-break spaces belong to their words. */
const WHITE_SPACE =
  /[\t\n\v\f\r \u0085\u2028\u2029\u3000\uFEFF]{2,}|[\t\n\v\f\r\u0085\u2028\u2029\u3000\uFEFF]|^ | $/g;
const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/;
const UNSPACED =
  /^[\u2E80-\u2FDF\u3001-\u30FF\u3100-\u312F\u31F0-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uFF01-\uFF9F\u{20000}-\u{3FFFF}]/u;
const PAUSES_AFTER = /^[\p{L}\p{M}\p{N}%)\]}>"'”’」』》）】°]$/u;
/** A line does not begin with one; what was left out before it leaves no space. */
const CLOSING_MARK = /^[,.;:!?)\]}]/;
const FULL_WIDTH_MARK = /^[\u3001-\u3003\u3008-\u3011\u3014-\u301B\uFF01-\uFF0F\uFF1A-\uFF20]/;
