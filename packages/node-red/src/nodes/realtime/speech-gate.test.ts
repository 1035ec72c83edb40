import * as audio from '@stepvoice/core/audio';
import { expect, test } from 'vitest';
import { syntheticVoice } from '../../../../core/src/audio/vad/testing/synthetic-voice.ts';
import { SpeechGate } from './speech-gate.ts';

test('opens with speech and not with noise, and has all of what was said', () => {
  const speech = syntheticVoice({ seconds: 1, sampleRate: 16_000, pitch: 180, dbfs: -25 });
  const noise = Int16Array.from({ length: 48_000 }, (_, index) => ((index * 7919) % 401) - 200);
  const whole = audio.concatSamples([noise, speech]);
  const gate = new SpeechGate(audio);
  let opened: { at: number; length: number } | undefined;
  for (let at = 0; at < whole.length && opened === undefined; at += 320) {
    const frame = whole.slice(at, at + 320);
    const heard = gate.push({ samples: frame, sampleRate: 16_000 });
    // Its memory is the sender's.
    frame.fill(0);
    if (heard === undefined) continue;
    opened = { at: at + 320, length: heard.samples.length };
    expect(heard.samples).toEqual(whole.slice(at + 320 - heard.samples.length, at + 320));
  }
  expect(opened).toBeDefined();
  const { at = 0, length = 0 } = opened ?? {};
  expect(at).toBeGreaterThan(noise.length);
  expect(at).toBeLessThan(noise.length + 16_000);
  // From before the first word.
  expect(at - length).toBeLessThanOrEqual(noise.length);
});
