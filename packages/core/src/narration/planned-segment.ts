import { sentences } from '../text/sentences.ts';
import type { SpokenSegment } from '../text/spoken-segment.ts';
import type { TextRange } from '../text/text-range.ts';
import { isSpoken } from './is-spoken.ts';

/** A segment of a plan with its sentences, and its place among the others. */
export type PlannedSegment = {
  readonly segment: SpokenSegment;
  /** In its spoken text, without white space around. None where there is nothing that a voice can say. */
  readonly sentences: readonly TextRange[];
  /** How far the source has moved since the segment was read. */
  shift: number;
  /** Index of its first utterance. */
  first: number;
  /** Counts the segments that are spoken. */
  number: number;
  heading: number | undefined;
};

export function toPlanned(segment: SpokenSegment): PlannedSegment {
  return {
    segment,
    sentences: findSentences(segment),
    shift: 0,
    first: 0,
    number: 0,
    heading: undefined,
  };
}

/** Where the top-level block of a segment begins by now. */
export function blockOf({ segment, shift }: PlannedSegment): number {
  return segment.block + shift;
}

function findSentences({ spoken: { text }, language }: SpokenSegment): TextRange[] {
  const found: TextRange[] = [];
  // What cannot be said by itself goes with the sentence before, or the first one behind.
  let held: number | undefined;
  for (const { start, end } of sentences(text, language === undefined ? {} : { language })) {
    const piece = text.slice(start, end);
    const from = held ?? start + piece.length - piece.trimStart().length;
    const to = start + piece.trimEnd().length;
    if (isSpoken(piece)) {
      found.push({ start: from, end: to });
      held = undefined;
    } else if (found.length > 0) {
      if (to > start) found.push({ start: found.pop()!.start, end: to });
    } else if (to > from) held = from;
  }
  return found;
}

/** A sentence of a plan, as far as it decides whether it is still the same after a change of the source. */
export type PlannedSentence = TextRange & {
  readonly text: string;
  readonly segment: SpokenSegment;
};

/** The sentences of segments, with their places in the source. */
export function listSentences(planned: readonly PlannedSegment[]): PlannedSentence[] {
  return planned.flatMap(({ segment, sentences: ranges, shift }) =>
    ranges.map((range) => {
      const { start, end } = segment.spoken.toSource(range);
      const text = segment.spoken.text.slice(range.start, range.end);
      return { text, segment, start: start + shift, end: end + shift };
    }),
  );
}

/** Whether two sentences are spoken alike, the second one `shift` further on in the source. */
export function isSameSentence(
  one: PlannedSentence | undefined,
  other: PlannedSentence | undefined,
  shift: number,
): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.text === other.text &&
    one.start + shift === other.start &&
    one.end + shift === other.end &&
    one.segment.kind === other.segment.kind &&
    one.segment.level === other.segment.level &&
    one.segment.language === other.segment.language &&
    one.segment.speaker === other.segment.speaker
  );
}
