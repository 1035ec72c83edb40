import type { Subtitle } from '../speech/speech-events.ts';
import type { TextRange } from '../text/text-range.ts';
import { speechWeight } from './speech-weight.ts';
import { findWords, lettersOf } from './words.ts';

/** A word of a text with its time in the sound. */
export type AlignedWord = {
  readonly range: TextRange;
  startSeconds: number;
  endSeconds: number;
  /** Whether the service said when; else it is reckoned from the words around. */
  readonly isHeard: boolean;
};

/** A part of the sound. */
export type TimeSpan = { readonly from: number; readonly to: number };

type Token = { letters: string[]; from: number; to: number; at: number };

/** Of the tokens, those that may lie beyond the end of the sound before none of the times are believed. */
const MOST_BEYOND = 0.05;
/** Above this the table of the alignment is not made: 4 million cells are 8 MB and 20 ms. */
const LARGEST_TABLE = 4e6;

/**
 * When the words of a text are spoken, by the service's subtitles. Their tokens are looked for in the text in the order of
 * their times, letters and digits only: punctuation may hang on them, they may be pieces of words or several words, and
 * some may be missing or read otherwise than written (`25`, `twenty-five`). What lies between two words that were found
 * is spread over the time between them.
 *
 * Times come out sorted and inside `sound`; words that do not overlap. Without any usable token all are estimates.
 *
 * @param sound the part of the sound that can be heard, in seconds
 */
export function alignWords(
  text: string,
  subtitles: readonly Subtitle[],
  sound: TimeSpan & { readonly seconds: number },
): AlignedWord[] {
  const ranges = findWords(text);
  const tokens = toTokens(subtitles, sound.seconds);
  const letters: string[] = [];
  const wordOfLetter: number[] = [];
  for (const [word, { start, end }] of ranges.entries()) {
    for (const letter of lettersOf(text.slice(start, end))) {
      letters.push(letter);
      wordOfLetter.push(word);
    }
  }
  placeTokens(tokens, letters);

  const times: (TimeSpan | undefined)[] = ranges.map(() => undefined);
  for (const token of tokens) {
    if (token.at < 0) continue;
    const count = token.letters.length;
    const step = (token.to - token.from) / count;
    for (let index = 0; index < count; index += 1) {
      const word = wordOfLetter[token.at + index]!;
      const to = index === count - 1 ? token.to : token.from + step * (index + 1);
      times[word] = { from: times[word]?.from ?? token.from + step * index, to };
    }
  }
  const words = ranges.map((range, index) => ({
    range,
    startSeconds: times[index]?.from ?? Number.NaN,
    endSeconds: times[index]?.to ?? Number.NaN,
    isHeard: times[index] !== undefined,
  }));
  const unplaced = tokens.filter(({ at }) => at < 0);
  fillGaps(text, words, unplaced, sound);
  order(words, sound.seconds);
  return words;
}

/** The share of words that the service told the time of. */
export function heardShare(words: readonly AlignedWord[]): number {
  if (words.length === 0) return 0;
  return words.filter(({ isHeard }) => isHeard).length / words.length;
}

/** Sorted by time, without what is no time or says nothing; none at all where they do not belong to this sound. */
function toTokens(subtitles: readonly Subtitle[], seconds: number): Token[] {
  const tokens: Token[] = [];
  let beyond = 0;
  for (const word of subtitles.flatMap(({ words }) => words)) {
    const from = word.startMs / 1000;
    const to = word.endMs / 1000;
    const letters = lettersOf(word.text);
    if (letters.length === 0 || !(from >= 0) || !(to >= from) || to === Infinity) continue;
    if (from >= seconds) beyond += 1;
    else tokens.push({ letters, from, to: Math.min(to, seconds), at: -1 });
  }
  if (beyond > MOST_BEYOND * (tokens.length + beyond)) return [];
  return tokens.toSorted((one, other) => one.from - other.from || one.to - other.to);
}

/** Finds tokens in the letters of the text, in order; as many letters as possible. */
function placeTokens(tokens: readonly Token[], letters: readonly string[]): void {
  let firstToken = 0;
  let firstLetter = 0;
  while (firstToken < tokens.length && standsAt(tokens[firstToken]!, letters, firstLetter)) {
    tokens[firstToken]!.at = firstLetter;
    firstLetter += tokens[firstToken]!.letters.length;
    firstToken += 1;
  }
  let lastToken = tokens.length;
  let lastLetter = letters.length;
  while (lastToken > firstToken) {
    const token = tokens[lastToken - 1]!;
    const at = lastLetter - token.letters.length;
    if (at < firstLetter || !standsAt(token, letters, at)) break;
    token.at = at;
    lastToken -= 1;
    lastLetter = at;
  }
  const rest = tokens.slice(firstToken, lastToken);
  const width = lastLetter - firstLetter;
  if (rest.length === 0 || width === 0 || (rest.length + 1) * (width + 1) > LARGEST_TABLE) return;
  placeRest(rest, letters, firstLetter, width);
}

/** Where something does not fit, by the longest common subsequence of tokens and letters. */
function placeRest(
  tokens: readonly Token[],
  letters: readonly string[],
  first: number,
  width: number,
): void {
  const row = width + 1;
  // How many letters can be placed from this token and this letter on.
  const best = new Uint16Array((tokens.length + 1) * row);
  for (let index = tokens.length - 1; index >= 0; index -= 1) {
    const token = tokens[index]!;
    const size = token.letters.length;
    for (let at = width - 1; at >= 0; at -= 1) {
      let most = Math.max(best[(index + 1) * row + at]!, best[index * row + at + 1]!);
      if (at + size <= width && standsAt(token, letters, first + at)) {
        most = Math.max(most, size + best[(index + 1) * row + at + size]!);
      }
      best[index * row + at] = most;
    }
  }
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    const size = token.letters.length;
    const wanted = best[index * row + at]!;
    if (wanted === best[(index + 1) * row + at]) continue;
    while (best[index * row + at + 1] === wanted) at += 1;
    token.at = first + at;
    at += size;
  }
}

function standsAt({ letters: own }: Token, letters: readonly string[], at: number): boolean {
  if (at + own.length > letters.length) return false;
  for (let index = 0; index < own.length; index += 1) {
    if (own[index] !== letters[at + index]) return false;
  }
  return true;
}

/** Spreads the words whose time is not known over the time between those around them. */
function fillGaps(
  text: string,
  words: AlignedWord[],
  unplaced: readonly Token[],
  sound: TimeSpan,
): void {
  for (let first = 0; first < words.length; first += 1) {
    if (words[first]!.isHeard) continue;
    let behind = first;
    while (behind < words.length && !words[behind]!.isHeard) behind += 1;
    const from = words[first - 1]?.endSeconds ?? sound.from;
    const to = Math.max(from, words[behind]?.startSeconds ?? sound.to);
    // Tokens that stand for these words in another spelling say when within that time.
    const between = unplaced.filter((token) => token.from >= from && token.to <= to);
    spread(text, words.slice(first, behind), {
      from: between[0]?.from ?? from,
      to: between.length === 0 ? to : Math.max(...between.map((token) => token.to)),
    });
    first = behind;
  }
}

/** Times by weight, from the first word's start to the last one's end. */
function spread(text: string, words: readonly AlignedWord[], { from, to }: TimeSpan): void {
  const start = words[0]!.range.start;
  const marks: number[] = [];
  let weight = 0;
  let at = start;
  const weighUpTo = (end: number): number => {
    const characters = Array.from(text.slice(at, end));
    for (const [index, character] of characters.entries()) {
      weight += speechWeight(character, characters[index + 1] ?? text[end]);
    }
    at = end;
    return weight;
  };
  for (const { range } of words) marks.push(weighUpTo(range.start), weighUpTo(range.end));
  const scale = weight === 0 ? 0 : (to - from) / weight;
  for (const [index, word] of words.entries()) {
    word.startSeconds = from + marks[index * 2]! * scale;
    word.endSeconds = from + marks[index * 2 + 1]! * scale;
  }
}

/** No word begins before the one before it, or lasts into the next. */
function order(words: readonly AlignedWord[], seconds: number): void {
  let earliest = 0;
  for (const word of words) {
    word.startSeconds = Math.min(Math.max(word.startSeconds, earliest), seconds);
    earliest = word.startSeconds;
  }
  for (const [index, word] of words.entries()) {
    const next = words[index + 1]?.startSeconds ?? seconds;
    word.endSeconds = Math.min(Math.max(word.endSeconds, word.startSeconds), next);
  }
}
