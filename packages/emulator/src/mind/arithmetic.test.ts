import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSum } from './arithmetic.ts';
import { findNumbers, readNumber } from './number-words.ts';

test.each([
  ['what is 12 times 3?', 36],
  ["What's 7 plus 5", 12],
  ['calculate 2 + 3 * 4', 14],
  ['(2+3)*4 = ?', 20],
  ['How much is twenty-one divided by three?', 7],
  ['five minus seven', -2],
  ['-3 - -4', 1],
  ['0.1 + 0.2', 0.3],
  ['三加五等于几？', 8],
  ['请问十二乘以十二是多少', 144],
  ['100减去20除以4等于多少', 95],
  ['帮我算一下两百零五加一千', 1205],
  ['三点五加一点五等于多少呢？', 5],
  ['8÷4×2', 4],
  ['你能帮我算一下25乘以4吗？', 100],
])('%s', (question, value) => {
  expect(findSum(question)?.value).toBe(value);
});

test.each([
  'hello',
  '12',
  'twelve',
  'call me at 555-12 tomorrow',
  '2 +',
  '(2 + 3',
  '我有三个苹果',
  'what is the weather',
  '1 + '.repeat(200) + '1',
])('%s is no question of arithmetic', (text) => {
  expect(findSum(text)).toBeUndefined();
});

test('a division by zero has no value', () => {
  expect(findSum('5 / 0')).toEqual({ expression: '5 / 0', value: undefined });
});

test('what arithmetic says, in any nesting', () => {
  type Node = { text: string; value: number };
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.nat(99).map((value) => ({ text: String(value), value })),
      fc
        .tuple(tie('node'), fc.constantFrom('+', '-', '*'), tie('node'))
        .map(([a, operator, b]) => ({
          text: `(${a.text}${operator}${b.text})`,
          value: { '+': a.value + b.value, '-': a.value - b.value, '*': a.value * b.value }[
            operator
          ]!,
        })),
    ),
  }));
  fc.assert(
    fc.property(node, node, (a, b) => {
      const text = `${a.text}-${b.text}*2`;
      fc.pre(text.length < 150);
      const wanted = Number((a.value - b.value * 2).toPrecision(12));
      expect(findSum(`what is ${text}?`)?.value).toBe(wanted + 0);
    }),
  );
});

describe('numbers', () => {
  test.each([
    ['twelve', 12],
    ['two hundred and five', 205],
    ['twenty-one', 21],
    ['three thousand four hundred', 3400],
    ['十', 10],
    ['一百零五', 105],
    ['两万三千', 23_000],
    ['二零二六', 2026],
    ['三点一四', 3.14],
    ['一亿两千万', 120_000_000],
    ['三万亿', 3e12],
    ['十万', 100_000],
    ['万一', undefined],
    ['12.5', 12.5],
    ['none', undefined],
    ['点', undefined],
  ])('%s is %s', (text, value) => {
    expect(readNumber(text)).toBe(value);
  });

  test.each([
    ['set an alarm for 7 30', [7, 30]],
    ['someone wants two tickets and 3.5 beers', [2, 3.5]],
    ['查一下北京三天的天气', [3]],
    ['早上七点三十分', [7, 30]],
    ['it is -5 degrees', [-5]],
    ['nothing', []],
  ])('in "%s" are %j', (text, numbers) => {
    expect(findNumbers(text)).toEqual(numbers);
  });
});
