import type { NarrationPlan } from '../plan.ts';
import type { SpeechUnit } from '../speech-unit.ts';
import { estimateSeconds } from '../speech-weight.ts';
import type { Utterance } from '../utterance.ts';
import type { SpokenRecord } from './render-journal.ts';
import type { PlacedSound } from './sound-track.ts';

/** In place of a sentence that is not spoken. */
export const SKIPPED_PAUSE_MS = 500;

/** A sentence that the service does not speak: the pause in its place. */
export function toSkippedRecord(
  { index, spoken: { text, sourceRange } }: Utterance,
  code: string,
  chapter: number,
  startMs: number,
): SpokenRecord {
  return {
    chapter,
    utterance: index,
    offset: 0,
    text,
    startMs: Math.round(startMs),
    endMs: Math.round(startMs + SKIPPED_PAUSE_MS),
    source: [sourceRange.start, sourceRange.end],
    timing: 'estimate',
    words: [],
    skipped: code,
  };
}

/** What a unit of speech says, sentence by sentence, with the times that it has in the file. */
export function toRecords(
  unit: SpeechUnit,
  placed: PlacedSound,
  plan: Pick<NarrationPlan, 'utteranceAt'>,
  chapter: number,
): SpokenRecord[] {
  const parts: { utterance: Utterance; start: number; end: number }[] = [];
  for (let index = unit.from.utterance; index <= unit.to.utterance; index += 1) {
    const utterance = plan.utteranceAt(index);
    if (utterance === undefined) break;
    const start = index === unit.from.utterance ? unit.from.offset : 0;
    const end = index === unit.to.utterance ? unit.to.offset : utterance.spoken.text.length;
    if (start < end) parts.push({ utterance, start, end });
  }
  const starts = startTimes(unit, parts);
  return parts.map(({ utterance, start, end }, index) => {
    const toMs = (seconds: number): number =>
      Math.round(Math.min(placed.startMs + seconds * 1000, placed.endMs));
    const words = unit.words
      .filter(({ utterance: of, range }) => of === utterance.index && range.start >= start)
      .filter(({ range }) => range.end <= end)
      .map((word) => {
        const source = utterance.spoken.toSource(word.range);
        const { range, startSeconds, endSeconds } = word;
        return [
          range.start - start,
          range.end - start,
          toMs(startSeconds),
          toMs(endSeconds),
          source.start,
          source.end,
        ] as const;
      });
    const source = utterance.spoken.toSource({ start, end });
    return {
      chapter,
      utterance: utterance.index,
      offset: start,
      text: utterance.spoken.text.slice(start, end),
      startMs: toMs(starts[index]!),
      endMs: toMs(starts[index + 1] ?? unit.seconds),
      source: [source.start, source.end] as const,
      timing: unit.timing,
      words,
    };
  });
}

/** When each part begins: with its first word, or else by the length of the texts. */
function startTimes(
  unit: SpeechUnit,
  parts: readonly { utterance: Utterance; start: number; end: number }[],
): number[] {
  const weights = parts.map(({ utterance, start, end }) =>
    estimateSeconds(utterance.spoken.text.slice(start, end)),
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  let before = 0;
  let latest = 0;
  return parts.map(({ utterance }, index) => {
    const first = unit.words.find((word) => word.utterance === utterance.index);
    const reckoned = (before / whole) * unit.seconds;
    before += weights[index]!;
    if (index === 0) return 0;
    latest = Math.max(latest, first?.startSeconds ?? reckoned);
    return latest;
  });
}
