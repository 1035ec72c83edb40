import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spokenPart, spreadWords, toWords } from './word-times.ts';

test.each([
  ['今天开会。', ['今', '天', '开', '会。']],
  ['Hello, wide world!', ['Hello, ', 'wide ', 'world!']],
  ['我用iPhone打电话', ['我', '用', 'iPhone', '打', '电', '话']],
  ["“It's 3.5 km.”", ["“It's ", '3.5 ', 'km.”']],
  ['カメラ', ['カ', 'メ', 'ラ']],
  ['…', ['…']],
  ['他说：“好（了）。” “…” ok', ['他', '说：', '“好', '（了）。” “…” ', 'ok']],
  ['', []],
])('%s', (text, words) => {
  expect(toWords(text)).toEqual(words);
});

test('spokenPart leaves the signs out', () => {
  expect(['会。', '“It’s ', '3.5 ', '…'].map(spokenPart)).toEqual(['会', 'It’s', '3.5', '…']);
});

const anyText = fc.string({
  unit: fc.constantFrom(...Array.from('今天开会。 ab,c1’-\n（カé“”)')),
  maxLength: 30,
});

test('words joined are the text', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.string({ unit: 'grapheme' })), (text) => {
      expect(toWords(text).join('')).toBe(text);
    }),
  );
});

describe('spreadWords', () => {
  const stretches = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 900 })), {
      minLength: 1,
      maxLength: 5,
    })
    .map((pairs) => {
      let now = 0;
      return pairs.map(([pause, length]) => {
        const startMs = now + pause;
        now = startMs + length;
        return { startMs, endMs: now };
      });
    });

  test('never goes back, and stays within what was spoken', () => {
    fc.assert(
      fc.property(anyText, stretches, (text, spoken) => {
        const words = spreadWords(toWords(text), spoken);
        expect(words.map((word) => word.text).join('')).toBe(text);
        let now = spoken[0]!.startMs;
        for (const { startMs, endMs } of words) {
          expect(startMs).toBeGreaterThanOrEqual(now);
          expect(endMs).toBeGreaterThanOrEqual(startMs);
          now = endMs;
        }
        expect(words.at(-1)?.endMs ?? now).toBe(words.length > 0 ? spoken.at(-1)!.endMs : now);
      }),
    );
  });

  test('by length', () => {
    expect(spreadWords(['你', '好'], [{ startMs: 100, endMs: 500 }])).toEqual([
      { text: '你', startMs: 100, endMs: 300 },
      { text: '好', startMs: 300, endMs: 500 },
    ]);
  });

  test('a word begins after the pause and not before it', () => {
    const words = spreadWords(
      ['a ', 'b'],
      [
        { startMs: 0, endMs: 100 },
        { startMs: 900, endMs: 1000 },
      ],
    );
    expect(words).toEqual([
      { text: 'a ', startMs: 0, endMs: 100 },
      { text: 'b', startMs: 900, endMs: 1000 },
    ]);
  });
});
