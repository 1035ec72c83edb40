import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstSentenceLength, splitText } from './split-text.ts';

describe('cuts', () => {
  test.each<[string, number, string[]]>([
    ['', 5, []],
    ['short', 5, ['short']],
    ['One. Two. Three.', 10, ['One. Two. ', 'Three.']],
    ['火车到了。快走吧！再见。', 10, ['火车到了。快走吧！', '再见。']],
    ['他说：“走吧。”然后走了。', 10, ['他说：“走吧。”', '然后走了。']],
    ['Really?! (Yes.) No.', 12, ['Really?! ', '(Yes.) No.']],
    ['one, two, three four', 12, ['one, two, ', 'three four']],
    ['一二三，四五六七八九', 6, ['一二三，', '四五六七八九']],
    ['costs 3.14 or 1,000 in all', 14, ['costs 3.14 or ', '1,000 in all']],
    ['word after word', 8, ['word ', 'after ', 'word']],
    ['first line\nsecond line', 15, ['first line\n', 'second line']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['ab🎈cd', 3, ['ab', '🎈c', 'd']],
    ['A. B', 3, ['A. ', 'B']],
    ['Ending here.   Next', 12, ['Ending here.', '   Next']],
  ])('%j in pieces of %i', (text, limit, pieces) => {
    expect(splitText(text, limit)).toEqual(pieces);
  });

  test('never inside what is seen as one character', () => {
    const family = '👩‍👩‍👧‍👦';
    expect(splitText(`ab${family}cd`, 12)).toEqual(['ab', `${family}c`, 'd']);
    expect(splitText(`${'x'.repeat(995)}${family}`, 1000)).toEqual(['x'.repeat(995), family]);
    expect(splitText('e\u0301'.repeat(600), 1001)[0]).toHaveLength(1000);
  });
});

test('pieces fit, make up the text, and hold no half character', () => {
  const words = fc.array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom('。', '. ', '！', '? ', ', ', '，', ' ', '\n', '🎈', '1.5', '”', ')', '👩‍👩‍👧‍👦'),
    ),
    { maxLength: 120 },
  );
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 60 }), (parts, limit) => {
      const text = parts.join('');
      const pieces = splitText(text, limit);
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) {
        expect(piece.length).toBeGreaterThan(0);
        expect(piece.length).toBeLessThanOrEqual(limit);
        expect(piece.isWellFormed()).toBe(text.isWellFormed());
      }
    }),
  );
});

test('a text of many pieces is cut in proportion to its length', () => {
  const text = '字'.repeat(300_000);
  expect(splitText(text, 1000)).toHaveLength(300);
});

test.each([
  ['一。二。', 10, 2],
  ['One. Two.', 10, 5],
  ['no end', 10, 6],
  ['a long sentence. b', 8, 7],
])('the first sentence of %j within %i has %i', (text, limit, length) => {
  expect(firstSentenceLength(text, limit)).toBe(length);
});
