import type { SpokenPart } from './speech-plan.ts';
import type { SpokenWord } from './speech-engine.ts';

/** What the engine reports while it speaks: the beginning of a word or of a sound, and when. */
export type EngineEvent = {
  type: 'word' | 'phoneme';
  /** For a word, where in the text it was given: its first character, counted from 1 in code points. */
  textPosition: number;
  timeMs: number;
  /** For a phoneme, its IPA; empty for a pause. */
  phoneme: string;
};

/** The text for the engine, and where in it each part begins, counted as its events count. */
export function engineText(
  parts: readonly SpokenPart[],
  mark: string,
): { text: string; positions: number[] } {
  let text = '';
  let length = 0;
  const positions = parts.map(({ spoken, attached }) => {
    if (spoken !== '' && text !== '' && !attached) {
      text += ' ';
      length++;
    }
    const position = length + 1;
    text += spoken;
    length += codePoints(spoken);
    return position;
  });
  return { text: text + mark, positions };
}

/**
 * When each written word is spoken, from the engine's events. Where the engine took several parts for one word (很好), the syllables among
 * its sounds tell them apart; words written within one part share its time evenly. Times are fractions of milliseconds from the
 * beginning of the piece, in order, without overlap.
 */
export function timeWords(
  parts: readonly SpokenPart[],
  positions: readonly number[],
  events: readonly EngineEvent[],
  durationMs: number,
): SpokenWord[] {
  const starts = partStarts(parts, positions, events, endOfSpeech(events, durationMs));
  return parts.flatMap(({ words }, i) => {
    const start = starts[i]!;
    const step = (starts[i + 1]! - start) / words.length;
    return words.map((text, k) => ({
      text,
      startMs: start + k * step,
      endMs: start + (k + 1) * step,
    }));
  });
}

/** The beginning of each part, and the end of the last. */
function partStarts(
  parts: readonly SpokenPart[],
  positions: readonly number[],
  events: readonly EngineEvent[],
  endMs: number,
): number[] {
  const known = positions.map((position, i) => {
    const next = positions[i + 1] ?? Infinity;
    return parts[i]!.spoken === ''
      ? undefined
      : events.find(
          ({ type, textPosition }) =>
            type === 'word' && textPosition >= position && textPosition < next,
        )?.timeMs;
  });
  known[0] ??= 0;
  const starts: number[] = [];
  for (let first = 0; first < parts.length;) {
    let end = first + 1;
    while (end < parts.length && known[end] === undefined) end++;
    const from = Math.max(known[first]!, starts.at(-1) ?? 0);
    const to = Math.max(from, known[end] ?? endMs);
    starts.push(...divideTime(parts.slice(first, end), events, from, to));
    first = end;
  }
  return [...starts, Math.max(endMs, starts.at(-1)!)];
}

/** Beginnings of parts that the engine spoke as one word from `from` to `to`. */
function divideTime(
  parts: readonly SpokenPart[],
  events: readonly EngineEvent[],
  from: number,
  to: number,
): number[] {
  if (parts.length === 1) return [from];
  const onsets = syllableOnsets(
    events.filter(({ type, timeMs }) => type === 'phoneme' && timeMs >= from && timeMs < to),
  );
  const isSyllableEach = parts.every(({ spoken }) => codePoints(spoken) === 1);
  if (isSyllableEach && onsets.length === parts.length) return [from, ...onsets.slice(1)];
  const lengths = parts.map(({ spoken }) => codePoints(spoken));
  const total = lengths.reduce((sum, length) => sum + length, 0) || 1;
  let before = 0;
  return lengths.map((length) => {
    const start = from + ((to - from) * before) / total;
    before += length;
    return start;
  });
}

/** The engine counts in these. */
function codePoints(text: string): number {
  return Array.from(text).length;
}

/** Where syllables begin: at the consonant before each vowel, but a closing ng belongs to the vowel before it. */
function syllableOnsets(phonemes: readonly EngineEvent[]): number[] {
  const onsets: number[] = [];
  let consonant: EngineEvent | undefined;
  for (const event of phonemes) {
    if (event.phoneme === '') continue;
    if (isVowel(event.phoneme)) {
      onsets.push((consonant ?? event).timeMs);
      consonant = undefined;
    } else if (event.phoneme !== 'ŋ') {
      consonant = event;
    }
  }
  return onsets;
}

function isVowel(phoneme: string): boolean {
  return /[aeiouyɐɑɒæəɛɜɤɪɔʊʌɚɯø]/.test(phoneme.normalize('NFD'));
}

/** Where the last sound ends; what follows is the engine's own pause. */
function endOfSpeech(events: readonly EngineEvent[], durationMs: number): number {
  const last = events.findLastIndex(({ type, phoneme }) => type === 'phoneme' && phoneme !== '');
  const after = last < 0 ? undefined : events[last + 1];
  return Math.min(after?.timeMs ?? durationMs, durationMs);
}
