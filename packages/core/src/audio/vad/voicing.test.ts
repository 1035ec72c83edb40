import { describe, expect, test } from 'vitest';
import { fromFloat32 } from '../pcm.ts';
import { sine } from '../testing/tone.ts';
import { BandSpectrum } from './band-spectrum.ts';
import { RealFft } from './real-fft.ts';
import { syntheticVoice, whiteNoise } from './testing/synthetic-voice.ts';
import { Voicing } from './voicing.ts';

const sampleRate = 16_000;

/** Of the 32 ms that end after a quarter of a second and 40 ms, in the middle of a vowel. */
function periodicity(samples: Int16Array): number {
  const fft = new RealFft(512);
  const spectrum = new BandSpectrum(fft);
  for (let hop = 0; hop < 37; hop++) spectrum.push(samples.subarray(hop * 160, hop * 160 + 160));
  return new Voicing(fft).periodicity(spectrum.power);
}

function tones(...hertz: readonly number[]): Int16Array {
  const parts = hertz.map((frequency) =>
    sine({ frequency, sampleRate, length: 6000, amplitude: 0.1 }),
  );
  return fromFloat32(parts[0]!.map((_, i) => parts.reduce((sum, part) => sum + part[i]!, 0)));
}

test.each([80, 110, 160, 220, 300, 390])('a voice of %d Hz is periodic', (pitch) => {
  const voice = syntheticVoice({ seconds: 0.5, sampleRate, pitch, dbfs: -30 });
  expect(periodicity(voice)).toBeGreaterThan(0.6);
});

test('noise is not', () => {
  const noise = whiteNoise({ seconds: 0.5, sampleRate, dbfs: -30 });
  expect(periodicity(noise)).toBeLessThan(0.5);
  expect(periodicity(new Int16Array(8000))).toBe(0);
});

describe('what repeats itself faster than a voice can', () => {
  test.each([
    ['a beep', [1000]],
    ['a low beep', [620]],
    ['the ring of a line', [440, 480]],
    ['an alarm', [700, 1400]],
  ])('%s', (_, hertz) => {
    expect(periodicity(tones(...hertz))).toBeLessThan(0.6);
  });
});
