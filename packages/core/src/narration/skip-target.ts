import type { Utterance } from './utterance.ts';

export type SkipUnit = 'sentence' | 'paragraph' | 'heading';

/** Where a skip begins. */
export type SkipOrigin = {
  readonly utterance: number;
  /** Whether its beginning has only just been heard: back then means the one before, and otherwise its beginning. */
  readonly isFresh: boolean;
};

type Utterances = {
  utteranceAt(index: number): Utterance | undefined;
  headings(): readonly { readonly utterance: number }[];
};

/**
 * The utterance that a skip leads to. Behind the last one for a sentence or a paragraph that is not there any more;
 * `undefined`, where to stay, for a heading that is not, or not planned yet.
 */
export function skipTarget(
  plan: Utterances,
  { utterance: index, isFresh }: SkipOrigin,
  unit: SkipUnit,
  direction: 1 | -1,
): number | undefined {
  if (unit === 'heading' && direction === 1) {
    return plan.headings().find((heading) => heading.utterance > index)?.utterance;
  }
  const belongs = sameUnit(plan, unit);
  if (direction === 1) {
    let next = index + 1;
    while (plan.utteranceAt(next) !== undefined && belongs(index, next)) next += 1;
    return plan.utteranceAt(index) === undefined ? undefined : next;
  }
  const start = startOf(plan, index, belongs);
  // Behind the last one, back means the last one.
  if (start < index || !isFresh) return start;
  return start === 0 ? 0 : startOf(plan, start - 1, belongs);
}

function sameUnit(plan: Utterances, unit: SkipUnit): (a: number, b: number) => boolean {
  return (a, b) => {
    const [first, second] = [plan.utteranceAt(a), plan.utteranceAt(b)];
    if (first === undefined || second === undefined || unit === 'sentence') return false;
    return unit === 'paragraph'
      ? first.segment === second.segment
      : first.heading === second.heading;
  };
}

function startOf(
  plan: Utterances,
  index: number,
  belongs: (a: number, b: number) => boolean,
): number {
  let start = index;
  while (start > 0 && belongs(index, start - 1)) start -= 1;
  return start;
}
