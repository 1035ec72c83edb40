import { isCharacterBoundary } from '../character-boundary.ts';
import { clauseCut, CUT_LOOKAHEAD } from '../clause-cut.ts';
import { emojiRunEnd, isMoodEmoji } from './emoji-run.ts';
import { type EndRun, readEndRun } from './end-run.ts';
import { followingAt } from './following.ts';
import { beginsBlock, isHeadingLine } from './line-start.ts';
import { END_OF_TEXT, Lookahead } from './lookahead.ts';
import {
  CLOSING,
  closingOf,
  EMOJI,
  isGreek,
  isSpace,
  LINE_BREAK,
  lineBreaksAt,
  markClasses,
  OPENING,
  OTHER,
  QUOTE,
  SEMICOLON,
} from './marks.ts';
import { endsSentence } from './sentence-end.ts';

/** Marks in a bracket end no sentence for so many code units: longer ones were hardly meant, or never closed. */
const LONGEST_ASIDE = 160;
/** The same for the corner brackets of Japanese and Chinese speech, which can hold a whole page. */
const LONGEST_QUOTATION = 80;

type Bracket = {
  readonly opening: number;
  readonly closing: number;
  readonly at: number;
  readonly depth: number;
};

/**
 * Finds the ends of sentences one behind the other in a text that may still grow. What it decides depends on nothing
 * before the sentence but how many straight quotes are open, and on nothing behind it but what {@link Lookahead} was
 * asked for.
 */
export class SentenceScanner {
  readonly ahead = new Lookahead();
  readonly #maxLength: number;
  readonly #hasOrdinalDots: boolean;
  #start = 0;
  /** Where the sentence's first character stands that is no white space; -1 while it is not there. */
  #content = -1;
  #index = 0;
  #bracket: Bracket | undefined;
  /** Whether an odd number of straight double quotes stands before the index, and before the sentence. */
  #isQuoteOpen = false;
  #isQuoteOpenAtStart = false;

  constructor(options: { maxLength: number; hasOrdinalDots: boolean }) {
    this.#maxLength = options.maxLength;
    this.#hasOrdinalDots = options.hasOrdinalDots;
  }

  get start(): number {
    return this.#start;
  }

  /** Forgets what lies before the sentence; its text is taken away by the caller. */
  rebase(): void {
    const by = this.#start;
    this.#start = 0;
    this.ahead.from = 0;
    this.#index -= by;
    if (this.#content >= 0) this.#content -= by;
    if (this.#bracket !== undefined)
      this.#bracket = { ...this.#bracket, at: this.#bracket.at - by };
  }

  /** Place behind the next sentence, or -1 where more text is needed to tell, or none is left. */
  next(): number {
    const { text, isWhole } = this.ahead;
    const limit = this.#start + this.#maxLength;
    if (this.#start >= text.length) return -1;
    if (this.#content < 0 && !this.#skipLeadingSpace(limit)) {
      if (text.length > limit) return this.#cut(limit);
      return isWhole ? this.#finish(text.length) : -1;
    }

    const end = this.#scan(Math.min(text.length, limit), limit);
    if (end !== 0) return end;
    if (text.length <= limit) return isWhole ? this.#finish(text.length) : -1;
    return this.#cut(limit);
  }

  #cut(limit: number): number {
    const { text, isWhole } = this.ahead;
    if (!isWhole && text.length < limit + CUT_LOOKAHEAD) return -1;
    const cut = clauseCut(text, this.#start, limit);
    // What was passed behind the cut is passed once more.
    this.#isQuoteOpen = this.#isQuoteOpenAtStart;
    this.#index = this.#start;
    this.#passTo(cut);
    return this.#finish(cut);
  }

  #skipLeadingSpace(limit: number): boolean {
    const { text } = this.ahead;
    const stop = Math.min(text.length, limit);
    while (this.#index < stop && isSpace(text.charCodeAt(this.#index))) this.#index += 1;
    if (this.#index === stop) return false;
    this.#content = this.#index;
    return true;
  }

  #finish(end: number): number {
    this.#start = end;
    this.ahead.from = end;
    this.#index = end;
    this.#content = -1;
    this.#bracket = undefined;
    this.#isQuoteOpenAtStart = this.#isQuoteOpen;
    return end;
  }

  /** Place behind the sentence, -1 where more text is needed, 0 where it does not end before `stop`. */
  #scan(stop: number, limit: number): number {
    const kinds = markClasses();
    const { text } = this.ahead;
    while (this.#index < stop) {
      const kind = kinds[text.charCodeAt(this.#index)]!;
      if (kind === OTHER) {
        this.#index += 1;
        continue;
      }
      const isPassed =
        kind === OPENING ||
        kind === CLOSING ||
        kind === QUOTE ||
        (kind === SEMICOLON && !isGreek(this.ahead.at(this.#index - 1)));
      if (isPassed) {
        this.#passTo(this.#index + 1);
        continue;
      }
      const found = this.#decide(kind, limit);
      if (found.isEnd) this.ahead.characterAt(found.at);
      if (this.ahead.ranDry) {
        this.ahead.ranDry = false;
        return -1;
      }
      const isEnd = found.isEnd && isCharacterBoundary(text, found.at, this.#start);
      this.#passTo(found.at);
      if (isEnd) {
        if (found.isParagraph) this.#isQuoteOpen = false;
        return this.#finish(found.at);
      }
    }
    return 0;
  }

  #decide(kind: number, limit: number): Found {
    switch (kind) {
      case LINE_BREAK:
        return this.#atLineBreak(limit);
      case EMOJI:
        return this.#atEmoji(limit);
      default:
        return this.#atMark(limit);
    }
  }

  #atMark(limit: number): Found {
    const run = readEndRun(this.ahead, this.#index, limit, this.#isQuoteOpen);
    const goOn = { isEnd: false, at: run.end, isParagraph: false };
    if (run.end > limit) return goOn;
    const isParagraph = run.lineBreaks > 1;
    const end = { isEnd: true, at: run.next, isParagraph };
    if (isParagraph) return end;
    if (run.next === limit && run.end < limit) return end;

    const before = this.#bracket;
    const after = this.#bracketBehind(run.end);
    if (after !== undefined && run.end - after.at < longestInside(after)) return goOn;
    const behindEmoji = this.#behindEmoji(run, limit);
    if (behindEmoji > 0) return { isEnd: true, at: behindEmoji, isParagraph: false };
    const closesAside =
      before !== undefined && after === undefined && run.closing !== 0 && !isQuotation(before);
    if (closesAside && run.lineBreaks === 0) return goOn;
    const isEnd = endsSentence(this.ahead, {
      content: this.#content,
      at: this.#index,
      run,
      hasOrdinalDots: this.#hasOrdinalDots,
    });
    return isEnd ? end : goOn;
  }

  /** Emoji behind the marks belong to what they comment: `Great! 🎉 Next`. */
  #behindEmoji({ end, next, lineBreaks, isFull }: EndRun, limit: number): number {
    if (lineBreaks > 0 || next - end > 1) return 0;
    const behind = emojiRunEnd(this.ahead, next, limit);
    if (behind === next || behind > limit) return 0;
    const space = skipSpace(this.ahead, behind, limit);
    const isLast = space.at > behind || this.ahead.at(behind) === END_OF_TEXT;
    return isLast || (isFull && next === end) ? space.at : 0;
  }

  #atLineBreak(limit: number): Found {
    const { at, lineBreaks } = skipSpace(this.ahead, this.#index, limit);
    const isParagraph = lineBreaks > 1;
    if (isParagraph) return { isEnd: true, at, isParagraph };
    const line = this.ahead.text.slice(this.#content, this.#index);
    const isEnd =
      at < limit &&
      (this.ahead.at(at) === END_OF_TEXT || beginsBlock(this.ahead, at) || isHeadingLine(line));
    return { isEnd, at, isParagraph };
  }

  #atEmoji(limit: number): Found {
    const behind = emojiRunEnd(this.ahead, this.#index, limit);
    const goOn = { isEnd: false, at: Math.max(behind, this.#index + 1), isParagraph: false };
    const isMood = isMoodEmoji(this.ahead.characterAt(this.#index));
    if (!isMood || this.#index === this.#content || behind >= limit) return goOn;
    const { at, lineBreaks } = skipSpace(this.ahead, behind, limit);
    if (at === behind || at === limit || this.#bracket !== undefined) return goOn;
    const following = followingAt(this.ahead, at);
    const isEnd = lineBreaks > 0 || following === 'capital' || following === 'letter';
    return isEnd ? { isEnd, at, isParagraph: lineBreaks > 1 } : goOn;
  }

  /** Takes note of the brackets and quotes up to a place behind the index, and goes there. */
  #passTo(at: number): void {
    this.#bracket = this.#bracketBehind(at);
    for (let index = this.#index; index < at; index += 1) {
      if (this.ahead.text.charCodeAt(index) === 0x22) this.#isQuoteOpen = !this.#isQuoteOpen;
    }
    this.#index = at;
  }

  /** The outermost bracket that stays open, inside a sentence that began before it. */
  #bracketBehind(at: number): Bracket | undefined {
    const kinds = markClasses();
    let bracket = this.#bracket;
    for (let index = this.#index; index < at; index += 1) {
      const code = this.ahead.text.charCodeAt(index);
      const kind = kinds[code];
      if (kind === OPENING) {
        if (bracket === undefined) {
          if (this.#opensAside(code, index)) {
            bracket = { opening: code, closing: closingOf(code), at: index, depth: 1 };
          }
        } else if (code === bracket.opening) bracket = { ...bracket, depth: bracket.depth + 1 };
      } else if (kind === CLOSING && code === bracket?.closing) {
        bracket = bracket.depth === 1 ? undefined : { ...bracket, depth: bracket.depth - 1 };
      }
    }
    return bracket;
  }

  #opensAside(code: number, at: number): boolean {
    if (CORNER_BRACKETS.includes(String.fromCharCode(code))) return true;
    if (at === this.#content) return false;
    // A sad face is no bracket.
    const before = this.ahead.text.charCodeAt(at - 1);
    return !(code === 0x28 && (before === 0x3a || before === 0x3b || before === 0x2d));
  }
}

type Found = { readonly isEnd: boolean; readonly at: number; readonly isParagraph: boolean };

const CORNER_BRACKETS = '「『｢';

function isQuotation({ opening }: Bracket): boolean {
  return CORNER_BRACKETS.includes(String.fromCharCode(opening));
}

function longestInside(bracket: Bracket): number {
  return isQuotation(bracket) ? LONGEST_QUOTATION : LONGEST_ASIDE;
}

function skipSpace(
  ahead: Lookahead,
  from: number,
  limit: number,
): { at: number; lineBreaks: number } {
  let at = from;
  let lineBreaks = 0;
  while (at < limit && isSpace(ahead.at(at))) {
    lineBreaks += lineBreaksAt(ahead, at, from);
    at += 1;
  }
  return { at, lineBreaks };
}
