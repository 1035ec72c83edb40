import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { crossfade, fadeIn, fadeOut, type FadeCurve } from './fade.ts';
import { rmsDbfs } from './level.ts';
import { fromFloat32 } from './pcm.ts';
import { sine } from './testing/tone.ts';
import { whiteNoise } from './vad/testing/synthetic-voice.ts';

const sampleRate = 8000;
const constant = (length: number, value = 10_000) => ({
  samples: new Int16Array(length).fill(value),
  sampleRate,
});
const CURVES: readonly FadeCurve[] = ['equal-power', 'equal-gain'];

describe.each(CURVES)('%s', (curve) => {
  test('rises from silence to the sound, and never falls', () => {
    const { samples } = fadeIn(constant(400), { fadeMs: 20, curve });
    expect(Math.abs(samples[0]!)).toBeLessThan(60);
    for (let i = 1; i < 160; i++) expect(samples[i]).toBeGreaterThanOrEqual(samples[i - 1]!);
    expect(samples[79]! / 10_000).toBeCloseTo(curve === 'equal-power' ? 0.705 : 0.496, 2);
    expect(samples.subarray(160)).toEqual(constant(240).samples);
  });

  test('the way out is the way in backwards', () => {
    const sound = constant(400);
    const rising = fadeIn(sound, { fadeMs: 20, curve }).samples;
    expect(fadeOut(sound, { fadeMs: 20, curve }).samples).toEqual(rising.toReversed());
  });

  test('leaves the sound it was given as it is', () => {
    const sound = constant(50);
    fadeIn(sound, { fadeMs: 5, curve });
    fadeOut(sound, { fadeMs: 5, curve });
    crossfade(sound, sound, { fadeMs: 5, curve });
    expect(sound).toEqual(constant(50));
  });

  test('takes all of a sound that is shorter, none of one that is to have none, and nothing', () => {
    expect(fadeIn(constant(10), { fadeMs: 1000, curve }).samples[9]).toBeGreaterThan(9800);
    expect(fadeIn(constant(10), { fadeMs: 0, curve })).toEqual(constant(10));
    expect(fadeOut(constant(0), { fadeMs: 10, curve }).samples).toHaveLength(0);
  });
});

test('equal power: two sounds that have nothing in common keep their level', () => {
  const first = noise(1);
  const second = noise(77);
  const { samples } = crossfade(first, second, { fadeMs: 500 });
  expect(samples).toHaveLength(12_000);
  for (let i = 0; i < 12_000; i += 1000) {
    expect(Math.abs(rmsDbfs(samples.subarray(i, i + 1000)) + 20)).toBeLessThan(0.7);
  }
});

test('equal gain: a sound that goes over into itself stays the same to the sample', () => {
  const samples = fromFloat32(sine({ frequency: 100, sampleRate, length: 1600, amplitude: 0.9 }));
  const tone = { samples, sampleRate };
  const joined = crossfade(tone, tone, { fadeMs: 50, curve: 'equal-gain' });
  expect(joined.samples).toHaveLength(2800);
  const longer = fromFloat32(sine({ frequency: 100, sampleRate, length: 2800, amplitude: 0.9 }));
  for (const [i, sample] of joined.samples.entries()) {
    expect(Math.abs(sample - longer[i]!)).toBeLessThanOrEqual(1);
  }
});

test('equal power of the same sound at full scale is held, not turned over', () => {
  const { samples } = crossfade(constant(100, 32_767), constant(100, 32_767), { fadeMs: 10 });
  expect(Math.min(...samples)).toBeGreaterThan(32_000);
});

test('before and behind the fade both sounds are themselves', () => {
  const { samples } = crossfade(constant(300, 1000), constant(200, -1000), { fadeMs: 10 });
  expect(samples).toHaveLength(420);
  expect(samples.subarray(0, 220)).toEqual(constant(220, 1000).samples);
  expect(samples.subarray(300)).toEqual(constant(120, -1000).samples);
});

test('the fade is no longer than the shorter sound', () => {
  expect(crossfade(constant(300), constant(20), { fadeMs: 1000 }).samples).toHaveLength(300);
  expect(crossfade(constant(0), constant(20), { fadeMs: 10 })).toEqual(constant(20));
  expect(crossfade(constant(20), constant(0), { fadeMs: 10 })).toEqual(constant(20));
});

describe('bad input', () => {
  test.each([-1, NaN, 60_001])('a fade of %d ms is refused', (fadeMs) => {
    for (const fade of [fadeIn, fadeOut]) {
      const run = () => fade(constant(1), { fadeMs });
      expect(run).toThrow(ValidationError);
      expect(run).toThrow(expect.objectContaining({ path: 'fadeMs' }));
    }
  });

  test('an unknown curve is refused', () => {
    const run = () => fadeIn(constant(1), { fadeMs: 5, curve: 'linear' as FadeCurve });
    expect(run).toThrow(expect.objectContaining({ path: 'curve' }));
  });

  test('different rates are refused', () => {
    const other = { samples: new Int16Array(5), sampleRate: 16_000 };
    const run = () => crossfade(constant(5), other, { fadeMs: 1 });
    expect(run).toThrow(ValidationError);
    expect(run).toThrow(
      expect.objectContaining({ path: 'second.sampleRate', instead: 'resample' }),
    );
  });
});

function noise(seed: number): { samples: Int16Array; sampleRate: number } {
  return { samples: whiteNoise({ seconds: 1, sampleRate, dbfs: -20, seed }), sampleRate };
}
