import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chineseNumber, digitByDigit } from './numerals.ts';

test.each([
  ['0', '零'],
  ['10', '十'],
  ['12', '十二'],
  ['20', '二十'],
  ['101', '一百零一'],
  ['110', '一百一十'],
  ['1205', '一千二百零五'],
  ['2026', '二千零二十六'],
  ['10000', '一万'],
  ['10010', '一万零一十'],
  ['100010', '十万零一十'],
  ['1000000', '一百万'],
  ['120003400', '一亿二千万三千四百'],
  ['100000000000', '一千亿'],
  ['3.14', '三点一四'],
  ['0.5', '零点五'],
  ['007', '零零七'],
  ['12345678901234567', '一二三四五六七八九零一二三四五六七'],
])('reads %s as %s', (number, spoken) => {
  expect(chineseNumber(number)).toBe(spoken);
});

test('reads digits one by one', () => {
  expect(digitByDigit('2026')).toBe('二零二六');
});

test('different numbers have different readings that end in no zero', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9e15 }), fc.integer({ min: 1, max: 9e15 }), (a, b) => {
      expect(chineseNumber(String(a))).not.toMatch(/零$|零零/);
      expect(chineseNumber(String(a)) === chineseNumber(String(b))).toBe(a === b);
    }),
  );
});
