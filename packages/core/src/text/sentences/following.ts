import { END_OF_TEXT, type Lookahead } from './lookahead.ts';
import {
  ASKING,
  CLOSING,
  ELLIPSIS,
  FULL,
  isClauseMark,
  isDigit,
  markClasses,
  OPENING,
  STOP,
} from './marks.ts';

/** What the text goes on with behind a possible end and its white space. */
export type Following =
  | 'nothing'
  | 'capital'
  | 'small'
  /** Of a script without capitals. */
  | 'letter'
  | 'digit'
  | 'opening'
  | 'closing'
  | 'clause'
  | 'mark'
  | 'dash'
  /** What only joins: `&`, `=`, `/`. */
  | 'joining'
  | 'other';

const SMALL = /^\p{Ll}/u;
const CAPITAL = /^[\p{Lu}\p{Lt}]/u;
const LETTER = /^\p{L}/u;
const OPENING_QUOTES = '"\'“‘„‚«‹¿¡';
const JOINING = '&=+/\\|<>%^~';
const DASHES = '-–—―';
/** Georgian small letters are its only ones. */
const GEORGIAN_START = 0x10d0;
const GEORGIAN_END = 0x10ff;

/**
 * The same, but a name that begins small (`iPhone`, `eBay`, `macOS`) counts as a capital, as it would begin a sentence so
 * too. Needs some letters more to tell.
 */
export function followingWordAt(ahead: Lookahead, at: number): Following {
  const following = followingAt(ahead, at);
  return following === 'small' && hasInnerCapital(ahead, at) ? 'capital' : following;
}

export function followingAt(ahead: Lookahead, at: number): Following {
  const code = ahead.at(at);
  if (code === END_OF_TEXT) return 'nothing';
  if (isDigit(code)) return 'digit';
  switch (markClasses()[code]!) {
    case STOP:
    case ASKING:
    case FULL:
    case ELLIPSIS:
      return startsWord(ahead, at) ? 'other' : 'mark';
    case OPENING:
      return 'opening';
    case CLOSING:
      return 'closing';
    default:
  }
  if (isClauseMark(code)) return 'clause';
  const character = ahead.characterAt(at);
  if (OPENING_QUOTES.includes(character)) return 'opening';
  if (DASHES.includes(character)) return 'dash';
  if (JOINING.includes(character)) return 'joining';
  if (CAPITAL.test(character)) return 'capital';
  if (SMALL.test(character) && !(code >= GEORGIAN_START && code <= GEORGIAN_END)) {
    return 'small';
  }
  return LETTER.test(character) ? 'letter' : 'other';
}

/** `.env`, `.5`, `...and`: marks that begin something. */
function startsWord(ahead: Lookahead, at: number): boolean {
  let next = at;
  while (next < at + 3 && ahead.at(next) === 0x2e) next += 1;
  if (next === at) return false;
  return isDigit(ahead.at(next)) || LETTER.test(ahead.characterAt(next));
}

function hasInnerCapital(ahead: Lookahead, at: number): boolean {
  for (let next = at + 1; next < at + 5; next += 1) {
    const code = ahead.at(next);
    if (code >= 0x41 && code <= 0x5a) return true;
    if (code < 0x61 || code > 0x7a) return false;
  }
  return false;
}

/** Longer than any word that the rules know. */
const LONGEST_WORD = 12;

/** The word at a place; empty for one that is longer than the rules know, or a letter with a full stop behind it. */
export function wordAt(ahead: Lookahead, at: number): string {
  let end = at;
  while (end < at + LONGEST_WORD && isLatinLetter(ahead.at(end))) end += 1;
  if (end - at >= LONGEST_WORD) return '';
  const isInitial = end - at === 1 && ahead.at(end) === 0x2e;
  return isInitial ? '' : ahead.text.slice(at, end);
}

function isLatinLetter(code: number): boolean {
  return (
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7)
  );
}
