import type { SpokenPlace } from '../speech-unit.ts';
import type { ReelUnit } from './reel-unit.ts';

/** What a change of the plan means for sound that is on its way. */
export type Replanning = {
  /** The number that an utterance has now; `undefined` if it is not there any more. */
  readonly indexOf: (utterance: number) => number | undefined;
  /** What follows the sentence at the player's place, if that is heard; else where the place itself is now. */
  readonly resumeAt: SpokenPlace;
  /** Whether what was made of other sentences than the one that is heard is of no use. */
  readonly isStale: boolean;
};

/**
 * Gives units on their way the numbers of a changed plan. Answers those that can still be heard in this order, which is
 * at least what remains of the sentence that sounds, if one does.
 */
export function keepUnits(
  units: readonly ReelUnit[],
  sounding: ReelUnit | undefined,
  { indexOf, resumeAt, isStale }: Replanning,
): ReelUnit[] {
  const kept: ReelUnit[] = [];
  const heard = sounding?.last.utterance;
  for (const unit of units) {
    const isOfHeardSentence = unit.from.utterance === heard;
    const isWhole = unit.renumber(indexOf);
    const before = kept.at(-1);
    const expected = before === undefined ? undefined : placeBehind(before, resumeAt);
    const isFitting =
      isWhole &&
      (!isStale || isOfHeardSentence) &&
      (expected === undefined || isSamePlace(unit.from, expected));
    // The parts of a sentence that is heard belong to it, even if it is not there any more.
    const isRest = isOfHeardSentence && before?.isDetached === true;
    if (unit !== sounding && !isFitting && !isRest) break;
    kept.push(unit);
  }
  return kept;
}

/** Where to go on behind a unit. */
export function placeBehind(unit: ReelUnit, resumeAt: SpokenPlace): SpokenPlace {
  return unit.isDetached ? resumeAt : unit.next;
}

function isSamePlace(a: SpokenPlace, b: SpokenPlace): boolean {
  return a.utterance === b.utterance && a.offset === b.offset;
}
