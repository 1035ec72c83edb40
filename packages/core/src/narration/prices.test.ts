import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SPEECH_PRICES, billedUnits, priceOf } from './prices.ts';

describe('billedUnits', () => {
  test.each([
    ['', 0],
    ['你好', 2],
    ['hi', 1],
    ['Hello', 2.5],
    ['你好，世界。', 5],
    ['，。', 1],
    ['a b\n\tc', 1.5],
    ['2024年', 3],
    ['かな', 2],
    ['한국', 2],
    ['Füße', 2],
    ['e\u0301', 0.5],
    ['😀', 0.5],
    ['𠮷', 1],
  ])('%j is %d', (text, units) => {
    expect(billedUnits(text)).toBe(units);
  });

  test('the parts of a text add up to it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', '你', '，', ' ', '😀') })),
        (parts) => {
          const sum = parts.reduce((units, part) => units + billedUnits(part), 0);
          expect(sum).toBe(billedUnits(parts.join('')));
        },
      ),
    );
  });
});

describe('priceOf', () => {
  test('is by ten thousand', () => {
    expect(priceOf(10_000, 'stepaudio-2.5-tts')).toEqual({ amount: 5.8, currency: 'CNY' });
    expect(priceOf(500, 'stepaudio-3-tts')).toEqual({ amount: 0.125, currency: 'CNY' });
  });

  test('goes by a table of the caller’s', () => {
    const prices = { currency: 'USD', per10000: { ...SPEECH_PRICES.per10000, own: 1 } };
    expect(priceOf(5000, 'own', prices)).toEqual({ amount: 0.5, currency: 'USD' });
    expect(priceOf(5000, 'unheard-of', prices)).toBeUndefined();
  });

  test.each([-1, Number.NaN, Infinity])('%d is no price', (price) => {
    const prices = { currency: 'USD', per10000: { own: price } };
    expect(() => priceOf(1, 'own', prices)).toThrow(
      expect.objectContaining({ path: 'prices.per10000.own' }),
    );
  });
});
