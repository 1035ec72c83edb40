import { expect, test } from 'vitest';
import { spreadWords, toWords } from '../ear/word-times.ts';
import { toUtterances } from './utterances.ts';
import { groupWords } from './word-groups.ts';

function heard(text: string): ReturnType<typeof spreadWords> {
  return spreadWords(toWords(text), [{ startMs: 0, endMs: 1000 }]);
}

test('sentences of both languages are utterances, with the signs that ask and call', () => {
  const utterances = toUtterances(heard('你好。你是谁？Fine, thanks. 3.5 km, Mr. “Li”!'));
  expect(utterances.map(({ text }) => text)).toEqual([
    '你好',
    '你是谁？',
    'Fine, thanks',
    '3.5 km, Mr',
    '“Li”!',
  ]);
  expect(utterances[1]?.words.map(({ text }) => text)).toEqual(['你', '是', '谁']);
});

test('a pause ends an utterance', () => {
  const [first, second] = toUtterances([
    { text: 'one ', startMs: 0, endMs: 100 },
    { text: 'two', startMs: 900, endMs: 1000 },
  ]);
  expect([first?.text, second?.text, second?.startMs]).toEqual(['one', 'two', 900]);
});

test('nothing is no utterance', () => {
  expect(toUtterances([])).toEqual([]);
  expect(groupWords([])).toEqual([]);
});

test('Chinese characters are joined to words, and all groups are the text', () => {
  const text = '“今天开会”, hello 世界。';
  const groups = groupWords(heard(text)).map((group) => group.text);
  expect(groups).toEqual(['“今天', '开会”, ', 'hello ', '世界。']);
});
