/** What never begins a character: marks, joiners, skin tones, tags, and the vowels written behind in Thai and Lao. */
const EXTENDS =
  /^(?:\u200d|[\p{M}\p{Emoji_Modifier}\u200c\uff9e\uff9f\u0e33\u0eb3\u{e0020}-\u{e007f}])/u;
const PREPENDS = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u{110bd}\u{110cd}]$/u;
const PICTOGRAPH = /^\p{Extended_Pictographic}/u;
/** A virama joins two consonants to one character in the scripts of India that write conjuncts. */
const VIRAMA = /[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d][\p{M}\u200d]{0,4}$/u;
const LETTER = /^\p{L}/u;
const CONTROL = /^[\p{Cc}\p{Zl}\p{Zp}\ufeff\u200b\u200e\u200f\u00ad]/u;

const ZERO_WIDTH_JOINER = 0x200d;
/** Longest look back for a virama: itself and the marks between it and the consonant. */
const VIRAMA_REACH = 6;

/**
 * Whether a text may be cut at `at` without cutting what is seen as one character. Never says so where `Intl.Segmenter`
 * would not; written by hand because engines differ in their edition of Unicode, and because it need not see the whole
 * text: only what stands between `from`, itself such a place, and one code point behind `at`.
 */
export function isCharacterBoundary(text: string, at: number, from = 0): boolean {
  if (at <= from || at >= text.length) return true;
  const left = text.charCodeAt(at - 1);
  const right = text.charCodeAt(at);
  if (left < 0x300 && right < 0x300) return left !== 0x0d || right !== 0x0a;
  if (isHighSurrogate(left) && isLowSurrogate(right)) return false;

  const before = text.slice(Math.max(from, at - VIRAMA_REACH), at);
  const after = text.slice(at, at + 2);
  const last = lastCharacter(before);
  if (CONTROL.test(last) || CONTROL.test(after)) return true;
  if (EXTENDS.test(after) || PREPENDS.test(before)) return false;
  if (left === ZERO_WIDTH_JOINER && PICTOGRAPH.test(after)) return false;
  if (isRegionalIndicator(text, at) && isRegionalIndicator(text, at - 2)) {
    return flagsBefore(text, at, from) % 2 === 0;
  }
  if (joinsHangul(left, right)) return false;
  return !(VIRAMA.test(before) && LETTER.test(after));
}

/** The last place at or before `at` where no character is cut; `from` where one character fills all between them. */
export function characterBoundaryBefore(text: string, at: number, from: number): number {
  let place = at;
  while (place > from && !isCharacterBoundary(text, place, from)) place -= 1;
  return place;
}

export function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

export function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function lastCharacter(text: string): string {
  const isPair =
    isLowSurrogate(text.charCodeAt(text.length - 1)) &&
    isHighSurrogate(text.charCodeAt(text.length - 2));
  return text.slice(isPair ? -2 : -1);
}

/** The letters of which two make a flag: U+1F1E6 to U+1F1FF. */
function isRegionalIndicator(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== 0xd83c) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdde6 && low <= 0xddff;
}

function flagsBefore(text: string, at: number, from: number): number {
  let count = 0;
  while (at - 2 * (count + 1) >= from && isRegionalIndicator(text, at - 2 * (count + 1)))
    count += 1;
  return count;
}

function joinsHangul(left: number, right: number): boolean {
  const isVowelOrFinal =
    (right >= 0x1160 && right <= 0x11ff) || (right >= 0xd7b0 && right <= 0xd7fb);
  if (isVowelOrFinal)
    return isLeadingJamo(left) || (left >= 0x1160 && left <= 0x11ff) || left >= 0xac00;
  const isSyllable = right >= 0xac00 && right <= 0xd7a3;
  return isLeadingJamo(left) && (isSyllable || isLeadingJamo(right));
}

function isLeadingJamo(code: number): boolean {
  return (code >= 0x1100 && code <= 0x115f) || (code >= 0xa960 && code <= 0xa97c);
}
