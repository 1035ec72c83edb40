import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { concatSamples } from './pcm.ts';
import { SoundFinder, findSound, trimSilence } from './trim-silence.ts';
import { mixed, syntheticVoice, whiteNoise } from './vad/testing/synthetic-voice.ts';

const sampleRate = 24_000;
const voice = syntheticVoice({ seconds: 1, sampleRate, pitch: 120, dbfs: -20 });
const silence = (seconds: number) => new Int16Array(seconds * sampleRate);
const find = (samples: Int16Array, options?: Parameters<typeof findSound>[1]) =>
  findSound({ samples, sampleRate }, options);

describe.each([
  ['digital silence', -Infinity],
  ['dither', -88],
  ['a noise floor of −70 dBFS', -70],
  ['a noise floor of −62 dBFS', -62],
])('in %s', (_, floorDbfs) => {
  const inNoise = (sound: Int16Array) =>
    Number.isFinite(floorDbfs)
      ? mixed(
          sound,
          whiteNoise({ seconds: sound.length / sampleRate, sampleRate, dbfs: floorDbfs }),
        )
      : sound;

  test('a voice is found, with 20 ms before and 50 ms behind it', () => {
    const range = find(inNoise(concatSamples([silence(0.5), voice, silence(0.7)])))!;
    // Frames are 10 ms, and the syllables' ends are soft.
    expect(Math.abs(range.startSample - 0.48 * sampleRate)).toBeLessThanOrEqual(0.015 * sampleRate);
    expect(Math.abs(range.endSample - 1.55 * sampleRate)).toBeLessThanOrEqual(0.015 * sampleRate);
  });

  test('other guards', () => {
    const samples = inNoise(concatSamples([silence(0.5), voice, silence(0.7)]));
    const tight = find(samples, { guardBeforeMs: 0, guardAfterMs: 0 })!;
    const wide = find(samples, { guardBeforeMs: 300, guardAfterMs: 400 })!;
    expect(tight.startSample - wide.startSample).toBe(0.3 * sampleRate);
    expect(wide.endSample - tight.endSample).toBe(0.4 * sampleRate);
  });

  test('an /s/ that rises slowly to −45 dBFS before the voice is kept from its beginning, and one that falls to its end', () => {
    const hiss = sibilant(0.15, -45);
    const sound = [silence(0.5), hiss, voice, hiss.toReversed(), silence(0.5)];
    const range = find(inNoise(concatSamples(sound)))!;
    expect(range.startSample).toBeLessThanOrEqual(0.5 * sampleRate + audibleAfter(floorDbfs));
    expect(range.endSample).toBeGreaterThanOrEqual(1.8 * sampleRate - audibleAfter(floorDbfs));
    expect(range.startSample).toBeGreaterThan(0.45 * sampleRate);
    expect(range.endSample).toBeLessThan(1.9 * sampleRate);
  });

  /** Samples until the rising hiss is 10 dB above the noise: before, nobody hears it. */
  function audibleAfter(noiseDbfs: number): number {
    return Math.round(0.15 * sampleRate * 10 ** ((Math.max(noiseDbfs, -100) + 10 + 45) / 20));
  }
});

test('an /s/ stands out from hum that is as loud', () => {
  const hum = Int16Array.from({ length: 2.5 * sampleRate }, (_, i) =>
    Math.round(33 * Math.sin((2 * Math.PI * 50 * i) / sampleRate)),
  );
  const sound = concatSamples([silence(0.5), sibilant(0.15, -58), voice, silence(0.8)]);
  const range = find(mixed(hum, sound))!;
  expect(range.startSample).toBeLessThanOrEqual(0.53 * sampleRate);
  expect(range.startSample).toBeGreaterThan(0.4 * sampleRate);
});

test('a constant offset is no sound', () => {
  const sound = concatSamples([silence(0.5), voice, silence(0.5)]).map((sample) => sample + 200);
  const range = find(sound)!;
  expect(range.startSample).toBeGreaterThan(0.45 * sampleRate);
  expect(range.endSample).toBeLessThan(1.6 * sampleRate);
});

test('pauses within the sound stay', () => {
  const sound = concatSamples([silence(0.3), voice, silence(2), voice, silence(0.3)]);
  const { startSample, endSample } = find(sound)!;
  expect(endSample - startSample).toBeGreaterThan(4 * sampleRate);
});

describe('in doubt it is sound', () => {
  test('a voice without any silence, one that begins with a soft /f/, and steady noise stay whole', () => {
    const soft = concatSamples([whiteNoise({ seconds: 0.06, sampleRate, dbfs: -50 }), voice]);
    const noisy = mixed(voice, whiteNoise({ seconds: 1, sampleRate, dbfs: -45 }));
    const noise = whiteNoise({ seconds: 1, sampleRate, dbfs: -60 });
    for (const samples of [voice, soft, noisy, noise]) {
      expect(find(samples)).toEqual({ startSample: 0, endSample: samples.length });
    }
  });

  test('a click is sound', () => {
    const samples = concatSamples([silence(1), voice, silence(0.5)]);
    samples[2400] = 2000;
    expect(find(samples)!.startSample).toBeLessThanOrEqual(2400);
  });
});

test('the trimmed sound is a view of the same memory', () => {
  const samples = concatSamples([silence(0.5), voice, silence(0.5)]);
  const trimmed = trimSilence({ samples, sampleRate });
  expect(trimmed.samples.buffer).toBe(samples.buffer);
  expect(trimmed.sampleRate).toBe(sampleRate);
  expect(trimmed.samples).toEqual(samples.subarray(trimmed.startSample, trimmed.endSample));
});

test('of nothing but silence nothing is left', () => {
  const dither = Int16Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 3) - 1);
  for (const samples of [new Int16Array(0), silence(1), dither]) {
    expect(find(samples)).toBeUndefined();
    expect(trimSilence({ samples, sampleRate })).toEqual({
      samples: new Int16Array(0),
      sampleRate,
      startSample: 0,
      endSample: 0,
    });
  }
});

test('of sound in digital silence not a sample is lost, and no more than a frame and the guards is left around it', () => {
  const lengths = fc.nat({ max: 3000 });
  const noise = fc
    .int16Array({ minLength: 1, maxLength: 2000 })
    .map((samples) => samples.map((sample) => (sample < 0 ? sample & ~511 : sample | 512)));
  fc.assert(
    fc.property(lengths, noise, lengths, (before, sound, after) => {
      const samples = concatSamples([new Int16Array(before), sound, new Int16Array(after)]);
      const options = { guardBeforeMs: 10, guardAfterMs: 10 };
      const { startSample, endSample } = findSound({ samples, sampleRate: 8000 }, options)!;
      expect(startSample).toBeLessThanOrEqual(before);
      expect(startSample).toBeGreaterThan(before - 160);
      expect(endSample).toBeGreaterThanOrEqual(before + sound.length);
      expect(endSample).toBeLessThanOrEqual(before + sound.length + 160);
    }),
    { numRuns: 100 },
  );
});

test.each([
  [{ guardBeforeMs: -1 }, 'guardBeforeMs'],
  [{ guardAfterMs: NaN }, 'guardAfterMs'],
  [{ guardAfterMs: 10_001 }, 'guardAfterMs'],
])('bad input is refused: %o', (options, path) => {
  expect(() => find(voice, options)).toThrow(ValidationError);
  expect(() => find(voice, options)).toThrow(expect.objectContaining({ path }));
  expect(() => findSound({ samples: voice, sampleRate: 0 })).toThrow(ValidationError);
});

/** Noise of high frequencies whose amplitude rises from nothing to its level. */
function sibilant(seconds: number, dbfs: number): Int16Array {
  const white = whiteNoise({ seconds, sampleRate, dbfs, seed: 5 });
  // The difference of neighbours is 3 dB louder than they are.
  return white.map((sample, i) =>
    Math.round(((sample - (white[i - 1] ?? 0)) * Math.SQRT1_2 * i) / white.length),
  );
}

test('the same however the sound is cut', () => {
  const samples = concatSamples([silence(0.2), voice, silence(0.3)]);
  const whole = find(samples);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 10 }), (sizes) => {
      const finder = new SoundFinder(sampleRate);
      let at = 0;
      for (const size of [...sizes, samples.length]) {
        finder.push(samples.subarray(at, at + size));
        at += size;
      }
      expect(finder.range()).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});
