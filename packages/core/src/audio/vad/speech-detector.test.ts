import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { resample } from '../resampler.ts';
import { EnergyDetector } from './energy-detector.ts';
import { SpeechDetector } from './speech-detector.ts';
import type { SpeechActivity, SpeechDetectorOptions } from './speech-detector.ts';
import { ScriptedDetector, scripted } from './testing/scripted-detector.ts';
import { mixed, syntheticVoice, whiteNoise } from './testing/synthetic-voice.ts';

describe('start, continuation and end, 10 ms a letter', () => {
  function detect(script: string, options: Partial<SpeechDetectorOptions> = {}): SpeechActivity[] {
    const detector = new SpeechDetector({
      sampleRate: 1000,
      endMs: 100,
      detector: new ScriptedDetector(),
      ...options,
    });
    return detector.push(scripted(script));
  }
  const started = (atMs: number) => ({ type: 'speech-started', atMs });
  const ended = (atMs: number) => ({ type: 'speech-ended', atMs });
  const pause = '.'.repeat(30);

  test('200 ms of activity, 100 of them voiced, start speech where they began', () => {
    expect(detect('...' + 'V'.repeat(20))).toEqual([started(30)]);
    expect(detect('...' + 'V'.repeat(19) + pause)).toEqual([]);
    expect(detect('A'.repeat(10) + 'V'.repeat(10))).toEqual([started(0)]);
    expect(detect('A'.repeat(11) + 'V'.repeat(9) + pause)).toEqual([]);
  });

  test('within 250 ms', () => {
    expect(detect('V'.repeat(10) + '.....' + 'V'.repeat(10))).toEqual([started(0)]);
    expect(detect('V'.repeat(10) + '......' + 'V'.repeat(10) + pause)).toEqual([]);
  });

  test('ends where the last of it was, when endMs are over', () => {
    expect(detect('V'.repeat(30) + '.'.repeat(9))).toEqual([started(0)]);
    expect(detect('V'.repeat(30) + '.'.repeat(10))).toEqual([started(0), ended(300)]);
    const interrupted = 'V'.repeat(30) + '.'.repeat(9) + 'V' + '.'.repeat(10);
    expect(detect(interrupted)).toEqual([started(0), ended(400)]);
  });

  test('goes on without a pitch for 300 ms only', () => {
    expect(detect('V'.repeat(20) + 'A'.repeat(60))).toEqual([started(0), ended(500)]);
  });

  test('requireVoicing: false takes activity alone', () => {
    const whispered = 'A'.repeat(60) + '.'.repeat(10);
    expect(detect(whispered)).toEqual([]);
    expect(detect(whispered, { requireVoicing: false })).toEqual([started(0), ended(600)]);
  });

  test('what ended is no part of the next start', () => {
    const script = 'V'.repeat(20) + '.'.repeat(3) + 'V'.repeat(19) + pause + 'V'.repeat(20);
    expect(detect(script, { endMs: 30 })).toEqual([started(0), ended(200), started(720)]);
  });

  test('flush ends speech that goes on, and makes the detector new', () => {
    const detector = new SpeechDetector({
      sampleRate: 1000,
      endMs: 100,
      detector: new ScriptedDetector(),
    });
    for (const _ of [1, 2]) {
      expect(detector.push(scripted('.' + 'V'.repeat(25)))).toEqual([started(10)]);
      expect(detector.isSpeaking).toBe(true);
      detector.push(Int16Array.of(2000, 2000, 2000));
      expect(detector.flush()).toEqual([ended(263)]);
      expect(detector.isSpeaking).toBe(false);
      expect(detector.flush()).toEqual([]);
    }
  });

  test('does not start while the way of an echo is learned', () => {
    const options = { sampleRate: 1000, endMs: 100, echoWarmupMs: 500 };
    const detect = (reference: Int16Array) =>
      new SpeechDetector({ ...options, detector: new ScriptedDetector() }).push(
        scripted('V'.repeat(80)),
        reference,
      );
    const at = (events: SpeechActivity[]) => events.map(({ atMs }) => atMs);
    expect(at(detect(scripted('V'.repeat(80))))).toEqual([260]);
    expect(at(detect(new Int16Array(800)))).toEqual([0]);
    // Playback of 100 ms, and 250 in which the room still sounds.
    expect(at(detect(scripted('V'.repeat(10) + '.'.repeat(70))))).toEqual([110]);
    expect(at(detect(scripted('.'.repeat(30) + 'V'.repeat(50))))).toEqual([0]);
  });
});

describe('sound', () => {
  const sampleRate = 16_000;
  const voice = syntheticVoice({ seconds: 1.5, sampleRate, pitch: 140, dbfs: -29 });
  const sound = mixed(whiteNoise({ seconds: 4, sampleRate, dbfs: -50 }), voice, sampleRate);

  test.each([8000, 16_000, 22_050, 24_000, 44_100, 48_000])(
    'is found at %d Hz, where it is',
    (rate) => {
      const detector = new SpeechDetector({ sampleRate: rate, endMs: 500 });
      const [start, end, ...more] = detector.push(resample(sound, sampleRate, rate));
      expect(start?.type).toBe('speech-started');
      expect(end?.type).toBe('speech-ended');
      expect(more).toEqual([]);
      expect(Math.abs(start!.atMs - 1000)).toBeLessThanOrEqual(100);
      expect(Math.abs(end!.atMs - 2500)).toBeLessThanOrEqual(150);
    },
  );

  test('gives the same events however it is cut, with playback from somewhere on', () => {
    const rates = fc.constantFrom(16_000, 22_050, 48_000);
    const cuts = fc.array(fc.nat(64_000), { maxLength: 12 });
    const referenceFrom = fc.option(fc.nat(64_000), { nil: undefined });
    const whole = new Map(
      [16_000, 22_050, 48_000].map((rate) => [rate, resample(sound, sampleRate, rate)]),
    );
    fc.assert(
      fc.property(rates, cuts, referenceFrom, (rate, places, from) => {
        const samples = whole.get(rate)!;
        const reference = samples.map((sample, i) => (i < (from ?? Infinity) ? 0 : sample >> 1));
        const expected = new SpeechDetector({ sampleRate: rate, endMs: 300, echoWarmupMs: 200 });
        const events = [...expected.push(samples, reference), ...expected.flush()];

        const detector = new SpeechDetector({ sampleRate: rate, endMs: 300, echoWarmupMs: 200 });
        const edges = [0, ...places, from ?? 0, samples.length].filter(
          (at) => at <= samples.length,
        );
        edges.sort((a, b) => a - b);
        const found = edges.slice(1).flatMap((to, i) => {
          const at = edges[i]!;
          const played = at >= (from ?? Infinity) ? reference.subarray(at, to) : undefined;
          return detector.push(samples.subarray(at, to), played);
        });
        expect([...found, ...detector.flush()]).toEqual(events);
      }),
      { numRuns: 25 },
    );
  });

  test('one sample at a time', () => {
    const options = { sampleRate: 24_000, endMs: 300 };
    const samples = resample(sound, sampleRate, 24_000).subarray(0, 60_000);
    const detector = new SpeechDetector(options);
    const found = Array.from(samples, (sample) => detector.push(Int16Array.of(sample))).flat();
    const atOnce = new SpeechDetector(options);
    expect([...found, ...detector.flush()]).toEqual([...atOnce.push(samples), ...atOnce.flush()]);
    expect(found).toHaveLength(1);
  });

  test('an EnergyDetector finds it where the place is quiet', () => {
    const detector = new SpeechDetector({
      sampleRate: 48_000,
      endMs: 500,
      detector: new EnergyDetector({ onDbfs: -40 }),
    });
    const events = detector.push(resample(sound, sampleRate, 48_000));
    expect(events.map(({ type }) => type)).toEqual(['speech-started', 'speech-ended']);
  });

  test('reset forgets where it is', () => {
    const detector = new SpeechDetector({ sampleRate, endMs: 500 });
    const first = detector.push(sound.subarray(0, 2 * sampleRate));
    detector.reset();
    expect(detector.isSpeaking).toBe(false);
    expect(detector.push(sound.subarray(0, 2 * sampleRate))).toEqual(first);
  });
});

describe('bad input', () => {
  test.each([
    { sampleRate: 0 },
    { sampleRate: 16_000.5 },
    { startMs: 0 },
    { startMs: Number.NaN },
    { voicedMs: 201 },
    { voicedMs: -1 },
    { endMs: 0 },
    { endMs: Infinity },
    { echoWarmupMs: -1 },
  ])('%o', (options) => {
    const make = () => new SpeechDetector({ sampleRate: 16_000, endMs: 500, ...options });
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(new RegExp(`${Object.keys(options)[0]} is .* must be`));
  });

  test('a reference of another length', () => {
    const detector = new SpeechDetector({ sampleRate: 16_000, endMs: 500 });
    const push = () => detector.push(new Int16Array(10), new Int16Array(9));
    expect(push).toThrow(/reference holds 9 samples.*10/);
    expect(detector.push(new Int16Array(0), new Int16Array(0))).toEqual([]);
  });
});
