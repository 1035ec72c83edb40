import { expect, test } from 'vitest';
import { formatMoney } from './format-money.ts';

test.each<[number, string, 'en' | 'zh', string]>([
  [0, 'CNY', 'en', 'CN¥0.00'],
  [0.0058, 'CNY', 'en', 'CN¥0.006'],
  [0.0058, 'CNY', 'zh', '¥0.006'],
  [0.5, 'CNY', 'zh', '¥0.50'],
  [12_345.678, 'CNY', 'en', 'CN¥12,345.68'],
  [1.5, 'USD', 'en', '$1.50'],
  [0.0001, 'CNY', 'en', '<CN¥0.001'],
])('%d %s in %s', (amount, currency, language, expected) => {
  expect(formatMoney({ amount, currency }, { language })).toBe(expected);
});
