import type { EndRun } from './end-run.ts';
import { type Following, followingAt, wordAt } from './following.ts';
import { fullStopEnds } from './full-stop.ts';
import { END_OF_TEXT, type Lookahead } from './lookahead.ts';
import { isCjk, isCjkLetter, isClauseMark, isDigit, isSpace } from './marks.ts';
import { goesOnBehindQuotation, isAttributed } from './quotation.ts';

export type Candidate = {
  /** Where the sentence's first character stands that is no white space. */
  readonly content: number;
  /** Where the first of the marks stands. */
  readonly at: number;
  readonly run: EndRun;
  /** Whether a full stop behind a number makes it an ordinal, as in German. */
  readonly hasOrdinalDots: boolean;
};

/** Whether marks that stand outside of brackets, with no blank line behind them, end the sentence. */
export function endsSentence(ahead: Lookahead, candidate: Candidate): boolean {
  const { run } = candidate;
  const behind = ahead.at(run.end);
  if (behind === END_OF_TEXT) return true;
  if (isClauseMark(behind)) return false;
  if (run.isFull) return fullMarkEnds(ahead, candidate);
  if (run.isEllipsis || run.stops > 1) return ellipsisEnds(ahead, candidate);
  if (run.asks) return askingMarkEnds(ahead, candidate);
  return run.next === run.end ? tightStopEnds(ahead, candidate) : fullStopEnds(ahead, candidate);
}

const TITLE_CLOSINGS = '》〉';

function fullMarkEnds(ahead: Lookahead, { at, run }: Candidate): boolean {
  const isTight = run.next === run.end;
  const isDecimal =
    ahead.at(at) === 0xff0e && isDigit(ahead.at(at - 1)) && isDigit(ahead.at(run.end));
  if (isDecimal) return false;
  if (run.closing === 0) return isTight || !goesOnSmall(ahead, run);
  if (!isTight) return !goesOnSmall(ahead, run);
  if (TITLE_CLOSINGS.includes(String.fromCharCode(run.closing))) return false;
  return !goesOnBehindQuotation(ahead, run.end);
}

/** A small letter or a clause's mark behind closing quotes and a space: `“Halt!” rief er`. */
function goesOnSmall(ahead: Lookahead, run: EndRun): boolean {
  const following = followingAt(ahead, run.next);
  if (following === 'clause' || following === 'joining') return true;
  return following === 'small' && run.closing !== 0 && run.lineBreaks === 0;
}

function askingMarkEnds(ahead: Lookahead, { content, at, run }: Candidate): boolean {
  if (run.next === run.end) return tightMarkEnds(ahead, content, at, run);
  const following = followingAt(ahead, run.next);
  if (NEVER_FIRST.includes(following)) return false;
  if (run.lineBreaks > 0) return true;
  if (following === 'dash') return !isSmallBehindDash(ahead, run.next);
  if (run.closing !== 0 && following === 'capital') return !isAttributed(ahead, run.next);
  // `"Stop!" he said`, `Quoi ? dit-il`, `a ? b : c`
  return following !== 'small' || (run.closing === 0 && !isSpace(ahead.at(at - 1)));
}

/** What no sentence begins with. */
const NEVER_FIRST: readonly Following[] = ['clause', 'mark', 'joining', 'closing'];

function isSmallBehindDash(ahead: Lookahead, at: number): boolean {
  let next = at + 1;
  while (next < at + 3 && isSpace(ahead.at(next))) next += 1;
  return followingAt(ahead, next) === 'small';
}

/** Half-width marks in Chinese and Japanese text have no space behind them. */
function tightMarkEnds(ahead: Lookahead, content: number, at: number, run: EndRun): boolean {
  const isAmongCjk = isCjkNear(ahead.at(run.end)) || isCjkLetter(ahead.at(at - 1));
  if (!isAmongCjk || isInAddress(ahead.text, content, at)) return false;
  return run.closing === 0 || !goesOnBehindQuotation(ahead, run.end);
}

function isCjkNear(code: number): boolean {
  return isCjk(code) || code === 0x201c || code === 0x2018;
}

function tightStopEnds(ahead: Lookahead, { content, at, run }: Candidate): boolean {
  const next = ahead.at(run.end);
  if (!isCjkNear(next)) return false;
  if (run.closing !== 0 || isCjkLetter(ahead.at(at - 1))) {
    return !isInAddress(ahead.text, content, at) && !goesOnBehindQuotation(ahead, run.end);
  }
  const word = wordBefore(ahead.text, content, at);
  return /^\p{L}{2,}$/u.test(word);
}

/** Longest part of an address that is looked back on. */
const ADDRESS_REACH = 64;

function isInAddress(text: string, content: number, at: number): boolean {
  for (let index = at - 1; index >= Math.max(content, at - ADDRESS_REACH); index -= 1) {
    const code = text.charCodeAt(index);
    if (isSpace(code) || (isCjk(code) && !isCjkLetter(code))) return false;
    if (code === 0x2f && text.charCodeAt(index - 1) === 0x2f) return true;
  }
  return false;
}

function wordBefore(text: string, content: number, at: number): string {
  let start = at;
  while (start > Math.max(content, at - ADDRESS_REACH)) {
    const code = text.charCodeAt(start - 1);
    if (isSpace(code) || isCjk(code)) break;
    start -= 1;
  }
  return text.slice(start, at);
}

/** Fewer letters before an ellipsis are a hesitation, not a sentence: 我……, `Well... I`. */
const LONGEST_HESITATION = { cjk: 5, spaced: 12 };

function ellipsisEnds(ahead: Lookahead, { content, at, run }: Candidate): boolean {
  if (run.lineBreaks > 0) return true;
  if (run.asks) return askingMarkEnds(ahead, { content, at, run, hasOrdinalDots: false });
  const length = at - content;
  if (run.next === run.end) {
    const isAmongCjk = isCjkNear(ahead.at(run.end)) || isCjk(ahead.at(at - 1));
    if (!isAmongCjk) return false;
    if (run.closing !== 0) return !goesOnBehindQuotation(ahead, run.end);
    return length > LONGEST_HESITATION.cjk;
  }
  const following = followingAt(ahead, run.next);
  if (following === 'capital') {
    return length > LONGEST_HESITATION.spaced || wordAt(ahead, run.next) !== 'I';
  }
  if (following === 'letter') return run.closing !== 0 || length > LONGEST_HESITATION.cjk;
  return length > 0 && (following === 'opening' || following === 'other');
}
