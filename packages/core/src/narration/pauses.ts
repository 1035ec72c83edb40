import { ValidationError } from '../errors.ts';
import type { SpokenSegment } from '../text/spoken-segment.ts';

/** Silence put between what is spoken, in milliseconds at rate 1, besides the one that the voice itself makes. */
export type Pauses = {
  /** Between two sentences of a paragraph. Default 0: the voice makes its own. */
  readonly sentenceMs: number;
  /** Default 500. */
  readonly paragraphMs: number;
  /** Before and behind a heading. Default 800. */
  readonly headingMs: number;
  /** Between two items of a list. Default 300. */
  readonly listItemMs: number;
  /** Where somebody else begins to speak inside a paragraph. Default 250. */
  readonly speakerMs: number;
};

export const DEFAULT_PAUSES: Pauses = {
  sentenceMs: 0,
  paragraphMs: 500,
  headingMs: 800,
  listItemMs: 300,
  speakerMs: 250,
};

/** A minute: longer is no pause any more. */
const LONGEST_PAUSE_MS = 60_000;

/** @throws {ValidationError} for a pause that is not from 0 to 60 000 ms. */
export function toPauses(pauses: Partial<Pauses> = {}): Pauses {
  for (const [name, value] of Object.entries(pauses)) {
    if (value >= 0 && value <= LONGEST_PAUSE_MS) continue;
    const allowed = `milliseconds from 0 to ${LONGEST_PAUSE_MS}`;
    const path = `pauses.${name}`;
    throw new ValidationError(`${path} must be ${allowed}.`, { path, value, allowed });
  }
  return { ...DEFAULT_PAUSES, ...pauses };
}

type Neighbour = Pick<SpokenSegment, 'kind' | 'speaker' | 'block' | 'range'>;

/** The silence between two segments. */
export function pauseBetween(before: Neighbour, after: Neighbour, pauses: Pauses): number {
  if (before.kind === 'heading' || after.kind === 'heading') return pauses.headingMs;
  const isTurn = before.speaker !== after.speaker;
  if (before.kind === 'list-item' && after.kind === 'list-item') {
    return isTurn ? Math.max(pauses.listItemMs, pauses.speakerMs) : pauses.listItemMs;
  }
  // What is said in quotes stands inside its paragraph.
  const isSameParagraph = before.block === after.block && before.kind === after.kind;
  if (isTurn && isSameParagraph && before.range.end >= after.range.start - 1) {
    return pauses.speakerMs;
  }
  return Math.max(pauses.paragraphMs, isTurn ? pauses.speakerMs : 0);
}
