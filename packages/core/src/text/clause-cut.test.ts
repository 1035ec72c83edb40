import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StepAudioError } from '../errors.ts';
import { isCharacterBoundary } from './character-boundary.ts';
import { cutAtClause } from './clause-cut.ts';

test.each<[string, number, string]>([
  ['', 5, ''],
  ['It fits.', 8, 'It fits.'],
  ['When it rains, we stay at home.', 20, 'When it rains, '],
  ['One is here. Two follows, and three.', 26, 'One is here. '],
  ['He said “come in,” and then he left us.', 24, 'He said “come in,” '],
  ['We waited; nobody came, nobody at all.', 15, 'We waited; '],
  ['He thought — as ever — of home and sea.', 25, 'He thought — as ever — '],
  ['He thought—as ever—of home and the sea.', 22, 'He thought—as ever—'],
  ['one two three four five six', 12, 'one two '],
  ['one two three four five six', 13, 'one two three'],
  ['It costs 10,000 or 3.14 or 12:30 now', 14, 'It costs '],
  ['A, then a long stretch without a mark', 20, 'A, then a long '],
  ['Mr. Jones lives in a very small house', 20, 'Mr. Jones lives in a'],
  ['See https://example.com/a/long/path/to/it', 30, 'See '],
  ['x'.repeat(50), 20, 'x'.repeat(20)],
  ['今天下雨，我们还是去公园吧', 9, '今天下雨，'],
  ['“今天下雨，”他说着就走出了门', 9, '“今天下雨，”'],
  ['你好，我们在图书馆门口等你们', 10, '你好，我们在图书馆'],
  ['图书馆电影院火车站游泳池', 7, '图书馆电影院'],
  ['他说"走吧，"然后就一个人走了', 9, '他说"走吧，"'],
  ['他问："你好吗我们走吧一起去"', 7, '他问：'],
  ['今日は雨ですが、公園へ行きましょう', 10, '今日は雨ですが、'],
  ['苹果、香蕉、橙子、葡萄和西瓜', 8, '苹果、香蕉、'],
  ['第一；第二；第三第四第五', 8, '第一；第二；'],
  ['سوف نذهب، إن شاء الله، إلى البيت', 14, 'سوف نذهب، '],
  ['สวัสดีครับผมชื่อสมชาย', 10, 'สวัสดีครับ'],
  ['first line\nsecond line goes on', 20, 'first line\n'],
  ['ab👩‍👩‍👧‍👦cd', 5, 'ab'],
  ['👩‍👩‍👧‍👦cd', 8, '👩‍👩‍👧‍👦c'],
  ['😀😀😀😀', 3, '😀😀😀'],
  ['🇩🇪🇫🇷🇮🇹', 3, '🇩🇪'],
  ['e\u0301e\u0301e\u0301', 3, 'e\u0301'],
  ['👩‍👩‍👧‍👦', 2, '👩‍'],
  ['好、', 1, '好'],
])('%j within %i', (text, limit, head) => {
  expect(text.slice(0, cutAtClause(text, limit))).toBe(head);
});

test('an opening bracket stays with what it opens, a mark with what it ends', () => {
  expect(cutAtClause('一二三四（五六七八九十', 5)).toBe(4);
  expect(cutAtClause('aaaaaaaaaaaa!bbbb', 12)).toBe(11);
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a limit of %s is refused',
  (limit) => {
    expect(() => cutAtClause('text', limit)).toThrow(StepAudioError);
  },
);

describe('any text', () => {
  const parts = fc.array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom(
        '。',
        '. ',
        '，',
        ', ',
        ' ',
        '\n',
        '”',
        '"',
        '(',
        '「',
        '😀',
        '👩‍👩‍👧‍👦',
        '🇩🇪',
        '图书馆',
        'ครับ',
        '\ud83d',
        '\u0301',
      ),
    ),
    { maxLength: 60 },
  );

  test('the head fits, is not empty, and ends with a whole character', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 80 }), (words, limit) => {
        const text = words.join('');
        const cut = cutAtClause(text, limit);
        const head = text.slice(0, cut);
        expect(Array.from(head).length).toBeLessThanOrEqual(limit);
        expect(cut > 0 || text === '').toBe(true);
        const [first] = new Intl.Segmenter().segment(text);
        const isCharacterCut = Array.from(first?.segment ?? '').length > limit;
        expect(isCharacterCut || isCharacterBoundary(text, cut)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('a text that fits is not cut', () => {
    fc.assert(
      fc.property(parts, (words) => {
        const text = words.join('');
        expect(cutAtClause(text, Math.max(1, Array.from(text).length))).toBe(text.length);
      }),
      { numRuns: 100 },
    );
  });
});

test('a long text costs no more than its limit', () => {
  const text = 'x'.repeat(5_000_000);
  const startMs = performance.now();
  for (let count = 0; count < 1000; count += 1) cutAtClause(text, 60);
  for (const unit of [',"', '."', '"', ' ', '\u0301', '🇩🇪', '字'])
    cutAtClause(unit.repeat(100_000), 90_000);
  expect(performance.now() - startMs).toBeLessThan(1000);
});
