import { expect, test } from 'vitest';
import { NarrationPlan } from './plan.ts';
import { skipTarget } from './skip-target.ts';

// 0 1 | # 2 | 3 4 5 | 6 | # 7 | 8
const plan = new NarrationPlan({
  text: 'Before. All.\n\n# One\n\nA first. A second. A third.\n\nMore.\n\n# Two\n\nThe last.',
  format: 'markdown',
});
while (plan.step());

test.each([
  ['sentence', 1, 3, true, 4],
  ['sentence', 1, 8, true, 9],
  ['sentence', 1, 9, true, undefined],
  ['sentence', -1, 4, true, 3],
  ['sentence', -1, 4, false, 4],
  ['sentence', -1, 0, true, 0],
  ['sentence', -1, 9, true, 8],
  ['paragraph', 1, 3, true, 6],
  ['paragraph', 1, 8, true, 9],
  ['paragraph', -1, 5, true, 3],
  ['paragraph', -1, 3, false, 3],
  ['paragraph', -1, 3, true, 2],
  ['paragraph', -1, 0, true, 0],
  ['heading', 1, 0, true, 2],
  ['heading', 1, 2, true, 7],
  ['heading', 1, 5, true, 7],
  ['heading', 1, 8, true, undefined],
  ['heading', -1, 8, true, 7],
  ['heading', -1, 7, true, 2],
  ['heading', -1, 7, false, 7],
  ['heading', -1, 2, true, 0],
  ['heading', -1, 1, true, 0],
] as const)(
  '%s %d from %d (just begun: %s) is %s',
  (unit, direction, utterance, isFresh, target) => {
    expect(skipTarget(plan, { utterance, isFresh }, unit, direction)).toBe(target);
  },
);
