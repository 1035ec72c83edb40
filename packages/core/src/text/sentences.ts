import { ValidationError } from '../errors.ts';
import { SentenceScanner } from './sentences/scanner.ts';
import type { TextRange } from './text-range.ts';

export type SentenceOptions = {
  /**
   * BCP 47. Only tells whether a full stop behind a number makes it an ordinal (`am 3. Oktober`), as in German; whatever
   * else depends on a language is told by the script and the words.
   */
  readonly language?: string | undefined;
  /** Most UTF-16 code units of a sentence with its white space, from 2; by default 400. */
  readonly maxLength?: number | undefined;
};

const DEFAULT_MAX_LENGTH = 400;

/** Languages that write an ordinal as a number with a full stop. */
const ORDINAL_DOT_LANGUAGES =
  /^(?:bs|cs|da|de|et|fi|fo|hr|hu|is|lb|lv|nb|nn|no|pl|sk|sl|sr|tr)(?:-|$)/iu;

/**
 * Cuts a text into sentences, of any language and several at once. White space behind a sentence belongs to it, white space
 * before the first to the first. A blank line always ends a sentence; a single line break does where the line ended one,
 * is a heading by its mark, or the next begins a list's item or the like.
 *
 * What is longer than `maxLength` is cut as {@link cutAtClause} would; so is white space, in pieces of nothing else.
 *
 * @returns Ranges that touch and cover the text; none for an empty one.
 * @throws {ValidationError} For a `maxLength` that is not a whole number from 2.
 */
export function sentences(text: string, options: SentenceOptions = {}): TextRange[] {
  const scanner = createScanner(options);
  scanner.ahead.text = text;
  scanner.ahead.isWhole = true;
  const ranges: TextRange[] = [];
  for (let start = 0; start < text.length;) {
    const end = scanner.next();
    ranges.push({ start, end });
    start = end;
  }
  return ranges;
}

/**
 * The same for a text that arrives in pieces, cut anywhere. A sentence is given out as soon as no text behind it could
 * change its end, which takes a character behind it and its white space, after an abbreviation the next word. Never holds
 * more than `maxLength` code units and a few.
 *
 * @throws {ValidationError} As {@link sentences} does; `push` after `end` begins a new text.
 */
export class SentenceSplitter {
  readonly #options: SentenceOptions;
  #scanner: SentenceScanner;

  constructor(options: SentenceOptions = {}) {
    this.#options = options;
    this.#scanner = createScanner(options);
  }

  /** The sentences that are certain now. */
  push(text: string): string[] {
    this.#scanner.ahead.text += text;
    return this.#take();
  }

  /** The sentences that are left; what was pushed joined is what was given out joined. */
  end(): string[] {
    this.#scanner.ahead.isWhole = true;
    const rest = this.#take();
    this.#scanner = createScanner(this.#options);
    return rest;
  }

  #take(): string[] {
    const { ahead } = this.#scanner;
    const taken: string[] = [];
    for (;;) {
      const { start } = this.#scanner;
      const end = this.#scanner.next();
      if (end < 0) break;
      taken.push(ahead.text.slice(start, end));
    }
    const { start } = this.#scanner;
    if (start > 0) {
      this.#scanner.rebase();
      ahead.text = ahead.text.slice(start);
    }
    return taken;
  }
}

function createScanner({
  language = '',
  maxLength = DEFAULT_MAX_LENGTH,
}: SentenceOptions): SentenceScanner {
  if (!Number.isInteger(maxLength) || maxLength < 2) {
    const allowed = 'a whole number of UTF-16 code units from 2';
    throw new ValidationError(`maxLength is ${maxLength}; it must be ${allowed}.`, {
      path: 'maxLength',
      value: maxLength,
      allowed,
    });
  }
  return new SentenceScanner({ maxLength, hasOrdinalDots: ORDINAL_DOT_LANGUAGES.test(language) });
}
