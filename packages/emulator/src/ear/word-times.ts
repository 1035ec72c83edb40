import type { HeardWord } from './ear.ts';

/** A stretch of time in which somebody spoke, in milliseconds. */
export type Stretch = { startMs: number; endMs: number };

const ALONE = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]';
const JOINED = `(?!${ALONE})[\\p{L}\\p{N}]`;
/** A Han character or a kana alone, or a run of other letters and digits with what joins them. */
const WORD = new RegExp(
  `${ALONE}\\p{M}*|${JOINED}(?:${JOINED}|\\p{M}|['’._-](?=[\\p{L}\\p{N}]))*`,
  'gu',
);
const OPENING = /[\p{Ps}\p{Pi}]+$/u;

/**
 * Divides a text into words whose texts joined are the text: brackets and quotes that open cling to the word behind them,
 * all other signs and spaces to the one before. A text without a letter is one word; an empty one none.
 */
export function toWords(text: string): string[] {
  const words: string[] = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const between = text.slice(end, index);
    const opening = words.length === 0 ? between : (OPENING.exec(between)?.[0] ?? '');
    if (words.length > 0) words[words.length - 1] += between.slice(0, -opening.length || undefined);
    words.push(opening + word);
    end = index + word.length;
  }
  const rest = text.slice(end);
  if (words.length === 0) return rest === '' ? [] : [rest];
  words[words.length - 1] += rest;
  return words;
}

/** What of a word is said: without the punctuation and spaces that cling to it. */
export function spokenPart(word: string): string {
  return word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}]+$/gu, '') || word.trim();
}

/** Spreads words evenly, by their length, over the time in which somebody spoke. */
export function spreadWords(words: readonly string[], stretches: readonly Stretch[]): HeardWord[] {
  const spokenMs = stretches.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const weights = words.map(weightOf);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return words.map((text, i) => {
    const startMs = placeAt(stretches, (before / whole) * spokenMs, 'start');
    before += weights[i]!;
    return { text, startMs, endMs: placeAt(stretches, (before / whole) * spokenMs, 'end') };
  });
}

/** About as long as it takes to say it; a Han character takes as long as three Latin letters. */
function weightOf(word: string): number {
  const said = spokenPart(word);
  return Math.max(1, /\p{Script=Han}/u.test(said) ? 3 * said.length : said.length);
}

/** Where in time `spokenMs` of speech are over; between two stretches, the end of the one or the start of the other. */
function placeAt(stretches: readonly Stretch[], spokenMs: number, edge: 'start' | 'end'): number {
  let left = spokenMs;
  for (const { startMs, endMs } of stretches) {
    const length = endMs - startMs;
    if (edge === 'start' ? left < length : left <= length) return Math.round(startMs + left);
    left -= length;
  }
  return Math.round(stretches.at(-1)?.endMs ?? 0);
}
