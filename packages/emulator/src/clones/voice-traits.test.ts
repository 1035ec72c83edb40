import { describe, expect, test } from 'vitest';
import { voiceProfile } from '../voice/voice-profile.ts';
import { noise, pulseVoice } from './testing/pulse-voice.ts';
import { estimateTraits } from './voice-traits.ts';

describe('of a voice', () => {
  test.each([70, 95, 130, 180, 240, 320, 400])('the pitch %i Hz is heard', (pitchHz) => {
    for (const sampleRate of [8000, 24_000, 44_100]) {
      const { medianPitchHz } = estimateTraits(pulseVoice({ pitchHz, sampleRate, seconds: 2 }))!;
      expect(medianPitchHz / pitchHz, String(sampleRate)).toBeGreaterThan(0.97);
      expect(medianPitchHz / pitchHz, String(sampleRate)).toBeLessThan(1.03);
    }
  });

  test.each([2, 4, 6])('%i syllables a second are counted', (syllables) => {
    for (const pitchHz of [90, 220]) {
      const traits = estimateTraits(pulseVoice({ pitchHz, syllables, seconds: 4 }))!;
      const sounding = traits.syllablesPerSecond;
      // Per second that sounds: the pauses between two swells do not.
      expect(sounding / syllables).toBeGreaterThan(0.9);
      expect(sounding / syllables).toBeLessThan(1.5);
    }
  });

  test('silence around it changes little', () => {
    const { samples, sampleRate } = pulseVoice({ pitchHz: 200, seconds: 3 });
    const padded = new Int16Array(samples.length + 4 * sampleRate);
    padded.set(samples, 2 * sampleRate);
    const bare = estimateTraits({ samples, sampleRate })!;
    const traits = estimateTraits({ samples: padded, sampleRate })!;
    expect(traits.medianPitchHz).toBeCloseTo(bare.medianPitchHz, 0);
    expect(traits.syllablesPerSecond / bare.syllablesPerSecond).toBeCloseTo(1, 1);
  });
});

test.each([
  ['silence', { samples: new Int16Array(48_000), sampleRate: 16_000 }],
  ['noise', noise(3)],
  ['nothing', { samples: new Int16Array(), sampleRate: 16_000 }],
  ['a voice of a tenth of a second', pulseVoice({ pitchHz: 200, seconds: 0.1 })],
])('%s has no traits', (_, pcm) => {
  expect(estimateTraits(pcm)).toBeUndefined();
});

describe('a profile by traits', () => {
  const traits = { medianPitchHz: 210, pitchSpreadSemitones: 4, syllablesPerSecond: 5.2 };
  const id = 'voice-tone-Qm3xT7bYpa';

  test('follows pitch and pace', () => {
    const profile = voiceProfile(id, traits);
    expect(profile).toMatchObject({ gender: 'female', rate: 1 });
    expect(profile.pitchHz + 0.37 * profile.pitchRangeHz).toBeCloseTo(210, -1);
    const deep = voiceProfile(id, { ...traits, medianPitchHz: 90, syllablesPerSecond: 6.5 });
    expect(deep).toMatchObject({ gender: 'male', rate: 1.25 });
    expect(deep.resonance).toBeLessThan(profile.resonance);
    expect(deep.pitchHz).toBeLessThan(90);
  });

  test('stays within what the engine can speak', () => {
    const wild = { medianPitchHz: 2000, pitchSpreadSemitones: 40, syllablesPerSecond: 99 };
    expect(voiceProfile(id, wild)).toMatchObject({ rate: 1.5, resonance: 128 });
    expect(voiceProfile(id, wild).pitchHz).toBeLessThan(400);
    const dull = { medianPitchHz: 1, pitchSpreadSemitones: 0, syllablesPerSecond: 0 };
    expect(voiceProfile(id, dull)).toMatchObject({ rate: 0.7, resonance: 92 });
    expect(voiceProfile(id, dull).pitchHz).toBeGreaterThan(50);
  });
});
