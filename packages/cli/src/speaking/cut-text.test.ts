import { expect, test } from 'vitest';
import { cutText } from './cut-text.ts';

async function cut(pieces: string[], most: number): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of cutText(pieces, most)) parts.push(part);
  return parts;
}

test('joined it is the same text, whatever it is made of', async () => {
  const text = '第一句。😀😀👩‍👩‍👧 second, sentence.\n\nÜber e\u0301 '.repeat(50).trim();
  for (const most of [2, 3, 7, 100]) {
    const parts = await cut([text], most);
    expect(parts.join('')).toBe(text);
    expect(parts.every((part) => part.isWellFormed())).toBe(true);
  }
});

test('pieces are at most as long as asked, apart from white space before them', async () => {
  const parts = await cut(['a'.repeat(25)], 10);
  expect(parts.map((part) => part.length)).toEqual([10, 10, 5]);
});

test('no piece is blank', async () => {
  expect(await cut([' \n', 'a', '\t', ' b ', '  '], 10)).toEqual([' \na', '\t b ']);
  expect(await cut(['', ' ', '\n'], 10)).toEqual([]);
  expect(await cut([' '.repeat(500), 'end'], 10)).toEqual([`${' '.repeat(10)}end`]);
});
