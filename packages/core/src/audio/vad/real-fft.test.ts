import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RealFft } from './real-fft.ts';

describe.each([4, 8, 64, 512])('of %d samples', (size) => {
  const samples = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
    minLength: size,
    maxLength: size,
  });

  test('is the sum that defines it', () => {
    const fft = new RealFft(size);
    fc.assert(
      fc.property(samples, fc.nat({ max: size / 2 }), (input, bin) => {
        fft.transform(Float64Array.from(input));
        let re = 0;
        let im = 0;
        for (let n = 0; n < size; n++) {
          re += input[n]! * Math.cos((2 * Math.PI * bin * n) / size);
          im -= input[n]! * Math.sin((2 * Math.PI * bin * n) / size);
        }
        expect(fft.re[bin]).toBeCloseTo(re, 9);
        expect(fft.im[bin]).toBeCloseTo(im, 9);
      }),
    );
  });

  test('leaves its input alone and remembers nothing', () => {
    const fft = new RealFft(size);
    const input = Float64Array.from({ length: size }, (_, i) => Math.sin(i * i));
    const copy = Float64Array.from(input);
    fft.transform(input);
    const first = [...fft.re, ...fft.im];
    fft.transform(new Float64Array(size).fill(3));
    fft.transform(input);
    expect(input).toEqual(copy);
    expect([...fft.re, ...fft.im]).toEqual(first);
  });
});
