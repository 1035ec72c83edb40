import { ValidationError } from '../errors.ts';
import type { NarrationPlan } from './plan.ts';
import type { SpokenPlace } from './speech-unit.ts';

/** The words around a place, by which it is found again when the text has changed. */
export type PositionContext = { readonly before: string; readonly after: string };

/** A place in the source, as plain data. */
export type SavedPosition = {
  /** In UTF-16 code units. */
  readonly sourceOffset: number;
  readonly context?: PositionContext | undefined;
};

/** A place by its offset in the source, or by an utterance and an offset in what it speaks (default 0). */
export type NarrationPosition =
  | SavedPosition
  | { readonly utterance: number; readonly offset?: number | undefined };

/** @throws {ValidationError} for what is no place. */
export function checkPosition(position: NarrationPosition): void {
  const places: [path: string, value: unknown][] =
    'sourceOffset' in position
      ? [['sourceOffset', position.sourceOffset]]
      : [
          ['utterance', position.utterance],
          ['offset', position.offset ?? 0],
        ];
  for (const [path, value] of places) {
    if (Number.isInteger(value) && (value as number) >= 0) continue;
    const allowed = 'a whole number, 0 or more';
    throw new ValidationError(`A position's ${path} must be ${allowed}.`, { path, value, allowed });
  }
}

/** Whether enough is planned to tell where a place is in the spoken text. */
export function isPlanned(plan: NarrationPlan, position: NarrationPosition): boolean {
  if (plan.isWhole) return true;
  return 'sourceOffset' in position
    ? plan.plannedTo > position.sourceOffset
    : plan.length > position.utterance;
}

const BEFORE_LENGTH = 24;
const AFTER_LENGTH = 40;
/** Less would be found anywhere. */
const LEAST_LENGTH = 6;

/** A place of the spoken text as one that outlasts the narration. */
export function toSavedPosition(plan: NarrationPlan, place: SpokenPlace): SavedPosition {
  const { text } = plan.source;
  const utterance = plan.utteranceAt(place.utterance);
  const { offset } = place;
  const sourceOffset =
    utterance === undefined
      ? text.length
      : utterance.spoken.toSource({ start: offset, end: offset + 1 }).start;
  return {
    sourceOffset,
    context: {
      before: text.slice(Math.max(0, sourceOffset - BEFORE_LENGTH), sourceOffset),
      after: text.slice(sourceOffset, sourceOffset + AFTER_LENGTH),
    },
  };
}

/** Where that is in the spoken text; behind the last utterance for what lies behind all that is spoken. */
export function toSpokenPlace(plan: NarrationPlan, position: NarrationPosition): SpokenPlace {
  if (!('sourceOffset' in position)) {
    const { utterance: index, offset = 0 } = position;
    const utterance = plan.utteranceAt(index);
    if (utterance === undefined) return { utterance: plan.length, offset: 0 };
    return { utterance: index, offset: Math.min(offset, utterance.spoken.text.length) };
  }
  return placeAtSource(plan, findSourceOffset(plan.source.text, position));
}

export function placeAtSource(plan: NarrationPlan, sourceOffset: number): SpokenPlace {
  const utterance = plan.utteranceAtSource(sourceOffset);
  if (utterance === undefined) return { utterance: 0, offset: 0 };
  if (sourceOffset >= utterance.range.end) return { utterance: utterance.index + 1, offset: 0 };
  if (sourceOffset <= utterance.range.start) return { utterance: utterance.index, offset: 0 };
  const spoken = utterance.spoken.toSpoken({ start: sourceOffset, end: utterance.range.end });
  return { utterance: utterance.index, offset: spoken?.start ?? 0 };
}

/** The place in a text that may have changed since: where its words stand now, nearest to where they stood. */
export function findSourceOffset(text: string, { sourceOffset, context }: SavedPosition): number {
  const offset = Math.min(Math.max(0, Math.trunc(sourceOffset)), text.length);
  if (context === undefined) return offset;
  const { before, after } = context;
  if (text.startsWith(after, offset) && text.slice(0, offset).endsWith(before)) return offset;
  const found = findWords(text, before + after, before.length, offset);
  if (found !== undefined) return found;
  for (let length = after.length; length >= LEAST_LENGTH; length = Math.floor(length / 2)) {
    const at = findWords(text, after.slice(0, length), 0, offset);
    if (at !== undefined) return at;
  }
  // The words are gone; those before them are not.
  return findWords(text, before, before.length, offset) ?? offset;
}

function findWords(
  text: string,
  words: string,
  offsetInWords: number,
  near: number,
): number | undefined {
  if (words.length < LEAST_LENGTH) return undefined;
  const start = near - offsetInWords;
  const behind = text.indexOf(words, Math.max(0, start));
  const before = start < 0 ? -1 : text.lastIndexOf(words, start);
  if (behind === -1 && before === -1) return undefined;
  const isBefore = behind === -1 || (before !== -1 && start - before < behind - start);
  return (isBefore ? before : behind) + offsetInWords;
}
