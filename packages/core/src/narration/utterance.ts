import type { MappedText } from '../text/mapped-text.ts';
import type { SegmentKind } from '../text/spoken-segment.ts';
import type { TextRange } from '../text/text-range.ts';

/** One sentence of a narration: what is fetched, cached, highlighted and skipped by. */
export type Utterance = {
  /** Counts from 0 in the order of reading. */
  readonly index: number;
  readonly spoken: MappedText;
  /** In the source. */
  readonly range: TextRange;
  readonly kind: SegmentKind;
  /** As of the segment: a heading's rank, an item's depth. */
  readonly level: number;
  readonly language: string | undefined;
  /** Who speaks; the narrator where `undefined`. */
  readonly speaker: string | undefined;
  /** Silence behind it, before the next one begins, in milliseconds at rate 1. */
  readonly pauseAfterMs: number;
  /** Counts the segments (paragraphs, headings, items …); sentences of one have the same. */
  readonly segment: number;
  /** Index of the utterance that begins the heading it stands under; `undefined` before the first. */
  readonly heading: number | undefined;
};
