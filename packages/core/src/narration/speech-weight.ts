/** How long a Han character takes to say, in seconds, at speed 1; other characters are weighed against it. */
export const SECONDS_PER_WEIGHT = 0.22;

const LONG_PAUSE = /[。．！？!?…\n]/u;
const SHORT_PAUSE = /[，、；：,;:—–]/u;
const SYLLABLE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{N}]/u;
const LETTER = /\p{L}/u;

/**
 * How long a character takes to say, a Han character being 1: a syllable of the scripts that write one a character, and a
 * digit, 1; a letter 0.28 (English has a good three letters to a syllable, and its syllables are shorter); a pause what
 * it is heard as. A full stop pauses only at the end of a word.
 */
export function speechWeight(character: string, next: string | undefined): number {
  if (SYLLABLE.test(character)) return 1;
  if (LETTER.test(character)) return 0.28;
  if (character === '.') return next === undefined || /\s/u.test(next) ? 1.5 : 0.6;
  if (LONG_PAUSE.test(character)) return 1.5;
  if (SHORT_PAUSE.test(character)) return 0.8;
  return 0.05;
}

/** How long a text takes to say, in seconds at speed 1. An estimate, good to a third. */
export function estimateSeconds(text: string): number {
  let weight = 0;
  let before: string | undefined;
  for (const character of text) {
    if (before !== undefined) weight += speechWeight(before, character);
    before = character;
  }
  if (before !== undefined) weight += speechWeight(before, undefined);
  return weight * SECONDS_PER_WEIGHT;
}
