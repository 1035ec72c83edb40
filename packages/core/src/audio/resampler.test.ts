import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { concatSamples, fromFloat32 } from './pcm.ts';
import { FloatResampler, Resampler, resample } from './resampler.ts';
import { fitTone, sine } from './testing/tone.ts';

/** What the service offers, and 44.1 kHz of recordings and sound devices. */
const rates = [8000, 16_000, 22_050, 24_000, 44_100, 48_000];
const pairs = rates.flatMap((from) =>
  rates.filter((to) => to !== from).map((to) => ({ from, to })),
);

describe.each(pairs)('$from Hz to $to Hz', ({ from, to }) => {
  const nyquist = Math.min(from, to) / 2;
  const margin = marginOf(from, to);
  const measure = (frequency: number) =>
    fitTone(convertTone(frequency, from, to), { frequency, sampleRate: to, margin });

  test('1 kHz: distortion and noise at most −105 dB', () => {
    expect(measure(1000).residualDb).toBeLessThan(-105);
  });

  test('up to 85 % of the lower Nyquist frequency: images and noise at most −105 dB, level within 0.02 dB, in time', () => {
    for (let i = 1; i <= 10; i++) {
      const fit = measure((0.85 * nyquist * i) / 10);
      expect(fit.residualDb).toBeLessThan(-105);
      expect(Math.abs(decibels(fit.amplitude))).toBeLessThan(0.02);
      expect(Math.abs(fit.phase)).toBeLessThan(1e-6);
    }
  });

  test('16-bit samples: noise of one rounding, 96 dB below a full-scale tone', () => {
    const tone = sine({ frequency: 997, sampleRate: from, length: from / 10, amplitude: 0.999 });
    const output = resample(fromFloat32(tone), from, to);
    const fit = fitTone(output, { frequency: 997, sampleRate: to, margin });
    expect(fit.residualDb).toBeLessThan(-94.5);
    expect(decibels(fit.amplitude / (0.999 * 32768))).toBeCloseTo(0, 3);
  });

  test('a constant stays constant', () => {
    const output = resample(new Int16Array(from / 10).fill(12_345), from, to);
    expect(new Set(output.subarray(margin, -margin))).toEqual(new Set([12_345]));
  });
});

const pairsWithAliases = pairs.filter(({ from, to }) => from > 1.15 * to);

test.each(pairsWithAliases)(
  '$from Hz to $to Hz: above 115 % of the lower Nyquist frequency, aliases at most −105 dB',
  ({ from, to }) => {
    const lowest = (1.15 * to) / 2;
    for (let i = 0; i < 10; i++) {
      const output = convertTone(lowest + ((from / 2 - lowest) * i) / 10, from, to);
      const inner = output.subarray(marginOf(from, to), -marginOf(from, to));
      const power = inner.reduce((sum, value) => sum + value * value, 0) / inner.length;
      expect(10 * Math.log10(power / 0.5)).toBeLessThan(-105);
    }
  },
);

test('the transition is short: −0.2 dB at 90 % of the lower Nyquist frequency, aliases gone at 110 %', () => {
  const kept = fitTone(convertTone(0.9 * 12_000, 48_000, 24_000), {
    frequency: 0.9 * 12_000,
    sampleRate: 24_000,
    margin: 40,
  });
  expect(decibels(kept.amplitude)).toBeGreaterThan(-0.2);
  const alias = convertTone(1.1 * 12_000, 48_000, 24_000).subarray(40, -40);
  expect(decibels(Math.max(...alias.map(Math.abs)))).toBeLessThan(-105);
});

describe('streaming', () => {
  const conversion = fc.constantFrom(
    ...pairs,
    { from: 32_000, to: 11_025 },
    { from: 16_000, to: 16_000 },
  );
  const blocks = fc.array(fc.int16Array({ maxLength: 700 }), { maxLength: 12 });

  test('gives the same samples as the whole, in any blocks', () => {
    fc.assert(
      fc.property(conversion, blocks, ({ from, to }, parts) => {
        const resampler = new Resampler({ from, to });
        const streamed = [...parts.map((part) => resampler.push(part)), resampler.flush()];
        expect(concatSamples(streamed)).toEqual(resample(concatSamples(parts), from, to));
      }),
      { numRuns: 200 },
    );
  });

  test('also one sample at a time, and in one block of ten seconds', () => {
    const input = noise(8000 * 10);
    for (const to of [44_100, 48_000, 5000]) {
      const whole = resample(input, 8000, to);
      const inOneBlock = new Resampler({ from: 8000, to });
      expect(isSame(concatSamples([inOneBlock.push(input), inOneBlock.flush()]), whole)).toBe(true);

      const head = input.subarray(0, 5000);
      const bySample = new Resampler({ from: 8000, to });
      const parts = Array.from(head, (sample) => bySample.push(Int16Array.of(sample)));
      expect(isSame(concatSamples([...parts, bySample.flush()]), resample(head, 8000, to))).toBe(
        true,
      );
    }
  });

  test('float samples too, in any blocks', () => {
    const floats = fc.float32Array({ min: -1, max: 1, noNaN: true, maxLength: 700 });
    fc.assert(
      fc.property(conversion, fc.array(floats, { maxLength: 6 }), ({ from, to }, parts) => {
        const whole = new Float32Array(parts.flatMap((part) => [...part]));
        const resampler = new FloatResampler({ from, to });
        const streamed = [...parts.map((part) => resampler.push(part)), resampler.flush()];
        expect(streamed.flatMap((part) => [...part])).toEqual([...resampleFloats(whole, from, to)]);
      }),
    );
  });

  test('the output is round(n × to / from) samples long', () => {
    fc.assert(
      fc.property(conversion, fc.nat({ max: 5000 }), ({ from, to }, length) => {
        const expected = Math.round((length * to) / from);
        expect(resample(new Int16Array(length), from, to)).toHaveLength(expected);
      }),
    );
  });

  test('the output lags by no more than 33 samples of the lower rate', () => {
    for (const { from, to } of pairs) {
      const received = new Resampler({ from, to }).push(new Int16Array(from)).length;
      expect(to - received).toBeLessThanOrEqual((33 * to) / Math.min(from, to));
    }
  });

  test('is as new after flush', () => {
    const input = noise(1000);
    const resampler = new Resampler({ from: 44_100, to: 16_000 });
    const first = concatSamples([resampler.push(input), resampler.flush()]);
    const second = concatSamples([resampler.push(input), resampler.flush()]);
    expect(second).toEqual(first);
    expect(resampler.flush()).toHaveLength(0);
  });
});

test('equal rates pass the samples on unchanged, as a copy', () => {
  const input = noise(100);
  const output = new Resampler({ from: 24_000, to: 24_000 }).push(input);
  expect(output).toEqual(input);
  expect(resample(input, 24_000, 24_000)).toEqual(input);
  expect(output.buffer).not.toBe(input.buffer);
});

test('loud sound that overshoots is clamped, not wrapped around', () => {
  const square = Int16Array.from({ length: 2400 }, (_, i) => (i % 24 < 12 ? 32_767 : -32_768));
  const output = resample(square, 24_000, 48_000);
  const plateau = output.subarray(52, 68);
  expect(Math.min(...plateau)).toBeGreaterThan(20_000);
  expect(Math.max(...output)).toBe(32_767);
  expect(Math.min(...output)).toBe(-32_768);
});

test('there and back again leaves the sound as it was', () => {
  const tone = fromFloat32(
    sine({ frequency: 3000, sampleRate: 24_000, length: 2400, amplitude: 0.5 }),
  );
  const back = resample(resample(tone, 24_000, 44_100), 44_100, 24_000);
  const difference = tone.subarray(80, -80).map((sample, i) => Math.abs(sample - back[i + 80]!));
  expect(back).toHaveLength(tone.length);
  expect(Math.max(...difference)).toBeLessThanOrEqual(2);
});

describe('rates that cannot be converted', () => {
  test.each([0, -24_000, Number.NaN, Infinity, 22_050.5, 999, 768_001])('%d', (rate) => {
    expect(() => new Resampler({ from: rate, to: 24_000 })).toThrow(ValidationError);
    expect(() => new FloatResampler({ from: 24_000, to: rate })).toThrow(/to is .*1000 to 768000/);
    expect(() => resample(new Int16Array(1), rate, rate)).toThrow(/from is .*1000 to 768000/);
  });

  test('a pair with too small a common divisor', () => {
    expect(() => new Resampler({ from: 44_101, to: 48_000 })).toThrow(
      /common divisor, 1, is too small/,
    );
  });
});

/** Output samples at either end where the tone begins or breaks off, which is no part of the quality. */
function marginOf(from: number, to: number): number {
  return Math.ceil(40 * Math.max(1, to / from));
}

/** 40 ms of a sine at full scale, converted. */
function convertTone(frequency: number, from: number, to: number): Float32Array {
  const length = Math.ceil(from * 0.04);
  return resampleFloats(sine({ frequency, sampleRate: from, length, amplitude: 1 }), from, to);
}

function resampleFloats(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = new FloatResampler({ from, to });
  const complete = resampler.push(samples);
  const rest = resampler.flush();
  const output = new Float32Array(complete.length + rest.length);
  output.set(complete);
  output.set(rest, complete.length);
  return output;
}

/** The same on every run. */
function noise(length: number): Int16Array {
  let state = 1;
  return Int16Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >> 17;
  });
}

function isSame(a: Int16Array, b: Int16Array): boolean {
  return a.length === b.length && a.every((sample, i) => sample === b[i]);
}

function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}
