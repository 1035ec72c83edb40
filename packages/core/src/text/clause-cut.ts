import { ValidationError } from '../errors.ts';
import { characterBoundaryBefore, isCharacterBoundary } from './character-boundary.ts';
import {
  CLOSING,
  ELLIPSIS,
  FULL,
  isCjk,
  isClauseMark,
  isDigit,
  isLineBreak,
  isSpace,
  markClasses,
  OPENING,
  STOP,
} from './sentences/marks.ts';

/** How many code units behind a limit {@link clauseCut} looks at. */
export const CUT_LOOKAHEAD = 24;
/** How far before the limit an end of a word is looked for in scripts without spaces; no word is longer. */
const WORD_LOOKBACK = 32;

/**
 * Where to cut a text so that at most `limit` code points come first: behind the last mark of a sentence or a clause,
 * with its closing quotes and white space; else behind a space; else between two words of a script without spaces; else
 * between two characters. A mark or a space in the first third is passed over for what is better behind it.
 *
 * A character is cut only where it alone is longer than the limit, and then between code points.
 *
 * @param limit In Unicode code points, from 1.
 * @returns A place in UTF-16 code units, more than 0 for a text that is not empty; the text's length if all of it fits.
 * @throws {ValidationError} For a limit that is not a whole number from 1.
 */
export function cutAtClause(text: string, limit: number): number {
  if (!Number.isInteger(limit) || limit < 1) {
    const allowed = 'a whole number of code points from 1';
    throw new ValidationError(`limit is ${limit}; it must be ${allowed}.`, {
      path: 'limit',
      value: limit,
      allowed,
    });
  }
  if (text.length <= limit) return text.length;
  let end = 0;
  for (let count = 0; count < limit && end < text.length; count += 1) {
    end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  }
  return end >= text.length ? text.length : clauseCut(text, 0, end);
}

/**
 * The same for a stretch of a text that goes on behind `limit`, in code units. Looks at nothing before `from` and at no
 * more than {@link CUT_LOOKAHEAD} units behind `limit`.
 */
export function clauseCut(text: string, from: number, limit: number): number {
  const notBefore = from + Math.ceil((limit - from) / 3);
  const marked = cutBehindMark(text, from, notBefore, limit);
  if (marked > 0) return marked;
  const spaced = cutBehindSpace(text, notBefore, limit);
  if (spaced > 0) return spaced;
  const betweenWords = cutBetweenWords(text, notBefore, limit);
  if (betweenWords > 0) return betweenWords;
  const early = isWordlessAt(text, limit) ? 0 : cutBehindSpace(text, from + 1, notBefore - 1);
  return early > 0 ? early : cutBetweenCharacters(text, from, limit);
}

function cutBehindMark(text: string, from: number, notBefore: number, limit: number): number {
  let clause = 0;
  for (let at = limit - 1; at >= from; at -= 1) {
    const strength = markStrength(text, from, at);
    if (strength === 0 || (strength === 1 && clause > 0)) continue;
    const end = endBehindMark(text, from, at + 1, limit);
    if (end < notBefore) {
      if (at < notBefore) break;
      continue;
    }
    if (end > limit || !isCharacterBoundary(text, end, from)) continue;
    if (strength === 2) return end;
    clause = end;
  }
  return clause;
}

/** 2 for a mark that ends a sentence, 1 for one that ends a clause or a line, 0 for any other character. */
function markStrength(text: string, from: number, at: number): 0 | 1 | 2 {
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  if (code < 0x80) {
    if (isLineBreak(code)) return isLineBreak(next) ? 0 : 1;
    const isLast = isSpace(next) || isClosing(next) || isCjk(next);
    switch (code) {
      case 0x21: // !
      case 0x3f: // ?
        return isLast ? 2 : 0;
      case 0x2e: // .
        return isLast && !isCjk(next) ? (endsWithWord(text, from, at) ? 2 : 0) : 0;
      case 0x2c: // ,
      case 0x3a: // :
      case 0x3b: // ;
        return isLast ? 1 : 0;
      case 0x2d: // - of ` - ` and `--`
        return at > from && isSpace(next) && isSpaceOrDash(text.charCodeAt(at - 1)) ? 1 : 0;
      default:
        return 0;
    }
  }
  const kind = markClasses()[code];
  if (kind === FULL || kind === ELLIPSIS) {
    const isDecimal = code === 0xff0e && isDigit(next);
    return isDecimal || markClasses()[next] === kind ? 0 : 2;
  }
  if (isClauseMark(code)) return 1;
  if (code === 0x2014) return next === code ? 0 : 1;
  return code === 0x2013 && isSpace(next) ? 1 : 0;
}

function isSpaceOrDash(code: number): boolean {
  return isSpace(code) || code === 0x2d;
}

/** A word of at least four small letters stands before a full stop: hardly an abbreviation. */
function endsWithWord(text: string, from: number, at: number): boolean {
  if (at - from < 4) return false;
  for (let index = at - 4; index < at; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x61 || code > 0x17f || (code > 0x7a && code < 0xdf)) return false;
  }
  return true;
}

/** Behind closing quotes and brackets, and as much white space as fits; beyond the limit where the first do not fit. */
function endBehindMark(text: string, from: number, behindMark: number, limit: number): number {
  let end = behindMark;
  while (end <= limit && closesAt(text, from, end)) end += 1;
  while (end < limit && isSpace(text.charCodeAt(end))) end += 1;
  return end;
}

function isClosing(code: number): boolean {
  return (
    markClasses()[code] === CLOSING ||
    code === 0x22 || // "
    code === 0x27 || // '
    code === 0x2019 || // ’
    code === 0x201d || // ”
    code === 0xbb // »
  );
}

/** A straight quote closes where as many stand before it in this stretch as make it the second of a pair. */
function closesAt(text: string, from: number, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code !== 0x22 && code !== 0x27) return isClosing(code);
  let isOpen = false;
  for (let index = from; index < at; index += 1) {
    if (text.charCodeAt(index) === code) isOpen = !isOpen;
  }
  return isOpen;
}

function cutBehindSpace(text: string, notBefore: number, limit: number): number {
  for (let end = limit; end >= notBefore && end > 0; end -= 1) {
    const isBehind = isBreakingSpace(text.charCodeAt(end - 1));
    const isAtLimit = end === limit && isBreakingSpace(text.charCodeAt(end));
    if ((isBehind || isAtLimit) && isCharacterBoundary(text, end, end - 1)) return end;
  }
  return 0;
}

/** Also the space without width that Khmer and Thai texts have between words; not the one that holds words together. */
function isBreakingSpace(code: number): boolean {
  return code === 0x200b || (isSpace(code) && code !== 0xa0 && code !== 0x202f && code !== 0xfeff);
}

let wordSegmenter: Intl.Segmenter | undefined;

function cutBetweenWords(text: string, notBefore: number, limit: number): number {
  if (!isWordlessAt(text, limit) || typeof Intl.Segmenter !== 'function') return 0;
  const from = characterBoundaryBefore(text, Math.max(notBefore, limit - WORD_LOOKBACK), notBefore);
  wordSegmenter ??= new Intl.Segmenter('zh', { granularity: 'word' });
  let cut = 0;
  for (const { index } of wordSegmenter.segment(text.slice(from, limit + CUT_LOOKAHEAD))) {
    const place = from + index;
    if (place > limit) break;
    if (index > 0 && isGoodPlace(text, place, from)) cut = place;
  }
  return cut;
}

/** Han, kana, Thai, Lao, Burmese, Khmer on both sides of a place. */
function isWordlessAt(text: string, at: number): boolean {
  return isWordless(text.charCodeAt(at)) && isWordless(text.charCodeAt(at - 1));
}

function isWordless(code: number): boolean {
  return (
    isCjk(code) ||
    (code >= 0x0e00 && code <= 0x0eff) ||
    (code >= 0x1000 && code <= 0x109f) ||
    (code >= 0x1780 && code <= 0x17ff) ||
    (code >= 0xdc00 && code <= 0xdfff)
  );
}

function cutBetweenCharacters(text: string, from: number, limit: number): number {
  for (let place = limit; place > Math.max(from, limit - WORD_LOOKBACK); place -= 1) {
    if (isGoodPlace(text, place, from)) return place;
  }
  const boundary = characterBoundaryBefore(text, limit, from);
  if (boundary > from) return boundary;
  const low = text.charCodeAt(limit);
  return low >= 0xdc00 && low <= 0xdfff && limit - 1 > from ? limit - 1 : limit;
}

/** No mark is torn from the word before it, no opening bracket or quote from the word behind it. */
function isGoodPlace(text: string, at: number, from: number): boolean {
  const right = text.charCodeAt(at);
  const left = text.charCodeAt(at - 1);
  const kind = markClasses()[right]!;
  return (
    !(kind >= STOP && kind <= ELLIPSIS) &&
    !isClosing(right) &&
    !isClauseMark(right) &&
    markClasses()[left] !== OPENING &&
    left !== 0x201c &&
    left !== 0x2018 &&
    isCharacterBoundary(text, at, from)
  );
}
