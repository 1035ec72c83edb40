import { createManualClock } from '@stepvoice/emulator';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConnectedTime } from './connected-time.ts';

function start(dayLimitMs: number | undefined, kept: Map<string, unknown> = new Map()) {
  const clock = createManualClock();
  const days = { today: 'Monday' };
  let spent = 0;
  const time = new ConnectedTime({
    clock,
    dayLimitMs,
    today: () => days.today,
    store: { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) },
    onSpent: () => void (spent += 1),
  });
  return { clock, time, days, kept, spent: () => spent };
}

test('several conversations use the day up together, and not before', () => {
  const minutes = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(fc.array(minutes, { minLength: 1, maxLength: 8 }), minutes, (begins, limit) => {
      const { clock, time, spent } = start(limit * 60_000);
      let used = 0;
      for (const [running, waitMinutes] of begins.entries()) {
        time.begin();
        clock.advance(waitMinutes * 60_000);
        used += waitMinutes * (running + 1);
        expect(time.isSpent).toBe(used >= limit);
        expect(spent() > 0).toBe(used >= limit);
      }
      time.close();
      expect(clock.pending).toBe(0);
    }),
  );
});

test('a new date is a new day, also in the middle of a conversation', () => {
  const { clock, time, days, spent } = start(60_000);
  time.begin();
  clock.advance(40_000);
  days.today = 'Tuesday';
  clock.advance(50_000);
  expect(spent()).toBe(0);
  clock.advance(60_000);
  expect(spent()).toBe(1);
});

test('the day outlives a deploy, and what was kept by anybody else does not count', () => {
  const before = start(60_000);
  before.time.begin();
  before.clock.advance(45_000);
  before.time.close();
  const after = start(60_000, before.kept);
  const end = after.time.begin();
  after.clock.advance(14_000);
  expect(after.time.isSpent).toBe(false);
  after.clock.advance(1000);
  expect(after.time.isSpent).toBe(true);
  end();
  end();
  for (const key of before.kept.keys()) before.kept.set(key, 'nonsense');
  expect(start(60_000, before.kept).time.isSpent).toBe(false);
});

test('without a limit no day is ever used up', () => {
  const { clock, time, kept } = start(undefined);
  time.begin();
  clock.advance(10 ** 9);
  expect(time.isSpent).toBe(false);
  expect(kept.size).toBe(0);
});
