import { expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { applyGain } from './gain.ts';

test('6.02 dB is twice, −20 dB a tenth, and 0 dB the same in another array', () => {
  const samples = Int16Array.of(100, -100, 5, 0);
  expect(applyGain(samples, 20 * Math.log10(2))).toEqual(Int16Array.of(200, -200, 10, 0));
  expect(applyGain(samples, -20)).toEqual(Int16Array.of(10, -10, 1, 0));
  const same = applyGain(samples, 0);
  expect(same).toEqual(samples);
  expect(same).not.toBe(samples);
});

test('holds at full scale what would pass it', () => {
  expect(applyGain(Int16Array.of(20_000, -20_000, 1, 0), 120)).toEqual(
    Int16Array.of(32_767, -32_768, 32_767, 0),
  );
});

test('minus infinity is silence', () => {
  expect(applyGain(Int16Array.of(32_767, -32_768), -Infinity)).toEqual(new Int16Array(2));
});

test.each([NaN, 201, Infinity])('a gain of %d is refused', (gainDb) => {
  const apply = () => applyGain(new Int16Array(1), gainDb);
  expect(apply).toThrow(ValidationError);
  expect(apply).toThrow(expect.objectContaining({ path: 'gainDb', value: gainDb }));
});
