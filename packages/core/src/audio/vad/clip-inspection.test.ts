import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { resample } from '../resampler.ts';
import { inspectClip } from './clip-inspection.ts';
import { mixed, syntheticVoice, whiteNoise } from './testing/synthetic-voice.ts';

const sampleRate = 16_000;
const voice = syntheticVoice({ seconds: 4, sampleRate, pitch: 180, dbfs: -23 });

describe('inspectClip', () => {
  test.each([16_000, 24_000, 48_000])('measures a voice in noise at %d Hz', (rate) => {
    const noise = whiteNoise({ seconds: 6, sampleRate, dbfs: -55 });
    const clip = resample(mixed(noise, voice, sampleRate), sampleRate, rate);
    const inspection = inspectClip({ samples: clip, sampleRate: rate });
    expect(inspection.seconds).toBe(6);
    expect(inspection.speechSeconds).toBeGreaterThan(3.6);
    expect(inspection.speechSeconds).toBeLessThan(4.3);
    expect(inspection.speechShare).toBeCloseTo(inspection.speechSeconds / 6, 9);
    expect(inspection.rmsDbfs).toBeCloseTo(-23 + 10 * Math.log10(4 / 6), 0);
    expect(Math.abs(inspection.speechDbfs + 23)).toBeLessThan(0.6);
    expect(Math.abs(inspection.noiseDbfs + 55)).toBeLessThan(1.5);
    expect(inspection.clippedShare).toBe(0);
  });

  test('a clip that begins in the middle of a word', () => {
    const clip = mixed(whiteNoise({ seconds: 3, sampleRate, dbfs: -60 }), voice.subarray(2000));
    const { speechShare } = inspectClip({ samples: clip, sampleRate });
    expect(speechShare).toBeGreaterThan(0.85);
  });

  test('noise and silence hold no speech', () => {
    const noise = inspectClip({
      samples: whiteNoise({ seconds: 3, sampleRate, dbfs: -30 }),
      sampleRate,
    });
    expect(noise.speechSeconds).toBe(0);
    expect(noise.speechDbfs).toBe(-Infinity);
    expect(Math.abs(noise.noiseDbfs + 30)).toBeLessThan(1);
    const silence = inspectClip({ samples: new Int16Array(16_000), sampleRate });
    expect(silence).toEqual({
      seconds: 1,
      speechSeconds: 0,
      speechShare: 0,
      peakDbfs: -Infinity,
      rmsDbfs: -Infinity,
      speechDbfs: -Infinity,
      noiseDbfs: -Infinity,
      clippedShare: 0,
    });
  });

  test('counts what is clipped', () => {
    const loud = voice.map((sample) => Math.max(-32_768, Math.min(32_767, sample * 40)));
    expect(inspectClip({ samples: voice, sampleRate }).clippedShare).toBe(0);
    expect(inspectClip({ samples: loud, sampleRate }).clippedShare).toBeGreaterThan(0.05);
    expect(inspectClip({ samples: loud, sampleRate }).peakDbfs).toBe(0);
  });

  test('nothing at all, and a few samples', () => {
    expect(inspectClip({ samples: new Int16Array(0), sampleRate })).toMatchObject({
      seconds: 0,
      speechShare: 0,
      clippedShare: 0,
      noiseDbfs: -Infinity,
    });
    const few = inspectClip({ samples: Int16Array.of(5, -32_768, 7), sampleRate });
    expect(few.clippedShare).toBeCloseTo(1 / 3, 9);
  });

  test('refuses a rate that is none', () => {
    expect(() => inspectClip({ samples: voice, sampleRate: 0 })).toThrow(ValidationError);
  });
});
