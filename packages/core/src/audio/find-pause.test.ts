import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { findPause } from './find-pause.ts';
import { concatSamples } from './pcm.ts';
import { syntheticVoice, whiteNoise } from './vad/testing/synthetic-voice.ts';

const sampleRate = 24_000;
const spoken = syntheticVoice({ seconds: 1, sampleRate, pitch: 120, dbfs: -20 });
const voice = (seconds: number) => spoken.subarray(0, seconds * sampleRate);
const noise = (seconds: number, dbfs: number) => whiteNoise({ seconds, sampleRate, dbfs });
const silence = (seconds: number) => new Int16Array(seconds * sampleRate);

describe('with a silence in the window', () => {
  test('cuts in its middle, be it digital silence or a noise floor', () => {
    for (const pause of [silence(0.3), noise(0.3, -70), noise(0.3, -50)]) {
      const sound = concatSamples([voice(1), pause, voice(1)]);
      // Syllables begin and end softly: the silence is a little longer than what was put in.
      expect(secondsOff(findPause(sound, sampleRate, 0.5, 1.8), 1.15)).toBeLessThan(0.02);
    }
  });

  test('of several, in the longest', () => {
    const sound = concatSamples([
      voice(0.5),
      silence(0.1),
      voice(0.5),
      silence(0.25),
      voice(0.5),
      silence(0.15),
      voice(0.5),
    ]);
    expect(secondsOff(findPause(sound, sampleRate, 0, 2.5), 1.225)).toBeLessThan(0.01);
  });

  test('of equals, in the one nearest to the middle of the window', () => {
    const burst = noise(0.3, -20);
    const pause = silence(0.1);
    const sound = concatSamples([burst, pause, burst, pause, burst, pause, burst]);
    expect(secondsOff(findPause(sound, sampleRate, 0.1, 1.2), 0.75)).toBeLessThan(0.001);
    expect(secondsOff(findPause(sound, sampleRate, 0.1, 0.9), 0.35)).toBeLessThan(0.001);
  });

  test('a soft consonant beside a shorter silence is not cut', () => {
    const sound = concatSamples([voice(0.5), silence(0.08), noise(0.15, -58), voice(0.5)]);
    expect(secondsOff(findPause(sound, sampleRate, 0.4, 0.9), 0.54)).toBeLessThan(0.015);
  });

  test('looks at the window only', () => {
    const sound = concatSamples([voice(0.5), silence(0.5), voice(0.5), silence(0.1), voice(0.5)]);
    expect(secondsOff(findPause(sound, sampleRate, 1.2, 2), 1.55)).toBeLessThan(0.01);
  });

  test('all silence: in the middle', () => {
    expect(findPause(silence(1), sampleRate, 0.2, 0.6)).toBe(0.4 * sampleRate);
  });
});

describe('without a silence', () => {
  test('cuts where it is softest', () => {
    const sound = concatSamples([noise(0.4, -20), noise(0.05, -26), noise(0.4, -20)]);
    expect(secondsOff(findPause(sound, sampleRate, 0, 0.85), 0.425)).toBeLessThan(0.02);
  });

  test('cuts a steady voice between two syllables', () => {
    // Four a second.
    expect(secondsOff(findPause(voice(1), sampleRate, 0.4, 0.6), 0.5)).toBeLessThan(0.02);
  });

  test('both parts end near zero, so that either can stand alone', () => {
    const tone = Int16Array.from({ length: sampleRate }, (_, i) =>
      Math.round(10_000 * Math.sin((2 * Math.PI * 220 * i) / sampleRate)),
    );
    const cut = findPause(tone, sampleRate, 0.3, 0.7);
    expect(Math.abs(tone[cut - 1]!) + Math.abs(tone[cut]!)).toBeLessThan(1500);
  });
});

describe('windows that are none', () => {
  const sound = voice(1);
  test.each([
    ['empty', 0.5, 0.5, 12_000],
    ['inverted', 0.7, 0.5, 14_400],
    ['behind the sound', 2, 3, 24_000],
    ['before the sound', -2, -1, 0],
    ['endless', -Infinity, Infinity, undefined],
  ])('%s', (_, from, to, expected) => {
    const cut = findPause(sound, sampleRate, from, to);
    expect(expected ?? cut).toBe(cut);
    expect(cut).toBeLessThanOrEqual(sound.length);
  });

  test('no sound at all', () => {
    expect(findPause(new Int16Array(0), sampleRate, 0, 1)).toBe(0);
  });
});

test('the cut lies in the window and in the sound, whatever they are', () => {
  const seconds = fc.double({ min: -0.1, max: 0.2, noNaN: true });
  fc.assert(
    fc.property(
      fc.int16Array({ maxLength: 1000 }),
      fc.constantFrom(1000, 8000, 11_025),
      seconds,
      seconds,
      (samples, rate, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const cut = findPause(samples, rate, from, to);
        const clamp = (value: number) => Math.min(Math.max(value, 0), samples.length);
        expect(Number.isInteger(cut)).toBe(true);
        expect(cut).toBeGreaterThanOrEqual(clamp(Math.round(from * rate)));
        expect(cut).toBeLessThanOrEqual(clamp(Math.round(to * rate)));
      },
    ),
    { numRuns: 300 },
  );
});

test('many minutes are looked through as well', () => {
  const long = new Int16Array(600 * 8000).fill(3000);
  long.fill(0, 1_000_000, 1_004_000);
  expect(findPause(long, 8000, 0, 600)).toBe(1_002_000);
});

test.each([
  ['sampleRate', NaN, 0, 1],
  ['sampleRate', 0, 0, 1],
  ['fromSeconds', 8000, NaN, 1],
  ['toSeconds', 8000, 0, NaN],
])('bad input is refused: %s', (path, rate, from, to) => {
  const find = () => findPause(new Int16Array(100), rate, from, to);
  expect(find).toThrow(ValidationError);
  expect(find).toThrow(expect.objectContaining({ path }));
});

function secondsOff(cut: number, expected: number): number {
  return Math.abs(cut / sampleRate - expected);
}
