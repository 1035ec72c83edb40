import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { cutToWidth, wrapText } from './wrap-text.ts';

const squeeze = (text: string) => text.replace(/\s+/g, '');
/** No control characters: what they take on a terminal is not theirs to say. */
const text = fc.string({
  unit: fc.constantFrom(...Array.from('你好，世界。「」（）一二 a b, c! d. “e” 12 the-end 😀é～')),
  maxLength: 200,
});

test('Latin words stay whole, and Chinese ones', () => {
  expect(wrapText('The quick brown fox jumps over the lazy dog.', 16)).toEqual([
    'The quick brown',
    'fox jumps over',
    'the lazy dog.',
  ]);
  expect(wrapText('今天天气很好，我们去公园。', 10)).toEqual([
    '今天天气',
    '很好，我们',
    '去公园。',
  ]);
});

test('no line begins with a closing mark or ends with an opening one', () => {
  for (const line of wrapText('他说：“你好！”然后（慢慢地）走了。再见，再见，再见！', 8)) {
    expect(line).not.toMatch(/^[，。！”）：]/u);
    expect(line).not.toMatch(/[“（]$/u);
  }
});

test('a word that is too long is cut between characters', () => {
  expect(wrapText('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrapText('👩‍👩‍👧👩‍👩‍👧', 2)).toEqual(['👩‍👩‍👧', '👩‍👩‍👧']);
});

test('lines of a text stay lines', () => {
  expect(wrapText('one\n\ntwo', 10)).toEqual(['one', '', 'two']);
});

test('nothing is lost, and nothing is too wide', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (given, limit) => {
      const lines = wrapText(given, limit);
      expect(squeeze(lines.join(''))).toBe(squeeze(given));
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(limit);
    }),
  );
});

test.each([
  ['你好世界', 8, '你好世界'],
  ['你好世界', 7, '你好世…'],
  ['你好世界', 6, '你好…'],
  ['hello', 4, 'hel…'],
  ['hello', 0, ''],
])('%s in %i columns is %s', (given, columns, expected) => {
  expect(cutToWidth(given, columns)).toBe(expected);
});

test('colours take no room, and end', () => {
  expect(cutToWidth('\u001B[32mhello\u001B[39m you', 4)).toBe('\u001B[32mhel…\u001B[39m');
});
