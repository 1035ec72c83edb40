import type { SubtitleWord } from '../../speech/speech-events.ts';

/** A stretch of speech: its text as it is to be read, and what is known of its times. */
export type TimedSegment = {
  readonly text: string;
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  /** Each a word, or one Chinese character, in milliseconds from the start of the sound. */
  readonly words: readonly SubtitleWord[];
};

/** Where a text is written in figures and the words in full, no more of it is looked over for the next word. */
const SEARCH_LENGTH = 40;
/** Spoken characters a second, where a time is not known and has to be guessed; about that of English. */
const CHARACTERS_PER_SECOND = 15;
const HAN_PER_SECOND = 5;

type Anchor = { offset: number; ms: number };

/**
 * Tells when which character of a segment was spoken. The times are those of the words that are found in the text, in
 * their order; between them, and where there are no words, characters take equal time.
 *
 * @param notBeforeMs no time is earlier: where the segment before ended.
 * @returns the time at which the character at an offset begins, which never goes back.
 */
export function createTextClock(
  segment: TimedSegment,
  notBeforeMs: number,
): (offset: number, side: 'start' | 'end') => number {
  const { text } = segment;
  const words = findWords(segment);
  const startMs = Math.max(notBeforeMs, segment.startMs ?? words[0]?.startMs ?? notBeforeMs);
  const knownEnd = segment.endMs ?? words.at(-1)?.endMs;
  const endMs = Math.max(startMs, knownEnd ?? startMs + guessMs(text));
  const anchors: Anchor[] = [{ offset: 0, ms: startMs }];
  for (const word of words) {
    anchors.push({ offset: word.offset, ms: word.startMs });
    anchors.push({ offset: word.offset + word.text.length, ms: word.endMs });
  }
  anchors.push({ offset: text.length, ms: endMs });
  let latest = startMs;
  for (const anchor of anchors) {
    latest = Math.min(endMs, Math.max(latest, anchor.ms));
    anchor.ms = latest;
  }
  return (offset, side) => timeAt(anchors, offset, side);
}

type PlacedWord = SubtitleWord & { readonly offset: number };

/** The words with the places at which the text has them; those that it writes otherwise are left out. */
function findWords({ text, words }: TimedSegment): PlacedWord[] {
  const placed: PlacedWord[] = [];
  const lower = text.toLowerCase();
  let from = 0;
  for (const word of words) {
    const wanted = word.text.trim().toLowerCase();
    if (wanted === '') continue;
    const offset = lower.indexOf(wanted, from);
    // Lower case can have another length than upper case; then offsets mean nothing.
    if (offset < 0 || offset - from > SEARCH_LENGTH || lower.length !== text.length) continue;
    placed.push({ ...word, text: wanted, offset });
    from = offset + wanted.length;
  }
  return placed;
}

/** At an offset with two times (a pause), a beginning takes the later one and an end the earlier one. */
function timeAt(anchors: readonly Anchor[], offset: number, side: 'start' | 'end'): number {
  const isBefore = ({ offset: at }: Anchor): boolean =>
    side === 'start' ? at <= offset : at < offset;
  const next = anchors.findIndex((anchor) => !isBefore(anchor));
  if (next < 0) return anchors.at(-1)?.ms ?? 0;
  const after = anchors[next]!;
  const before = anchors[next - 1] ?? after;
  if (after.offset === before.offset) return after.ms;
  const share = (offset - before.offset) / (after.offset - before.offset);
  return Math.round(before.ms + share * (after.ms - before.ms));
}

function guessMs(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return (han / HAN_PER_SECOND + (text.length - han) / CHARACTERS_PER_SECOND) * 1000;
}
