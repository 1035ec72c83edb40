import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { concatSamples } from '../pcm.ts';
import { resample } from '../resampler.ts';
import { EnergyDetector } from './energy-detector.ts';
import { SilenceCutter } from './silence-cutter.ts';
import type { SoundPiece } from './silence-cutter.ts';
import { ScriptedDetector, scripted } from './testing/scripted-detector.ts';
import { mixed, syntheticVoice, whiteNoise } from './testing/synthetic-voice.ts';

/** By the script's letters of 10 ms, at 1 kHz. */
function cutScript(script: string, maxSeconds: number, minSeconds?: number): number[] {
  const detector = new ScriptedDetector();
  const cutter = new SilenceCutter({ sampleRate: 1000, maxSeconds, minSeconds, detector });
  const pieces = [...cutter.push(scripted(script)), ...cutter.flush()];
  return pieces.map(({ startMs }) => startMs);
}

describe('cuts', () => {
  const speech = (ms: number) => 'V'.repeat(ms / 10);
  const pause = (ms: number) => '.'.repeat(ms / 10);

  test('in the middle of the longest pause of the second half', () => {
    const script = speech(600) + pause(120) + speech(80) + pause(140) + speech(500);
    expect(cutScript(script, 1)).toEqual([0, 870]);
  });

  test('not at a longer one before', () => {
    const script = speech(100) + pause(300) + speech(300) + pause(120) + speech(500);
    expect(cutScript(script, 1)).toEqual([0, 760]);
  });

  test('of equal pauses, at the last', () => {
    const script = speech(520) + pause(120) + speech(100) + pause(120) + speech(500);
    expect(cutScript(script, 1)).toEqual([0, 800]);
  });

  test('a pause that begins before or goes on after what may be cut', () => {
    expect(cutScript(speech(300) + pause(400) + speech(600), 1)).toEqual([0, 600]);
    expect(cutScript(speech(800) + pause(400) + speech(600), 1)).toEqual([0, 900]);
  });

  test('not what is no longer than it may be', () => {
    expect(cutScript(speech(300) + pause(300) + speech(400), 1)).toEqual([0]);
    expect(cutScript('', 1)).toEqual([]);
  });

  test('again and again', () => {
    const script = (speech(700) + pause(200)).repeat(6);
    expect(cutScript(script, 1)).toEqual([0, 800, 1700, 2600, 3500, 4400]);
  });

  test('where it is quietest, without a pause', () => {
    const samples = new Int16Array(3000).fill(2000);
    samples.fill(1100, 840, 900);
    const cutter = new SilenceCutter({
      sampleRate: 1000,
      maxSeconds: 1,
      detector: new ScriptedDetector(),
    });
    expect(cutter.push(samples)[1]!.startMs).toBe(870);
  });
});

describe('sound', () => {
  const sampleRate = 16_000;

  test.each([8000, 16_000, 44_100])('is cut between words at %d Hz, also in noise', (rate) => {
    const word = syntheticVoice({ seconds: 1.2, sampleRate, pitch: 120, dbfs: -29 });
    let sound = whiteNoise({ seconds: 12, sampleRate, dbfs: -45 });
    for (let at = 0; at < sound.length; at += 1.6 * sampleRate) sound = mixed(sound, word, at);
    const cutter = new SilenceCutter({ sampleRate: rate, maxSeconds: 4 });
    const pieces = cutter.push(resample(sound, sampleRate, rate));
    expect(pieces.length).toBeGreaterThan(2);
    for (const { startMs } of pieces.slice(1)) {
      const inWord = startMs % 1600;
      expect(inWord).toBeGreaterThan(1200);
      expect(inWord).toBeLessThan(1600);
    }
  });

  test('without a pause, and noise without end, is cut all the same', () => {
    const voice = syntheticVoice({ seconds: 8, sampleRate, pitch: 200, dbfs: -20 });
    const noise = whiteNoise({ seconds: 8, sampleRate, dbfs: -20 });
    for (const sound of [voice, noise, new Int16Array(8 * sampleRate)]) {
      const cutter = new SilenceCutter({ sampleRate, maxSeconds: 3 });
      const pieces = [...cutter.push(sound), ...cutter.flush()];
      expect(concatSamples(pieces.map(({ samples }) => samples))).toEqual(sound);
      for (const { samples } of pieces) expect(samples.length).toBeLessThanOrEqual(3 * sampleRate);
    }
  });
});

const sizes = fc.array(fc.nat(6000), { minLength: 1, maxLength: 20 });
const limits = fc
  .tuple(fc.integer({ min: 1000, max: 2500 }), fc.double({ min: 0.5, max: 1, noNaN: true }))
  .map(([ms, share]) => ({
    maxSeconds: ms / 1000,
    minSeconds: Math.max(0.5, (ms / 1000) * share),
  }));

test('pieces joined are the input, no longer and no shorter than allowed, however it is cut', () => {
  fc.assert(
    fc.property(sizes, limits, fc.constantFrom(1000, 2200, 4410), (chunks, limit, sampleRate) => {
      const length = chunks.reduce((sum, size) => sum + size, 0);
      const samples = Int16Array.from(
        { length },
        (_, i) => 3000 * Math.sin(i * i * 1e-5) * Math.sin(i / 900),
      );
      const options = { sampleRate, ...limit };
      const makeDetector = () => new EnergyDetector({ sampleRate: 1000, onDbfs: -30 });
      const atOnce = new SilenceCutter({ ...options, detector: makeDetector() });
      const expected = [...atOnce.push(samples), ...atOnce.flush()];
      const cutter = new SilenceCutter({ ...options, detector: makeDetector() });
      const pieces: SoundPiece[] = [];
      let at = 0;
      for (const size of chunks) pieces.push(...cutter.push(samples.subarray(at, (at += size))));
      pieces.push(...cutter.flush());

      expect(pieces).toEqual(expected);
      let start = 0;
      for (const [i, piece] of pieces.entries()) {
        expect(piece.startSample).toBe(start);
        expect(piece.startMs).toBe((start / sampleRate) * 1000);
        expect(piece.samples.length).toBeLessThanOrEqual(limit.maxSeconds * sampleRate);
        const least = i < pieces.length - 1 ? Math.floor(limit.minSeconds * sampleRate) : 1;
        expect(piece.samples.length).toBeGreaterThanOrEqual(least);
        start += piece.samples.length;
      }
      expect(concatSamples([...pieces.map((piece) => piece.samples), new Int16Array(0)])).toEqual(
        samples,
      );
    }),
  );
});

test('is as new after flush', () => {
  const cutter = new SilenceCutter({
    sampleRate: 1000,
    maxSeconds: 1,
    detector: new ScriptedDetector(),
  });
  const sound = scripted('V'.repeat(60) + '.'.repeat(20) + 'V'.repeat(50));
  const run = () => [...cutter.push(sound), ...cutter.flush()];
  expect(run()).toEqual(run());
  expect(cutter.flush()).toEqual([]);
});

test.each([
  { maxSeconds: 0 },
  { maxSeconds: Number.NaN },
  { maxSeconds: 7201 },
  { minSeconds: 0.4 },
  { minSeconds: 31 },
  { sampleRate: 1.5 },
])('refuses %o', (options) => {
  expect(() => new SilenceCutter({ sampleRate: 16_000, maxSeconds: 30, ...options })).toThrow(
    ValidationError,
  );
});
