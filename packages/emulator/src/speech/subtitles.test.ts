import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SubtitleClock, SubtitleCutter } from './subtitles.ts';

test('puts times on the grid of 80 ms, counted from the beginning of the whole audio', () => {
  const items = new SubtitleClock().toItems(
    [
      { text: '早', startMs: 3, endMs: 150 },
      { text: '上', startMs: 150, endMs: 330 },
    ],
    1000,
  );
  expect(items).toEqual([
    { text: '早', start_time: 1040, end_time: 1120 },
    { text: '上', start_time: 1120, end_time: 1360 },
  ]);
});

test('times never go back and are off by no more than half a step', () => {
  const gaps = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 80, max: 400 })),
  );
  fc.assert(
    fc.property(gaps, (list) => {
      let at = 0;
      const words = list.map(([pause, length]) => {
        const startMs = at + pause;
        at = startMs + length;
        return { text: 'x', startMs, endMs: at };
      });
      let last = 0;
      for (const [index, item] of new SubtitleClock().toItems(words, 0).entries()) {
        const word = words[index];
        expect(item.start_time).toBeGreaterThanOrEqual(last);
        expect(item.end_time).toBeGreaterThanOrEqual(item.start_time);
        expect([item.start_time % 80, item.end_time % 80]).toEqual([0, 0]);
        expect(Math.abs(item.start_time - (word?.startMs ?? 0))).toBeLessThanOrEqual(40);
        expect(Math.abs(item.end_time - (word?.endMs ?? 0))).toBeLessThanOrEqual(40);
        last = item.end_time;
      }
    }),
  );
});

function cut(words: readonly string[]): string[] {
  const cutter = new SubtitleCutter();
  const items = words.map((text) => ({ text, start_time: 0, end_time: 0 }));
  return [...cutter.push(items), ...cutter.flush()].map((entry) => {
    expect(entry.items.map((item) => item.text).join('')).toBe(entry.text);
    return entry.text;
  });
}

test('cuts by length, so that an entry may hold several clauses', () => {
  expect(cut('早上好。火车到了，快走吧！我们不能再等了，他们已经走了。'.split(''))).toEqual([
    '早上好。火车到了，快走吧！我们不能再等了，',
    '他们已经走了。',
  ]);
  expect(cut('One two three four five. Six '.match(/\S+ /g) ?? [])).toEqual([
    'One two three four five. ',
    'Six ',
  ]);
  expect(cut(Array.from({ length: 40 }, () => 'word '))).toEqual([
    'word '.repeat(12),
    'word '.repeat(12),
    'word '.repeat(12),
    'word '.repeat(4),
  ]);
  expect(cut([])).toEqual([]);
});

test('entries joined are the words joined', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 80 })), (words) => {
      expect(cut(words).join('')).toBe(words.join(''));
    }),
  );
});
