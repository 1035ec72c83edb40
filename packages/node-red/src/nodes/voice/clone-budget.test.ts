import { expect, it } from 'vitest';
import { CloneBudget } from './clone-budget.ts';

const HOUR_MS = 3_600_000;

it('gives as many as a day has, and each back after 24 hours', () => {
  let nowMs = 0;
  const budget = new CloneBudget({ now: () => nowMs, after: () => () => undefined });
  budget.take(2);
  nowMs += 12 * HOUR_MS;
  budget.take(2);
  expect(() => budget.take(2)).toThrow(/2 voices were cloned/);
  nowMs += 12 * HOUR_MS;
  budget.take(2);
  expect(() => budget.take(2)).toThrow(expect.objectContaining({ code: 'clone_limit' }));
});

it('takes back what was not spent, once', () => {
  const budget = new CloneBudget({ now: () => 5, after: () => () => undefined });
  const giveBack = budget.take(2);
  giveBack();
  budget.take(2);
  budget.take(2);
  giveBack();
  expect(() => budget.take(2)).toThrow(expect.objectContaining({ code: 'clone_limit' }));
});
