import { expect, test } from 'vitest';
import { WordClock } from './word-clock.ts';

test('times are taken for the segment’s until they cannot be', () => {
  const clock = new WordClock();
  expect(clock.offsetMs(0, 900, { startMs: 0, endMs: 1000 })).toBe(0);
  expect(clock.offsetMs(100, 900, { startMs: 500, endMs: 1500 })).toBe(500);
  // Would end at 10.9 s in a segment that ends at 6 s.
  expect(clock.offsetMs(5100, 5900, { startMs: 5000, endMs: 6000 })).toBe(0);
  // Could be either: what was learned holds.
  expect(clock.offsetMs(6500, 6900, { startMs: 6200, endMs: 14_000 })).toBe(0);
  // Cannot count from the session: it would lie before its segment.
  expect(clock.offsetMs(100, 900, { startMs: 20_000, endMs: 21_000 })).toBe(20_000);
  // Nothing fits: what was learned holds.
  expect(clock.offsetMs(0, 90_000, { startMs: 30_000, endMs: 31_000 })).toBe(30_000);
});
