import {
  abbreviationKind,
  GERMAN_MONTH,
  LETTERED_NOUN,
  SPACED_ABBREVIATION,
} from './abbreviations.ts';
import { type Following, followingWordAt, wordAt } from './following.ts';
import type { Lookahead } from './lookahead.ts';
import { isCjk, isSpace, markClasses, OPENING } from './marks.ts';
import type { Candidate } from './sentence-end.ts';
import { beginsSentence, isNameParticle } from './sentence-starters.ts';

/** Longer words are no abbreviation. */
const LONGEST_WORD = 24;
/** Letters of a word that is hardly an unknown abbreviation when a small letter follows its full stop. */
const WHOLE_WORD = /^\p{Ll}{5,}$/u;
const NUMBER = /^[\d.,:]*\d$/u;
const LIST_NUMBER = /^(?:\d{1,3}(?:\.\d{1,3})*|\p{L}|x{0,3}(?:ix|iv|v?i{0,3}))$/iu;
const ROMAN_NUMBER = /^(?:[IVXLC]{2,7}|[VXLC])$/u;
const LETTER_CHAIN = /^(?:\p{L}\p{M}*\.)+\p{L}\p{M}*$/u;
const SINGLE_LETTER = /^\p{L}\p{M}*$/u;
const CAPITAL = /^[\p{Lu}\p{Lt}]/u;
const CASELESS = /^\p{Lo}/u;

/** Whether a full stop with white space behind it ends the sentence. */
export function fullStopEnds(ahead: Lookahead, candidate: Candidate): boolean {
  const { run } = candidate;
  const following = followingWordAt(ahead, run.next);
  if (following === 'clause' || following === 'closing' || following === 'joining') return false;
  if (following === 'mark') return false;
  const { word, isGlued } = wordBefore(ahead.text, candidate);
  if (word === '') return following !== 'small' || run.lineBreaks > 0;

  const isListNumber = candidate.at - word.length === candidate.content && LIST_NUMBER.test(word);
  if (isListNumber) return false;
  if (run.closing !== 0) return following !== 'small' || run.lineBreaks > 0;
  if (!isGlued && SINGLE_LETTER.test(word)) return letterEnds(ahead, candidate, word, following);
  if (NUMBER.test(word)) return numberEnds(ahead, candidate, word, following);

  const kind = isGlued ? undefined : abbreviationKind(word);
  switch (kind) {
    case 'name':
      return false;
    case 'number':
      if (following === 'digit' || ROMAN_NUMBER.test(wordAt(ahead, run.next))) return false;
      break;
    case 'date':
      if (following === 'digit' || following === 'small') return false;
      return following !== 'capital' || abbreviationKind(wordAt(ahead, run.next)) !== 'date';
    case 'company':
      return beginsBehindName(ahead, run.next, following);
    case 'list':
      return following !== 'small';
    case undefined:
      if (!isGlued && LETTER_CHAIN.test(word)) return beginsBehindName(ahead, run.next, following);
  }
  return (
    following !== 'small' || run.lineBreaks > 0 || endsBeforeSmall(ahead.text, candidate, word)
  );
}

/** In text that does without capitals, and behind a word too long for an unknown abbreviation. */
function endsBeforeSmall(text: string, { content }: Candidate, word: string): boolean {
  if (WHOLE_WORD.test(word)) return true;
  const first = text.charCodeAt(content);
  return first >= 0x61 && first <= 0x7a && word.length > 1 && !NUMBER.test(word);
}

function beginsBehindName(ahead: Lookahead, at: number, following: Following): boolean {
  if (following === 'capital') return beginsSentence(wordAt(ahead, at));
  if (following === 'opening') return ahead.at(at) !== 0x28;
  return following === 'letter' || following === 'nothing' || following === 'other';
}

function numberEnds(
  ahead: Lookahead,
  { run, hasOrdinalDots }: Candidate,
  word: string,
  following: Following,
): boolean {
  if (following === 'small') return run.lineBreaks > 0 && !hasOrdinalDots;
  const isShort = /^\d{1,2}$/u.test(word);
  if (!isShort || following !== 'capital') return true;
  const next = wordAt(ahead, run.next);
  return hasOrdinalDots ? beginsSentence(next) : !GERMAN_MONTH.test(next);
}

/** `J. Smith`, `z. B.`, `Plan B. Then`, `5 m. The` and `So do I. Then`. */
function letterEnds(
  ahead: Lookahead,
  candidate: Candidate,
  letter: string,
  following: Following,
): boolean {
  const { run } = candidate;
  const start = candidate.at - letter.length;
  const chain = chainBefore(ahead.text, candidate.content, start) + letter;
  if (SPACED_ABBREVIATION.test(chain)) return false;
  const isChained = chain.length > letter.length;
  const kind = abbreviationKind(letter);
  if (following === 'digit') return kind !== 'number';
  if (kind === 'name' || letter === 'v') return false;
  const opensChain = ahead.at(run.next + 1) === 0x2e && following !== 'opening';
  if (opensChain && (following === 'capital' || following === 'small')) return false;
  if (CASELESS.test(letter)) return following !== 'letter' || isCjk(ahead.at(run.next));
  if (following === 'small') return false;
  if (following !== 'capital') return !(following === 'opening' && ahead.at(run.next) === 0x28);
  if (!CAPITAL.test(letter)) return true;

  const before = wordEndingAt(ahead.text, candidate.content, start);
  const isPronoun = letter === 'I' && !CAPITAL.test(before);
  if (!isChained && (isPronoun || LETTERED_NOUN.test(before))) return true;
  if (/\d$/u.test(before)) return true;
  const word = wordAt(ahead, run.next);
  return beginsSentence(word) && !isNameParticle(word);
}

/** `z.` before `B` in `z. B.`: the single letters with full stops that stand before a letter, without their spaces. */
function chainBefore(text: string, content: number, start: number): string {
  let chain = '';
  let at = start;
  while (chain.length < 6) {
    const dot = skipSpaceBack(text, content, at) - 1;
    if (dot === at - 1 || dot <= content || text.charCodeAt(dot) !== 0x2e) break;
    const isLetter = SINGLE_LETTER.test(text.charAt(dot - 1));
    const isFirst = dot - 1 === content || !/[\p{L}\p{N}.]/u.test(text.charAt(dot - 2));
    if (!isLetter || !isFirst) break;
    chain = `${text.charAt(dot - 1)}.${chain}`;
    at = dot - 1;
  }
  return chain;
}

function skipSpaceBack(text: string, content: number, at: number): number {
  let place = at;
  while (place > content && at - place < 3 && isSpace(text.charCodeAt(place - 1))) place -= 1;
  return place;
}

function wordEndingAt(text: string, content: number, start: number): string {
  const end = skipSpaceBack(text, content, start);
  let at = end;
  while (at > content && end - at < LONGEST_WORD && !isSpace(text.charCodeAt(at - 1))) at -= 1;
  return text.slice(at, end);
}

/** The word before a full stop; `isGlued` where it is a part of a longer one: of an address, a path, `e-mail`. */
function wordBefore(text: string, { content, at }: Candidate): { word: string; isGlued: boolean } {
  let start = at;
  let isGlued = false;
  while (start > content) {
    const code = text.charCodeAt(start - 1);
    if (isSpace(code) || isCjk(code) || markClasses()[code] === OPENING) break;
    if ('"\'“”‘’„«»¿¡*_–—…'.includes(String.fromCharCode(code))) break;
    if ('/@\\-:#$'.includes(String.fromCharCode(code)) || at - start >= LONGEST_WORD) {
      isGlued = true;
      break;
    }
    start -= 1;
  }
  return { word: text.slice(start, at), isGlued };
}
