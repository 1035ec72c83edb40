import { END_OF_TEXT, type Lookahead } from './lookahead.ts';
import { isDigit, isLineBreak, isSpace } from './marks.ts';

const DASH_BULLETS = '-*+–—';
const BULLETS = '•◦▪▫■□●○‣⁃➤►▶✓✔✗☐☑☒>|';
const HAN_NUMERALS = '一二三四五六七八九十百零〇两兩';
const HAN_UNITS = '章节節回条條部卷篇幕讲講集话話';
/** Digits of a number that counts items: beyond it is a year or a price at the start of a line by chance. */
const LONGEST_NUMBER = 3;

/** Whether a line begins with the mark of a list's item, a heading, a quote, a row or a rule, and so a sentence of its own. */
export function beginsBlock(ahead: Lookahead, at: number): boolean {
  const code = ahead.at(at);
  if (code === END_OF_TEXT) return false;
  const character = String.fromCharCode(code);
  if (BULLETS.includes(character)) return true;
  if (code === 0x23) return endsHeadingMark(ahead, at) > 0;
  if (isRule(ahead, at, code)) return true;
  if (DASH_BULLETS.includes(character)) return isSpace(ahead.at(at + 1));
  if (code >= 0x2460 && code <= 0x24ff) return true; // ① ⑴ ⒈ ⓐ
  if (code === 0x28 || code === 0xff08) return isBracketedNumber(ahead, at + 1);
  if (isDigit(code)) return endsNumber(ahead, skipNumber(ahead, at, isDigit));
  if (code === 0x7b2c) return isChapter(ahead, at + 1); // 第
  if (HAN_NUMERALS.includes(character)) {
    return ahead.at(skipNumber(ahead, at, isHanNumeral)) === 0x3001;
  }
  return isAsciiLetter(code) && ahead.at(at + 1) === 0x29 && isSpace(ahead.at(at + 2));
}

/** Place behind `## `; 0 where there is no such mark. */
export function endsHeadingMark(ahead: Lookahead, at: number): number {
  let end = at;
  while (end < at + 7 && ahead.at(end) === 0x23) end += 1;
  const count = end - at;
  return count >= 1 && count <= 6 && isSpace(ahead.at(end)) ? end + 1 : 0;
}

/** `3. `, `3) `, `3、`, `3．`; not `3.14`. */
function endsNumber(ahead: Lookahead, at: number): boolean {
  const code = ahead.at(at);
  if (code === 0x3001 || code === 0xff0e || code === 0xff09) return !isDigit(ahead.at(at + 1));
  return (code === 0x2e || code === 0x29) && isSpace(ahead.at(at + 1));
}

function skipNumber(ahead: Lookahead, at: number, isNumeral: (code: number) => boolean): number {
  let end = at;
  while (end <= at + LONGEST_NUMBER && isNumeral(ahead.at(end))) end += 1;
  return end > at + LONGEST_NUMBER ? at : end;
}

function isHanNumeral(code: number): boolean {
  return code > 0 && HAN_NUMERALS.includes(String.fromCharCode(code));
}

function isAsciiLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** `(1)`, `(a)`, `（一）`. */
function isBracketedNumber(ahead: Lookahead, at: number): boolean {
  let end = at;
  if (isAsciiLetter(ahead.at(at))) end = at + 1;
  else if (isDigit(ahead.at(at))) end = skipNumber(ahead, at, isDigit);
  else end = skipNumber(ahead, at, isHanNumeral);
  const closing = ahead.at(end);
  return end > at && (closing === 0x29 || closing === 0xff09);
}

/** `第一章`, `第12节`. */
function isChapter(ahead: Lookahead, at: number): boolean {
  const end = skipNumber(ahead, at, (code) => isDigit(code) || isHanNumeral(code));
  const unit = ahead.at(end);
  return end > at && unit > 0 && HAN_UNITS.includes(String.fromCharCode(unit));
}

/** `---`, `***`, `===` and nothing else that would make it a word. */
function isRule(ahead: Lookahead, at: number, code: number): boolean {
  if (!'-*_=~`'.includes(String.fromCharCode(code))) return false;
  return ahead.at(at + 1) === code && ahead.at(at + 2) === code;
}

const HEADING_LINE =
  /^(?:#{1,6}[ \t]|(?:chapter|part|section|book|act|scene|appendix|kapitel|teil|chapitre|partie|capítulo|parte)\s+(?:\d{1,4}|[ivxlc]{1,7}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b|第[\d一二三四五六七八九十百零〇两兩]{1,4}[章节節回条條部卷篇幕讲講集话話])/iu;
/** A longer line that begins like a heading is a sentence about it. */
const LONGEST_HEADING = 80;
const MARKED = 0x23;

/** Whether a line that is known as a whole is a heading by its words: `# Title`, `Chapter 3`, `第三章 归来`. */
export function isHeadingLine(line: string): boolean {
  if (line.length > LONGEST_HEADING && line.charCodeAt(0) !== MARKED) return false;
  for (let index = 0; index < Math.min(line.length, LONGEST_HEADING); index += 1) {
    if (isLineBreak(line.charCodeAt(index))) return false;
  }
  return HEADING_LINE.test(line);
}
