import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { rmsDbfs } from '../level.ts';
import { concatSamples, fromFloat32 } from '../pcm.ts';
import { sine } from '../testing/tone.ts';
import { syntheticVoice, whiteNoise } from '../vad/testing/synthetic-voice.ts';
import { TimeStretcher, stretch } from './time-stretcher.ts';

const RATES = [0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2, 2.5, 3];
const SAMPLE_RATES = [8000, 22_050, 24_000, 48_000];

const stretched = (samples: Int16Array, rate: number, sampleRate = 24_000) =>
  stretch({ samples, sampleRate }, rate).samples;

const voice = syntheticVoice({ seconds: 1.6, sampleRate: 24_000, pitch: 120, dbfs: -23 });

describe.each(SAMPLE_RATES)('at %d Hz', (sampleRate) => {
  const tones = [100, 137, 220, 350, 523, 1000].map((frequency) => {
    const length = 0.4 * sampleRate;
    return {
      frequency,
      input: fromFloat32(sine({ frequency, sampleRate, length, amplitude: 0.5 })),
    };
  });

  test.each(RATES)(
    'a tone keeps its frequency and its level, and does not click: rate %d',
    (rate) => {
      for (const { frequency, input } of tones) {
        const output = stretched(input, rate, sampleRate);
        expect(Math.abs(frequencyOf(output, sampleRate) / frequency - 1)).toBeLessThan(0.01);
        expect(Math.abs(rmsDbfs(output) - rmsDbfs(input))).toBeLessThan(0.3);
        expect(largestJump(output)).toBeLessThanOrEqual(1.02 * largestJump(input) + 1);
      }
    },
  );
});

describe.each(RATES)('rate %d', (rate) => {
  test('a voice keeps its level and the place of its syllables', () => {
    const output = stretched(voice, rate);
    expect(Math.abs(rmsDbfs(output) - rmsDbfs(voice))).toBeLessThan(0.5);
    expect(largestJump(output)).toBeLessThanOrEqual(largestJump(voice));
    // Every millisecond of the output, and where it comes from.
    const heard = envelope(output, 24);
    const spoken = envelope(voice, 24 * rate);
    const lags = [-25, -20, -15, -10, -5, 0, 5, 10, 15, 20, 25];
    const matches = lags.map((lagMs) => correlation(heard, spoken, lagMs));
    const best = Math.max(...matches);
    expect(best).toBeGreaterThan(0.975);
    expect(Math.abs(lags[matches.indexOf(best)]!)).toBeLessThanOrEqual(rate < 0.75 ? 20 : 10);
  });

  test('noise, which continues nowhere, keeps its level within 1 dB', () => {
    const noise = whiteNoise({ seconds: 1, sampleRate: 24_000, dbfs: -20 });
    expect(Math.abs(rmsDbfs(stretched(noise, rate)) + 20)).toBeLessThan(1);
  });

  test('silence stays silence, also between sounds', () => {
    expect(stretched(new Int16Array(5000), rate).every((sample) => sample === 0)).toBe(true);
    const pause = concatSamples([voice, new Int16Array(24_000), voice]);
    const output = stretched(pause, rate);
    const from = Math.ceil((voice.length + 2400) / rate);
    const to = Math.floor((voice.length + 24_000 - 2400) / rate);
    expect(output.subarray(from, to).every((sample) => sample === 0)).toBe(true);
  });

  test('begins with the first sample, and as it was', () => {
    expect(stretched(voice, rate).subarray(0, 240)).toEqual(voice.subarray(0, 240));
  });
});

test('rate 1 is the very same sound', () => {
  fc.assert(
    fc.property(fc.int16Array({ maxLength: 3000 }), (samples) => {
      expect(stretched(samples, 1, 8000)).toEqual(samples);
    }),
    { numRuns: 50 },
  );
  expect(stretched(voice, 1)).toEqual(voice);
});

test('n samples become round(n / rate), however few', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 2000 }),
      fc.double({ min: 0.5, max: 3, noNaN: true }),
      (length, rate) => {
        const output = stretched(new Int16Array(length).fill(1000), rate, 8000);
        expect(output).toHaveLength(Math.round(length / rate));
      },
    ),
    { numRuns: 200 },
  );
});

describe('streaming', () => {
  const parts = fc.array(
    fc.record({
      length: fc.nat({ max: 900 }),
      rate: fc.option(fc.constantFrom(0.5, 0.8, 1, 1.3, 2, 3), { nil: undefined, freq: 3 }),
    }),
    { maxLength: 12 },
  );
  const source = syntheticVoice({ seconds: 1.5, sampleRate: 8000, pitch: 90, dbfs: -20 });

  test('gives the same samples as the whole, in any chunks and with any changes of the rate', () => {
    fc.assert(
      fc.property(
        parts,
        fc.constantFrom(...RATES),
        fc.integer({ min: 1, max: 700 }),
        (plan, first, size) => {
          const inParts = new TimeStretcher({ sampleRate: 8000, rate: first });
          const inChunks = new TimeStretcher({ sampleRate: 8000, rate: first });
          const outcome: Int16Array[] = [];
          const expected: Int16Array[] = [];
          let place = 0;
          for (const { length, rate } of plan) {
            const part = source.subarray(place, place + length);
            place += length;
            expected.push(inParts.push(part));
            for (let i = 0; i < part.length; i += size) {
              outcome.push(inChunks.push(part.subarray(i, i + size)));
            }
            for (const stretcher of [inParts, inChunks]) stretcher.setRate(rate ?? stretcher.rate);
          }
          expected.push(inParts.flush());
          outcome.push(inChunks.flush());
          expect(concatSamples(outcome)).toEqual(concatSamples(expected));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('sample by sample too, at every rate', () => {
    for (const rate of RATES) {
      const stretcher = new TimeStretcher({ sampleRate: 8000, rate });
      const output = Array.from(source, (sample) => stretcher.push(Int16Array.of(sample)));
      expect(concatSamples([...output, stretcher.flush()])).toEqual(stretched(source, rate, 8000));
    }
  });

  test('a new rate holds for what comes after it, to the sample', () => {
    fc.assert(
      fc.property(parts, (plan) => {
        const stretcher = new TimeStretcher({ sampleRate: 8000, rate: 1.5 });
        let seconds = 0;
        let received = 0;
        for (const { length, rate } of plan) {
          received += stretcher.push(source.subarray(0, length)).length;
          seconds += length / stretcher.rate;
          stretcher.setRate(rate ?? stretcher.rate);
        }
        received += stretcher.flush().length;
        // Half a sample off, where the sum of the parts falls between two.
        expect(Math.abs(received - seconds)).toBeLessThanOrEqual(0.5 + 1e-6);
      }),
      { numRuns: 200 },
    );
  });

  test('after a change to rate 1 the sound goes on as it is', () => {
    const stretcher = new TimeStretcher({ sampleRate: 24_000, rate: 2 });
    const head = stretcher.push(voice.subarray(0, 24_000));
    stretcher.setRate(1);
    const output = concatSamples([head, stretcher.push(voice.subarray(24_000)), stretcher.flush()]);
    const kept = output.subarray(13_000, 35_000);
    const offset = Array.from({ length: 481 }, (_, i) => 25_000 - 240 + i).find((place) =>
      kept.every((sample, i) => sample === voice[place + i]),
    );
    expect(offset).toBeDefined();
    expect(largestJump(output)).toBeLessThanOrEqual(largestJump(voice));
  });

  test('the output lags by 60 ms of the input at most', () => {
    for (const rate of RATES) {
      const stretcher = new TimeStretcher({ sampleRate: 24_000, rate });
      for (let pushed = 480; pushed < 24_000; pushed += 480) stretcher.push(voice.subarray(0, 480));
      expect(stretcher.flush().length * rate).toBeLessThanOrEqual(0.06 * 24_000);
    }
  });

  test('is as new after flush, at the rate it has', () => {
    const stretcher = new TimeStretcher({ sampleRate: 24_000, rate: 3 });
    concatSamples([stretcher.push(voice), stretcher.flush()]);
    stretcher.setRate(2);
    const second = concatSamples([stretcher.push(voice), stretcher.flush()]);
    expect(second).toEqual(stretched(voice, 2));
    expect(stretcher.rate).toBe(2);
  });

  test('what it has returned stays as it is', () => {
    const stretcher = new TimeStretcher({ sampleRate: 24_000, rate: 1.5 });
    const first = stretcher.push(voice.subarray(0, 24_000));
    const copy = first.slice();
    stretcher.push(voice.subarray(24_000));
    expect(first).toEqual(copy);
  });
});

describe('sounds that are short, loud or odd', () => {
  test('nothing gives nothing', () => {
    expect(stretched(new Int16Array(0), 2)).toHaveLength(0);
    const stretcher = new TimeStretcher({ sampleRate: 24_000 });
    expect(stretcher.push(new Int16Array(0))).toHaveLength(0);
    expect(stretcher.flush()).toHaveLength(0);
  });

  test('full scale is held, not wrapped', () => {
    const noise = whiteNoise({ seconds: 0.5, sampleRate: 24_000, dbfs: 6 });
    for (const rate of RATES) {
      expect(Math.abs(rmsDbfs(stretched(noise, rate)) - rmsDbfs(noise))).toBeLessThan(1);
    }
  });

  test('the lowest and the highest rates of samples', () => {
    for (const sampleRate of [1000, 192_000]) {
      const samples = fromFloat32(
        sine({ frequency: 100, sampleRate, length: sampleRate / 2, amplitude: 0.5 }),
      );
      const output = stretched(samples, 2, sampleRate);
      expect(frequencyOf(output, sampleRate)).toBeCloseTo(100, 0);
    }
  });
});

describe('bad input', () => {
  test.each([0, 0.49, 3.01, -1, NaN, Infinity])('rate %d is refused', (rate) => {
    const refused = { path: 'rate', value: rate, allowed: '0.5 to 3 times the speed' };
    const error = thrown(() => new TimeStretcher({ sampleRate: 24_000, rate }));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject(refused);
    const stretcher = new TimeStretcher({ sampleRate: 24_000 });
    expect(thrown(() => stretcher.setRate(rate))).toMatchObject(refused);
  });

  test('a sample rate that is none is refused', () => {
    expect(thrown(() => new TimeStretcher({ sampleRate: 24 }))).toMatchObject({
      path: 'sampleRate',
    });
  });
});

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** By the places where the wave rises through zero, between samples. */
function frequencyOf(samples: Int16Array, sampleRate: number): number {
  let first = NaN;
  let last = NaN;
  let periods = -1;
  for (let i = 1; i < samples.length; i++) {
    const before = samples[i - 1]!;
    const after = samples[i]!;
    if (before >= 0 || after < 0) continue;
    last = i - after / (after - before);
    if (Number.isNaN(first)) first = last;
    periods++;
  }
  return (periods * sampleRate) / (last - first);
}

function largestJump(samples: Int16Array): number {
  let largest = 0;
  for (let i = 1; i < samples.length; i++) {
    largest = Math.max(largest, Math.abs(samples[i]! - samples[i - 1]!));
  }
  return largest;
}

/** How loud 40 steps of so many samples each are (at least 40 ms of 24 kHz), around every step. */
function envelope(samples: Int16Array, step: number): number[] {
  const half = Math.max(20 * step, 480);
  const sums = new Float64Array(samples.length + 1);
  for (let i = 0; i < samples.length; i++) sums[i + 1] = sums[i]! + samples[i]! ** 2;
  return Array.from({ length: Math.floor(samples.length / step) }, (_, i) => {
    const from = Math.max(0, Math.round(i * step - half));
    const to = Math.min(samples.length, Math.round(i * step + half));
    return Math.sqrt((sums[to]! - sums[from]!) / (to - from));
  });
}

/** How alike two curves are when the first comes so many steps before the second; without 50 steps of both ends. */
function correlation(first: number[], second: number[], lag: number): number {
  const length = Math.min(first.length, second.length) - 100;
  const a = centred(first.slice(50, 50 + length));
  const b = centred(second.slice(50 + lag, 50 + lag + length));
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

function centred(values: number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function product(first: number[], second: number[]): number {
  return first.reduce((sum, value, i) => sum + value * second[i]!, 0);
}
