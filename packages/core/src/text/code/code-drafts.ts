import type { SegmentDraft } from '../segment-draft.ts';
import { CodeLine } from './code-line.ts';
import type { CodeToken } from './code-tokens.ts';
import { type CodeWords, codeWordsIn } from './code-words.ts';
import { commentLines } from './comment-lines.ts';
import { CommentParagraphs } from './comment-paragraphs.ts';

/** A notice begins within this many code units, or it is none. */
export const NOTICE_REACH = 4000;
/** Code units after which a line of code is handed out at its next pause. */
const LONGEST_LINE = 2000;

export type DraftOptions = {
  readonly mode: 'prose' | 'comments';
  readonly skipsNoise: boolean;
  readonly hyphens: boolean;
  readonly readsTags: boolean;
  readonly language: 'en' | 'zh';
  /** Whether code stands before the first token: notices stand before all code. */
  readonly hasCode: boolean;
};

/** Makes what is spoken of a source's tokens: a segment for each paragraph of a comment and each line of code. */
export class CodeDrafts {
  readonly #text: string;
  readonly #words: CodeWords;
  readonly #comments: CommentParagraphs;
  readonly #options: DraftOptions;
  #line: CodeLine;
  #lineBlock: number | undefined;
  #lineKind: SegmentDraft['kind'] = 'code';
  #hasCode: boolean;
  /** Line breaks and other characters since the last comment. */
  #sinceComment = '';
  /** Whether the last comment stands on lines of its own. */
  #ownsLine = false;

  constructor(text: string, options: DraftOptions) {
    this.#text = text;
    this.#options = options;
    this.#words = codeWordsIn(options.language);
    this.#comments = new CommentParagraphs(text, options);
    this.#line = this.#newLine();
    this.#hasCode = options.hasCode;
  }

  *push(token: CodeToken): Generator<SegmentDraft> {
    if (token.kind === 'comment') yield* this.#comment(token);
    else {
      const text = this.#text.slice(token.start, Math.min(token.end, token.start + 400));
      const isBlank = /^\s*$/u.test(text) && token.end - token.start < 400;
      this.#sinceComment = isBlank ? text : 'code';
      if (!isBlank) {
        this.#hasCode = true;
        yield* this.#comments.end();
      }
      if (this.#options.mode === 'prose') yield* this.#read(token);
    }
  }

  *end(): Generator<SegmentDraft> {
    yield* this.#endLine();
    yield* this.#comments.end();
  }

  *#comment(token: CodeToken): Generator<SegmentDraft> {
    yield* this.#endLine();
    const joins =
      !token.isBlock && this.#ownsLine && /^[ \t]*(?:\r\n|[\r\n])[ \t]*$/u.test(this.#sinceComment);
    this.#ownsLine = joins || this.#beginsLine(token.start);
    for (const line of commentLines(this.#text, token, !joins)) {
      yield* this.#comments.push(line, !this.#hasCode && token.start < NOTICE_REACH);
    }
    this.#sinceComment = '';
  }

  *#read(token: CodeToken): Generator<SegmentDraft> {
    const isProse = this.#lineKind === 'paragraph';
    if (isProse !== (token.kind === 'prose') && token.kind !== 'tag') yield* this.#endLine();
    switch (token.kind) {
      case 'code':
        yield* this.#code(token);
        break;
      case 'prose':
        yield* this.#prose(token);
        break;
      case 'tag':
        yield* this.#tag(token);
        break;
      case 'string':
        yield* this.#string(token);
        break;
      case 'comment':
        break;
      case 'regex':
        this.#lineBlock ??= token.block;
        this.#line.space();
        this.#line.say(this.#words.regex, token.start, token.end);
    }
  }

  *#code(token: CodeToken): Generator<SegmentDraft> {
    const written = this.#text.slice(token.start, token.end);
    let place = token.start;
    while (place < token.end) {
      LINE_BREAK.lastIndex = place - token.start;
      const found = LINE_BREAK.exec(written);
      const lineEnd = found === null ? token.end : token.start + found.index;
      while (place < lineEnd) {
        const until = this.#cut(place, lineEnd);
        this.#lineBlock ??= this.#blockOf(token, place);
        this.#line.code(place, until);
        place = until;
        if (this.#line.length > LONGEST_LINE) yield* this.#endLine();
      }
      if (lineEnd < token.end) {
        place = lineEnd + found![0].length;
        yield* this.#endLine();
      }
    }
  }

  /** A string of several lines is one segment for each; another is part of its line of code. */
  *#string({ content, block, hole }: CodeToken): Generator<SegmentDraft> {
    const written = this.#text.slice(content.start, content.end);
    const isLong = content.end - content.start > LONGEST_LINE || /[\r\n]/u.test(written.trim());
    if (!isLong) {
      this.#lineBlock ??= block;
      this.#line.space();
      this.#line.string(content.start, content.end, hole);
      return;
    }
    yield* this.#endLine();
    yield* this.#lines(content.start, content.end, block, hole);
  }

  /** Text goes on over ends of lines and over tags within a paragraph. */
  *#prose({ start, end, block }: CodeToken): Generator<SegmentDraft> {
    let place = start;
    while (place < end) {
      const until = this.#cut(place, end);
      this.#lineBlock ??= block;
      this.#lineKind = 'paragraph';
      this.#line.prose(place, until);
      place = until;
      if (this.#line.length > LONGEST_LINE) yield* this.#endLine();
    }
  }

  *#tag(token: CodeToken): Generator<SegmentDraft> {
    const name = /^<[/!]?([\w:-]+)/u.exec(this.#text.slice(token.start, token.start + 40))?.[1];
    if (name !== undefined && INLINE_TAGS.test(name) && !this.#options.readsTags) return;
    yield* this.#endLine();
    if (!this.#options.readsTags) return;
    yield* this.#code(token);
    yield* this.#endLine();
  }

  *#lines(
    start: number,
    end: number,
    block: number,
    hole: string | undefined,
  ): Generator<SegmentDraft> {
    const written = this.#text.slice(start, end);
    let place = start;
    while (place < end) {
      LINE_BREAK.lastIndex = place - start;
      const found = LINE_BREAK.exec(written);
      const lineEnd = found === null ? end : start + found.index;
      while (place < lineEnd) {
        const until = this.#cut(place, lineEnd);
        this.#lineBlock ??= block;
        this.#lineKind = 'string';
        this.#line.string(place, until, hole);
        place = until;
        if (until < lineEnd) yield* this.#endLine();
      }
      place = lineEnd === end ? end : lineEnd + found![0].length;
      yield* this.#endLine();
    }
  }

  *#endLine(): Generator<SegmentDraft> {
    const line = this.#line.build();
    const block = this.#lineBlock;
    const kind = this.#lineKind;
    this.#line = this.#newLine();
    this.#lineBlock = undefined;
    this.#lineKind = 'code';
    if (line === undefined) return;
    yield { kind, level: 0, ...line, block: block ?? line.range.start };
  }

  #newLine(): CodeLine {
    return new CodeLine(this.#text, this.#words, { hyphens: this.#options.hyphens });
  }

  /** Code may be read again from each of its lines; what stands within markup only from there. */
  #blockOf(token: CodeToken, place: number): number {
    return token.block === token.start ? place : token.block;
  }

  #beginsLine(place: number): boolean {
    let start = place;
    while (start > 0 && /[ \t]/u.test(this.#text.charAt(start - 1))) start -= 1;
    return start === 0 || /[\r\n]/u.test(this.#text.charAt(start - 1));
  }

  /** Where a piece of a line ends that is taken at once: behind a space or a mark, where there is one. */
  #cut(start: number, end: number): number {
    if (end - start <= LONGEST_LINE) return end;
    const piece = this.#text.slice(start, start + LONGEST_LINE);
    const mark = Math.max(piece.lastIndexOf(' '), piece.lastIndexOf(','), piece.lastIndexOf(';'));
    if (mark > 0) return start + mark + 1;
    const last = piece.charCodeAt(piece.length - 1);
    return start + piece.length - (last >= 0xd800 && last <= 0xdbff ? 1 : 0);
  }
}

/** Tags that a sentence goes on over. */
const INLINE_TAGS =
  /^(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|ruby|s|samp|small|span|strong|sub|sup|time|u|var|wbr)$/iu;
const LINE_BREAK = /\r\n|[\r\n]/gu;
