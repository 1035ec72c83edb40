import { expect, it } from 'vitest';
import { CloneBudget } from './clone-budget.ts';

const HOUR_MS = 3_600_000;

it('gives as many as a day has, and each back after 24 hours', () => {
  let nowMs = 0;
  const budget = new CloneBudget(2, { now: () => nowMs, after: () => () => undefined });
  budget.take();
  nowMs += 12 * HOUR_MS;
  budget.take();
  expect(() => budget.take()).toThrow(/2 voices were cloned/);
  nowMs += 12 * HOUR_MS;
  budget.take();
  expect(() => budget.take()).toThrow(expect.objectContaining({ code: 'clone_limit' }));
});

it('takes back what was not spent, once', () => {
  const budget = new CloneBudget(1, { now: () => 5, after: () => () => undefined });
  const giveBack = budget.take();
  giveBack();
  giveBack();
  budget.take();
  expect(() => budget.take()).toThrow(expect.objectContaining({ code: 'clone_limit' }));
});
