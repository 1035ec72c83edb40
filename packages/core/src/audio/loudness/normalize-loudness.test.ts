import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { applyGain } from '../gain.ts';
import { syntheticVoice } from '../vad/testing/synthetic-voice.ts';
import { measureLoudness } from './loudness-meter.ts';
import { loudnessGainDb, normalizeLoudness } from './normalize-loudness.ts';

const sampleRate = 8000;
const spoken = syntheticVoice({ seconds: 1, sampleRate, pitch: 120, dbfs: -20 });
const voice = (dbfs: number) => ({ samples: applyGain(spoken, dbfs + 20), sampleRate });

test.each([-16, -19, -23, -30])('brings soft and loud voices to %d LUFS', (target) => {
  for (const dbfs of [-45, -25, -18]) {
    const { samples } = normalizeLoudness(voice(dbfs), target, { channels: 2, ceilingDbtp: 0 });
    const { integratedLufs } = measureLoudness({ samples, sampleRate }, { channels: 2 });
    expect(Math.abs(integratedLufs - target)).toBeLessThan(0.1);
  }
});

test('stops where the true peak reaches the ceiling', () => {
  for (const ceilingDbtp of [-1, -6]) {
    const pcm = normalizeLoudness(voice(-30), -5, { ceilingDbtp });
    const { integratedLufs, truePeakDbtp } = measureLoudness(pcm);
    expect(truePeakDbtp).toBeCloseTo(ceilingDbtp, 1);
    expect(integratedLufs).toBeLessThan(-6);
  }
  expect(measureLoudness(normalizeLoudness(voice(-20), 0)).truePeakDbtp).toBeCloseTo(-1, 1);
});

test('never above the target, never above the ceiling', () => {
  const level = fc.double({ min: -69, max: 5, noNaN: true });
  fc.assert(
    fc.property(
      level,
      level,
      fc.double({ min: -70, max: 0, noNaN: true }),
      (lufs, peak, target) => {
        const gain = loudnessGainDb({ integratedLufs: lufs, truePeakDbtp: peak }, target);
        expect(lufs + gain).toBeLessThanOrEqual(target + 1e-9);
        expect(peak + gain).toBeLessThanOrEqual(-1 + 1e-9);
        expect(Math.max(lufs + gain - target, peak + gain + 1)).toBeCloseTo(0, 9);
      },
    ),
  );
});

test('leaves silence and what is too short as it is', () => {
  const silence = { samples: new Int16Array(9000), sampleRate };
  expect(normalizeLoudness(silence, -16).samples).toEqual(silence.samples);
  const blip = { samples: voice(-20).samples.subarray(1000, 3000), sampleRate };
  expect(normalizeLoudness(blip, -16).samples).toEqual(blip.samples);
});

describe('bad input', () => {
  test.each([
    [1, -1, 'targetLufs'],
    [NaN, -1, 'targetLufs'],
    [-71, -1, 'targetLufs'],
    [-16, 1, 'ceilingDbtp'],
    [-16, NaN, 'ceilingDbtp'],
  ])('a target of %d with a ceiling of %d is refused', (target, ceilingDbtp, path) => {
    const normalize = () => normalizeLoudness(voice(-20), target, { ceilingDbtp });
    expect(normalize).toThrow(ValidationError);
    expect(normalize).toThrow(expect.objectContaining({ path }));
  });
});
