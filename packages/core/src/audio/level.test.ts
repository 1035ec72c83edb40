import { expect, test } from 'vitest';
import { peakDbfs, rmsDbfs } from './level.ts';
import { fromFloat32 } from './pcm.ts';
import { sine } from './testing/tone.ts';

const tone = { frequency: 1000, sampleRate: 24_000, length: 24_000 };

test('a full-scale sine has its peak at 0 and its mean 3.01 dB below', () => {
  const samples = fromFloat32(sine({ ...tone, amplitude: 1 }));
  expect(peakDbfs(samples)).toBeCloseTo(0, 3);
  expect(rmsDbfs(samples)).toBeCloseTo(-3.01, 2);
});

test('a tenth of the amplitude is 20 dB less', () => {
  const samples = fromFloat32(sine({ ...tone, amplitude: 0.1 }));
  expect(peakDbfs(samples)).toBeCloseTo(-20, 2);
  expect(rmsDbfs(samples)).toBeCloseTo(-23.01, 2);
});

test('a full-scale square is 0 by both', () => {
  const samples = Int16Array.from({ length: 100 }, () => -32_768);
  expect(peakDbfs(samples)).toBe(0);
  expect(rmsDbfs(samples)).toBe(0);
});

test('the quietest sound there is', () => {
  expect(peakDbfs(Int16Array.of(0, -1, 0))).toBeCloseTo(-90.31, 2);
  expect(rmsDbfs(Int16Array.of(1, -1, 1))).toBeCloseTo(-90.31, 2);
});

test('silence, and nothing at all, are minus infinity', () => {
  for (const samples of [new Int16Array(10), new Int16Array(0)]) {
    expect(peakDbfs(samples)).toBe(-Infinity);
    expect(rmsDbfs(samples)).toBe(-Infinity);
  }
});
