import { type MappedText, MappedTextBuilder } from '../mapped-text.ts';
import type { TextRange } from '../text-range.ts';
import type { CodeWords } from './code-words.ts';
import { identifierWords } from './identifiers.ts';

/** Puts together what is spoken for a line of code: words with spaces between, marks of punctuation as pauses. */
export class CodeLine {
  readonly #text: string;
  readonly #words: CodeWords;
  readonly #hyphens: boolean;
  readonly #builder: MappedTextBuilder;
  #gap: 'space' | 'pause' | undefined;
  #range: TextRange | undefined;
  #hasWords = false;

  constructor(text: string, words: CodeWords, options: { hyphens: boolean }) {
    this.#text = text;
    this.#words = words;
    this.#hyphens = options.hyphens;
    this.#builder = new MappedTextBuilder(text);
  }

  get length(): number {
    return this.#builder.length;
  }

  get start(): number | undefined {
    return this.#range?.start;
  }

  /** A stretch of code without strings and comments. */
  code(start: number, end: number): void {
    const pattern = this.#hyphens ? CODE_WITH_HYPHENS : CODE;
    pattern.lastIndex = start;
    while (pattern.lastIndex < end) {
      const match = pattern.exec(this.#text);
      if (match === null || match.index >= end) return;
      const [written, name, number] = match;
      const from = match.index;
      // A token never reaches over the end of the code, where a string or a comment begins.
      const to = Math.min(from + written.length, end);
      if (name !== undefined) this.#name(from, to);
      else if (number === undefined) this.#mark(written.slice(0, to - from), from, to);
      else this.#verbatim(from, to);
    }
  }

  /** What a string says, with its escapes undone and the code within it as code. */
  string(start: number, end: number, hole: string | undefined): void {
    this.#written(start, end, ESCAPE, (mark, from, until) => {
      if (mark === hole) {
        this.space();
        return this.#hole(until, end);
      }
      if (/^[$#][{(]$/u.test(mark)) this.#verbatim(from, until);
      else this.#instead(unescaped(mark), from, until);
      return until;
    });
    this.pause();
  }

  /** Text between tags. */
  prose(start: number, end: number): void {
    this.#written(start, end, ENTITY, (mark, from, until) => {
      this.#instead(entity(mark), from, until);
      return until;
    });
  }

  pause(): void {
    if (this.#builder.length > 0) this.#gap = 'pause';
  }

  space(): void {
    this.#gap ??= 'space';
  }

  /** Words of ours for a stretch of the source. */
  say(words: string, start: number, end: number): void {
    this.#begin(start, end);
    this.#builder.replace(words, start, end);
    this.#gap = 'space';
  }

  build(): { spoken: MappedText; range: TextRange } | undefined {
    if (this.#range === undefined || !this.#hasWords) return undefined;
    return { spoken: this.#builder.build(), range: this.#range };
  }

  #hole(start: number, end: number): number {
    let depth = 1;
    let place = start;
    for (; place < end && depth > 0; place += 1) {
      const character = this.#text.charAt(place);
      if (character === '{' || character === '(') depth += 1;
      else if (character === '}' || character === ')') depth -= 1;
    }
    this.code(start, depth === 0 ? place - 1 : place);
    this.#gap = 'space';
    return place;
  }

  /** Text with marks in it; each mark tells where the text goes on. White space of any kind is one space. */
  #written(
    start: number,
    end: number,
    marks: RegExp,
    atMark: (mark: string, start: number, end: number) => number,
  ): void {
    // Of a text that is cut out, so that no search goes on beyond it.
    const written = this.#text.slice(start, end);
    let place = 0;
    marks.lastIndex = 0;
    for (;;) {
      const match = marks.exec(written);
      if (match === null) break;
      this.#verbatim(start + place, start + match.index);
      place = match.index + match[0].length;
      if (/^\s/u.test(match[0])) this.space();
      else place = atMark(match[0], start + match.index, start + place) - start;
      marks.lastIndex = place;
    }
    this.#verbatim(start + place, end);
  }

  #instead(said: string, start: number, end: number): void {
    if (/^\s*$/u.test(said)) return this.space();
    if (this.#text.slice(start, end).endsWith(said)) return this.#verbatim(end - said.length, end);
    this.#begin(start, end);
    this.#builder.replace(said, start, end);
    this.#hasWords ||= /[\p{L}\p{N}]/u.test(said);
  }

  #name(start: number, end: number): void {
    this.#gap ??= this.#builder.length > 0 ? 'space' : undefined;
    let place = start;
    const name = this.#text.slice(start, end);
    for (const word of identifierWords(name)) {
      const from = start + word.start;
      const to = start + word.end;
      if (place > start && this.#gap === undefined) this.#gap = 'space';
      this.#begin(from, to);
      if (word.spoken === name.slice(word.start, word.end)) this.#builder.verbatim(from, to);
      else this.#builder.replace(word.spoken, from, to);
      this.#hasWords = true;
      place = to;
    }
    this.#gap = 'space';
  }

  #verbatim(start: number, end: number): void {
    if (start >= end) return;
    if (this.#gap === 'space' && CLOSING.test(this.#text.charAt(start))) this.#gap = undefined;
    this.#begin(start, end);
    this.#builder.verbatim(start, end);
    this.#hasWords ||= /[\p{L}\p{N}]/u.test(this.#text.slice(start, end));
  }

  #mark(mark: string, start: number, end: number): void {
    if (/^\s/u.test(mark)) return this.space();
    if (PAUSES.includes(mark)) return this.pause();
    const { operators, negative } = this.#words;
    // Where names have hyphens, programs are chained by a bar.
    const key = mark === '|' && this.#hyphens ? '|>' : mark;
    const word = Object.hasOwn(operators, key) ? operators[key]! : '';
    if (word === '' || !this.#isSpoken(mark, start, end)) return this.space();
    this.space();
    const isSign = mark === '-' && !this.#isOperand(start);
    this.say(isSign ? negative : word, start, end);
  }

  /** Some marks are operators only between two values: `a * b`, but not `*pointer`, `List<T>`, `a?.b`. */
  #isSpoken(mark: string, start: number, end: number): boolean {
    const before = this.#text.charAt(start - 1);
    const after = this.#text.charAt(end);
    const isSpaced = /\s/u.test(before) && /\s/u.test(after);
    if (mark === '.') return /[\p{L}\p{N}_$)\]]/u.test(before) && /[\p{L}_$]/u.test(after);
    if (/^(?:<|>|\?|\||>>)$/u.test(mark)) return isSpaced;
    if (/^(?:\*|&|\/|%|\^)$/u.test(mark))
      return (
        isSpaced || (!/\s/u.test(before) && this.#isOperand(start) && /[\p{L}\p{N}_(]/u.test(after))
      );
    if (mark === '--') return !this.#hyphens;
    if (mark === '-' && this.#hyphens) return isSpaced;
    if (mark === '@') return !/\s/u.test(after);
    return true;
  }

  /** Whether a value ends directly before this place, or one space before it. */
  #isOperand(start: number): boolean {
    return /[\p{L}\p{N}_$)\]"'] ?$/u.test(this.#text.slice(Math.max(0, start - 2), start));
  }

  #begin(start: number, end: number): void {
    if (this.#gap !== undefined && this.#builder.length > 0) {
      const from = this.#range?.end ?? start;
      this.#builder.replace(this.#gap === 'pause' ? this.#words.pause : ' ', from, start);
    }
    this.#gap = undefined;
    this.#range = { start: this.#range?.start ?? start, end };
  }
}

/** What no space stands before. */
const CLOSING = /[,.;:!?，。；：！？、]/u;
const PAUSES = '()[]{},;:';
const MARK = String.raw`>>>|<=>|===|!==|\?\?=|\|\|=|&&=|\.\.\.|[-=~|]>|<-|[:=!<>/+*%-]=|\+\+|--|\*\*|&&|\|\||\?\?|<<|>>|\?\.|::|\.\.|\s+|[^\p{L}\p{N}_$]`;
const NUMBER = String.raw`(\p{Nd}[\p{L}\p{N}_]*(?:\.\p{Nd}[\p{L}\p{N}_]*)*)`;
const CODE = new RegExp(String.raw`([\p{L}_$][\p{L}\p{M}\p{N}_$]*)|${NUMBER}|${MARK}`, 'gu');
const CODE_WITH_HYPHENS = new RegExp(
  String.raw`([\p{L}_$][\p{L}\p{M}\p{N}_$]*(?:-[\p{L}][\p{L}\p{M}\p{N}_$]*)*)|${NUMBER}|${MARK}`,
  'gu',
);
/** Escapes, the edges of code within a string, and white space. */
const ESCAPE =
  /\\(?:u\{[\da-fA-F]{1,6}\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|[0-7]{1,3}|\r\n|[^])|[$#]\{|\$\(|\s+/gu;
const ENTITY = /&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[\da-f]{1,6});|\s+/giu;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function entity(written: string): string {
  const name = written.slice(1, -1).toLowerCase();
  if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name]!;
  return character(
    name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)),
  );
}

function character(point: number): string {
  return point <= 0x10_ff_ff ? String.fromCodePoint(point) : '';
}

function unescaped(written: string): string {
  const code = /^\\(?:u\{?|x)([\da-fA-F]+)\}?$/u.exec(written)?.[1];
  if (code !== undefined) return character(Number.parseInt(code, 16));
  return /^\\(?:[nrtvfbae\r\n]|[0-7]+)/u.test(written) ? ' ' : written.slice(1);
}
