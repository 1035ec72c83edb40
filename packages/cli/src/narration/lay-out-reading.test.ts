import fc from 'fast-check';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { layOutReading } from './lay-out-reading.ts';

/** Signs in place of codes, so that a test can be read. */
const colors = {
  ...picocolors.createColors(false),
  dim: (text: unknown) => `‹${String(text)}›`,
  inverse: (text: unknown) => `[${String(text)}]`,
};

function lay(text: string, sentence: string, word: string | undefined, columns = 30, rows = 5) {
  const start = text.indexOf(sentence);
  const at = word === undefined ? -1 : text.indexOf(word, start);
  const marks = {
    sentence: { start, end: start + sentence.length },
    word: word === undefined ? undefined : { start: at, end: at + word.length },
  };
  return layOutReading(text, marks, { columns, rows, colors });
}

test('the sentence stands out of its paragraph, and the word out of the sentence', () => {
  expect(lay('It rained. The lake rose. We left.', 'The lake rose.', 'lake')).toEqual([
    '‹It rained. ›The [lake] rose.‹ We›',
    '‹left.›',
  ]);
});

test('Chinese lines are twice as wide, and break between words', () => {
  expect(lay('下雨了。湖水涨了。我们走了。', '湖水涨了。', '涨', 12)).toEqual([
    '‹下雨了。›湖水',
    '[涨]了。‹我们›',
    '‹走了。›',
  ]);
});

test('of a long paragraph the lines around the word are shown', () => {
  const text = Array.from({ length: 50 }, (_, at) => `word${at}`).join(' ');
  const lines = lay(text, text, 'word25', 20, 3);
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain('[word25]');
});

test('without a word the sentence alone stands out', () => {
  expect(lay('One. Two.', 'Two.', undefined)).toEqual(['‹One. ›Two.']);
});

test('no line is wider than the terminal, and nothing but white space is lost', () => {
  const piece = fc.constantFrom(
    'word ',
    '湖水',
    '，',
    '。',
    'a\n',
    '😀',
    'e\u0301 ',
    'longer-than-that ',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      fc.nat(60),
      fc.nat(20),
      (text, start, length) => {
        const word = { start, end: start + length };
        const plain = { ...colors, dim: String, inverse: String };
        const options = { columns: 12, rows: 1000, colors: plain };
        const lines = layOutReading(
          text,
          { sentence: { start: 0, end: text.length }, word },
          options,
        );
        expect(Math.max(0, ...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(12);
        expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      },
    ),
    { numRuns: 300 },
  );
});
