import { END_OF_TEXT, type Lookahead } from './lookahead.ts';
import {
  ASKING,
  CLOSING,
  ELLIPSIS,
  FULL,
  isClauseMark,
  isGreek,
  isSpace,
  lineBreaksAt,
  markClasses,
  QUOTE,
  SEMICOLON,
  STOP,
} from './marks.ts';

/** Marks and closing quotes that stand together, such as `?!”)` or `……」`, and the white space behind them. */
export type EndRun = {
  /** Place behind marks and closing quotes. */
  readonly end: number;
  /** Place behind the white space, at most the limit. */
  readonly next: number;
  readonly lineBreaks: number;
  /** Full stops of the last marks; from two on they are an ellipsis. */
  readonly stops: number;
  readonly asks: boolean;
  readonly isFull: boolean;
  readonly isEllipsis: boolean;
  /** The last closing quote or bracket behind the marks, else 0. */
  readonly closing: number;
};

/** @param waitsForQuote Whether a straight double quote before `at` waits for its second. */
export function readEndRun(
  ahead: Lookahead,
  at: number,
  limit: number,
  waitsForQuote: boolean,
): EndRun {
  const kinds = markClasses();
  let end = at;
  let stops = 0;
  let asks = false;
  let isFull = false;
  let isEllipsis = false;
  let closing = 0;
  let isQuoteOpen = waitsForQuote;
  for (;;) {
    const code = ahead.at(end);
    if (code === END_OF_TEXT || end > limit) break;
    const kind = kinds[code]!;
    const isGreekQuestion = kind === SEMICOLON && isGreek(ahead.at(end - 1));
    if ((kind >= STOP && kind <= ELLIPSIS) || isGreekQuestion) {
      if (closing !== 0) {
        stops = 0;
        asks = isFull = isEllipsis = false;
        closing = 0;
      }
      if (kind === STOP) stops += 1;
      asks ||= kind === ASKING || isGreekQuestion || isAskingMark(code);
      isFull ||= kind === FULL;
      isEllipsis ||= kind === ELLIPSIS;
      end += 1;
      continue;
    }
    const behind = endsClosing(ahead, end, limit, isQuoteOpen);
    if (behind === end) {
      // French puts a space before its closing quote.
      if (!isSpace(code) || ahead.at(end + 1) !== 0xbb || !nothingOpens(ahead, end + 2)) break;
      closing = 0xbb;
      end += 2;
      continue;
    }
    if (kind === QUOTE) isQuoteOpen = !isQuoteOpen;
    if (kind === CLOSING || isQuote(code)) closing = code;
    end = behind;
  }
  let next = end;
  let lineBreaks = 0;
  while (next < limit && isSpace(ahead.at(next))) {
    lineBreaks += lineBreaksAt(ahead, next, end);
    next += 1;
  }
  return { end, next, lineBreaks, stops, asks, isFull, isEllipsis, closing };
}

function isAskingMark(code: number): boolean {
  return (code >= 0x203c && code <= 0x2049 && code !== 0x203f) || code === 0x203d;
}

function isQuote(code: number): boolean {
  return '"\'”’“‘»«›‹'.includes(String.fromCharCode(code));
}

/** Place behind one closing character, or a run of marks of emphasis; `at` where nothing closes. */
function endsClosing(ahead: Lookahead, at: number, limit: number, isQuoteOpen: boolean): number {
  const code = ahead.at(at);
  if (markClasses()[code] === CLOSING) return at + 1;
  switch (code) {
    case 0x201d: // ”
    case 0x2019: // ’
    case 0xfe0f: // emoji style of a mark
    case 0xfe0e:
    case 0xff5e: // ～ of a drawn-out sound
    case 0x301c:
      return at + 1;
    case 0x22: // "
      return isQuoteOpen || nothingOpens(ahead, at + 1) ? at + 1 : at;
    case 0x27: // '
    case 0x201c: // “ closes in German
    case 0x2018:
    case 0xab: // «
    case 0xbb: // »
    case 0x2039:
    case 0x203a:
      return nothingOpens(ahead, at + 1) ? at + 1 : at;
    case 0x2a: // * _ ~ ` of emphasis
    case 0x5f:
    case 0x7e:
    case 0x60: {
      let end = at;
      while (end < limit && ahead.at(end) === code) end += 1;
      return nothingOpens(ahead, end) ? end : at;
    }
    default:
      return at;
  }
}

/** What stands here does not let the character before be an opening one. */
function nothingOpens(ahead: Lookahead, at: number): boolean {
  const code = ahead.at(at);
  if (code === END_OF_TEXT || isSpace(code) || isClauseMark(code)) return true;
  const kind = markClasses()[code]!;
  return (
    (kind >= STOP && kind <= ELLIPSIS) ||
    kind === CLOSING ||
    '"\'”’»*_'.includes(String.fromCharCode(code))
  );
}
