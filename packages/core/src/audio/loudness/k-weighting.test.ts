import { describe, expect, test } from 'vitest';
import { fromFloat32 } from '../pcm.ts';
import { sine } from '../testing/tone.ts';
import { KWeightedPower, kWeighting, type Biquad } from './k-weighting.ts';

/** How far the curve may be off: the lower the rate, the nearer its end comes to the shelf between 1 and 4 kHz. */
const TOLERANCES = [
  [8000, 0.5],
  [11_025, 0.25],
  [16_000, 0.12],
  [22_050, 0.05],
  [24_000, 0.05],
  [44_100, 0.05],
  [96_000, 0.05],
  [192_000, 0.05],
] as const;

test('at 48 kHz the coefficients are those of ITU-R BS.1770-4, tables 1 and 2', () => {
  const [head, highPass] = kWeighting(48_000);
  const published = [
    [1.53512485958697, -2.69169618940638, 1.19839281085285],
    [-1.69065929318241, 0.73248077421585],
    [1, -2, 1],
    [-1.99004745483398, 0.99007225036621],
  ].flat();
  const derived = [...head.b, ...head.a, ...highPass.b, ...highPass.a];
  for (const [i, value] of derived.entries()) expect(value).toBeCloseTo(published[i]!, 12);
});

test('at 44.1 kHz they are those that the field knows', () => {
  const [head, highPass] = kWeighting(44_100);
  const known = [1.5308412300498355, -2.6509799951536985, 1.1690790799210682];
  for (const [i, value] of head.b.entries()) expect(value).toBeCloseTo(known[i]!, 3);
  expect(head.a[0]).toBeCloseTo(-1.6636551132560204, 3);
  expect(head.a[1]).toBeCloseTo(0.7125954280732254, 3);
  expect(highPass.a[0]).toBeCloseTo(-1.9891696736297957, 6);
  expect(highPass.a[1]).toBeCloseTo(0.9891990357870394, 6);
});

describe.each(TOLERANCES)('at %d Hz', (sampleRate, toleranceDb) => {
  test(`the curve is that of 48 kHz within ${toleranceDb} dB, and within 0.002 dB at 997 Hz and below 300`, () => {
    const differenceDb = (hertz: number) =>
      Math.abs(gainDb(hertz, sampleRate) - gainDb(hertz, 48_000));
    for (const hertz of [20, 38, 60, 100, 300, 997]) {
      expect(differenceDb(hertz)).toBeLessThan(0.002);
    }
    for (let hertz = 400; hertz < 0.45 * Math.min(sampleRate, 48_000); hertz += 250) {
      expect(differenceDb(hertz)).toBeLessThan(toleranceDb);
    }
  });

  test('running over samples gives what the curve says', () => {
    const tone = { frequency: 1000, sampleRate, length: 2 * sampleRate, amplitude: 0.5 };
    const samples = fromFloat32(sine(tone));
    const power = new KWeightedPower(sampleRate);
    power.add(samples, 0, sampleRate);
    const mean = power.add(samples, sampleRate, 2 * sampleRate) / sampleRate;
    expect(10 * Math.log10(mean / 0.125)).toBeCloseTo(gainDb(1000, sampleRate), 2);
  });
});

test('at 997 Hz the gain is what the constant −0.691 makes up for', () => {
  expect(gainDb(997, 48_000)).toBeCloseTo(0.691, 2);
});

function gainDb(hertz: number, sampleRate: number): number {
  const angle = (2 * Math.PI * hertz) / sampleRate;
  return kWeighting(sampleRate).reduce((sum, filter) => sum + responseDb(filter, angle), 0);
}

function responseDb({ b, a }: Biquad, angle: number): number {
  const magnitude = (c: readonly number[]) => {
    const re = c.reduce((sum, value, k) => sum + value * Math.cos(k * angle), 0);
    const im = c.reduce((sum, value, k) => sum + value * Math.sin(k * angle), 0);
    return Math.hypot(re, im);
  };
  return 20 * Math.log10(magnitude(b) / magnitude([1, ...a]));
}
