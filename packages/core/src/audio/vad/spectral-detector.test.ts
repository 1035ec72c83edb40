import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { SpectralDetector } from './spectral-detector.ts';
import { mixed, syntheticVoice, whiteNoise } from './testing/synthetic-voice.ts';
import type { VoiceActivity } from './voice-activity-detector.ts';

const sampleRate = 16_000;
const voice = syntheticVoice({ seconds: 2, sampleRate, pitch: 130, dbfs: -29 });

function judge(detector: SpectralDetector, samples: Int16Array): VoiceActivity[] {
  const activities: VoiceActivity[] = [];
  for (let at = 0; at + 160 <= samples.length; at += 160) {
    activities.push({ ...detector.process(samples.subarray(at, at + 160)) });
  }
  return activities;
}

function shareActive(activities: readonly VoiceActivity[]): number {
  return activities.filter(({ active }) => active).length / activities.length;
}

describe('SpectralDetector', () => {
  test.each([-66, -45, -39])('finds a voice at -29 dBFS in noise of %d dBFS', (dbfs) => {
    const noise = whiteNoise({ seconds: 4, sampleRate, dbfs });
    const activities = judge(new SpectralDetector(), mixed(noise, voice, sampleRate));
    expect(shareActive(activities.slice(0, 98))).toBe(0);
    expect(shareActive(activities.slice(105, 295))).toBeGreaterThan(0.9);
    expect(shareActive(activities.slice(320))).toBeLessThan(0.05);
    const voiced = activities.slice(105, 295).filter((activity) => activity.voiced).length;
    expect(voiced / 190).toBeGreaterThan(0.6);
  });

  test('takes silence, and sound below -60 dBFS, for nothing', () => {
    expect(shareActive(judge(new SpectralDetector(), new Int16Array(32_000)))).toBe(0);
    const whisper = syntheticVoice({ seconds: 2, sampleRate, pitch: 130, dbfs: -72 });
    expect(
      shareActive(
        judge(new SpectralDetector(), mixed(new Int16Array(64_000), whisper, sampleRate)),
      ),
    ).toBe(0);
  });

  test('gets used to noise that sets in', () => {
    const quiet = whiteNoise({ seconds: 2, sampleRate, dbfs: -66 });
    const loud = whiteNoise({ seconds: 6, sampleRate, dbfs: -35 });
    const detector = new SpectralDetector();
    judge(detector, quiet);
    const activities = judge(detector, loud);
    expect(shareActive(activities.slice(0, 50))).toBeGreaterThan(0.5);
    expect(shareActive(activities.slice(300))).toBe(0);
  });

  test('full scale and one-sample clicks leave it in order', () => {
    const detector = new SpectralDetector();
    const square = Int16Array.from({ length: 16_000 }, (_, i) => (i % 100 < 50 ? 32_767 : -32_768));
    for (const { score } of judge(detector, square)) expect(score).toBeLessThan(7);
    const noise = whiteNoise({ seconds: 4, sampleRate, dbfs: -66 });
    judge(detector, noise);
    const activities = judge(detector, mixed(noise, voice, sampleRate));
    expect(shareActive(activities.slice(105, 295))).toBeGreaterThan(0.9);
  });

  test('reports the level of the frame', () => {
    const detector = new SpectralDetector();
    expect(detector.process(new Int16Array(160).fill(3277)).levelDbfs).toBeCloseTo(-20, 1);
    expect(detector.process(new Int16Array(160)).levelDbfs).toBe(-Infinity);
  });

  test('reset: as new', () => {
    const detector = new SpectralDetector();
    const sound = mixed(whiteNoise({ seconds: 3, sampleRate, dbfs: -50 }), voice, 8000);
    const first = judge(detector, sound);
    detector.process(new Int16Array(160).fill(9), new Int16Array(160).fill(9999));
    detector.reset();
    expect(judge(detector, sound)).toEqual(first);
  });

  test('refuses frames of another length, with the way out', () => {
    const detector = new SpectralDetector();
    expect(() => detector.process(new Int16Array(320))).toThrow(ValidationError);
    expect(() => detector.process(new Int16Array(320))).toThrow(/320.*160 samples.*SpeechDetector/);
    expect(() => detector.process(new Int16Array(160), new Int16Array(0))).toThrow(/reference/);
  });
});

describe('echo of what is played', () => {
  const played = syntheticVoice({ seconds: 6, sampleRate, pitch: 210, dbfs: -23 });
  const echo = delayed(played, 0.06, 0.25);
  const room = whiteNoise({ seconds: 6, sampleRate, dbfs: -66 });

  test('is not speech once its way is known, and is without the reference', () => {
    const microphone = mixed(room, echo);
    const withReference = judgeWith(new SpectralDetector(), microphone, played);
    const without = judge(new SpectralDetector(), microphone);
    expect(shareActive(withReference.slice(200))).toBeLessThan(0.1);
    expect(shareActive(without.slice(200))).toBeGreaterThan(0.8);
  });

  test('leaves the user to be heard', () => {
    const microphone = mixed(mixed(room, echo), voice, 3.5 * sampleRate);
    const activities = judgeWith(new SpectralDetector(), microphone, played);
    expect(shareActive(activities.slice(360, 545))).toBeGreaterThan(0.7);
  });

  test('is forgotten after playback: a voice as loud as the echo was', () => {
    const detector = new SpectralDetector();
    judgeWith(detector, mixed(room, echo), played);
    const activities = judge(
      detector,
      mixed(
        room,
        voice.map((sample) => sample / 2),
        sampleRate,
      ),
    );
    expect(shareActive(activities.slice(105, 295))).toBeGreaterThan(0.85);
  });
});

function judgeWith(
  detector: SpectralDetector,
  samples: Int16Array,
  reference: Int16Array,
): VoiceActivity[] {
  const activities: VoiceActivity[] = [];
  for (let at = 0; at + 160 <= samples.length; at += 160) {
    const played = reference.subarray(at, at + 160);
    activities.push({ ...detector.process(samples.subarray(at, at + 160), played) });
  }
  return activities;
}

function delayed(samples: Int16Array, seconds: number, gain: number): Int16Array {
  const lag = seconds * sampleRate;
  return samples.map((_, i) => (samples[i - lag] ?? 0) * gain);
}
