import { expect, test } from 'vitest';
import { estimateSeconds } from './speech-weight.ts';
import { CHINESE_NOTE, ENGLISH_NOTE } from './testing/notes.ts';
import { findWords, lettersOf } from './words.ts';

const wordsOf = (text: string) => findWords(text).map(({ start, end }) => text.slice(start, end));

test.each([
  ["It’s 3.14, isn't it?", ['It’s', '3.14', "isn't", 'it']],
  ['今天 (10月3日) OK吗？', ['今', '天', '10', '月', '3', '日', 'OK', '吗']],
  ['スーパーへ', ['スー', 'パー', 'へ']],
  ['well-known, café e\u0301te\u0301', ['well-known', 'café', 'e\u0301te\u0301']],
  ['«Да», 안녕하세요 세계 — مرحبا', ['Да', '안녕하세요', '세계', 'مرحبا']],
  ['… 🎉 -- "!"', []],
])('words of %s', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test('letters are the same in any width, case and composition', () => {
  expect(lettersOf('ＡＢc-e\u0301')).toEqual(lettersOf('abC É.'));
  expect(lettersOf('。…!')).toEqual([]);
});

test('a text takes about as long as it takes to read it aloud', () => {
  const english = ENGLISH_NOTE.length / estimateSeconds(ENGLISH_NOTE);
  expect(english).toBeGreaterThan(12);
  expect(english).toBeLessThan(18);
  const chinese = CHINESE_NOTE.length / estimateSeconds(CHINESE_NOTE);
  expect(chinese).toBeGreaterThan(3.5);
  expect(chinese).toBeLessThan(5);
  expect(estimateSeconds('')).toBe(0);
});
