import { DEFAULT_SAMPLE_RATE, DEFAULT_SPEECH_MODEL } from '@stepvoice/core';
import { findVoice, modelsServing } from '@stepvoice/core/protocol';
import { expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import { DEFAULT_MODEL, DEFAULT_VOICE, toVoiceOptions } from './voice-options.ts';
import type { VoiceFlags } from './voice-options.ts';

const t = createTranslate('en');

function read(flags: VoiceFlags, model?: string) {
  const notes: string[] = [];
  const setting =
    model === undefined ? undefined : ({ value: model, origin: 'flag', label: '--model' } as const);
  const options = toVoiceOptions(
    flags,
    { voice: undefined, model: setting },
    (note) => notes.push(note),
    t,
  );
  return { ...options, notes };
}

test('the defaults are served everywhere', () => {
  expect(read({})).toEqual({
    voice: DEFAULT_VOICE,
    model: DEFAULT_SPEECH_MODEL,
    sampleRate: DEFAULT_SAMPLE_RATE,
    notes: [],
  });
  expect(DEFAULT_MODEL).toBe(DEFAULT_SPEECH_MODEL);
  expect(findVoice(DEFAULT_VOICE)).toMatchObject({ international: true });
  expect(findVoice(DEFAULT_VOICE)?.models).toContain(DEFAULT_MODEL);
});

test('numbers and labels are read', () => {
  expect(read({ rate: '48000', speed: '0.5', volume: '2' })).toMatchObject({
    sampleRate: 48_000,
    speed: 0.5,
    volume: 2,
  });
  expect(read({ emotion: 'Very Happy' }, 'step-tts-mini').label).toEqual({ emotion: 'very-happy' });
  expect(read({ style: '温柔' }, 'step-tts-2').label).toEqual({ style: 'gentle' });
  expect(read({ language: 'cantonese' }, 'a-model-of-tomorrow').label).toEqual({
    language: 'cantonese',
  });
  expect(read({ instruction: 'x'.repeat(500) }, 'stepaudio-3-tts').instruction).toHaveLength(500);
});

test('a label without a model takes one that knows labels, and says so', () => {
  const { model, notes } = read({ emotion: 'sad' });
  expect(model).toBe('step-tts-2');
  expect(notes).toEqual([expect.stringMatching(/--emotion .*step-tts-2/)]);
});

test.each<[VoiceFlags, string | undefined, RegExp]>([
  [{ speed: '0.4' }, undefined, /--speed must be a number from 0.5 to 2/],
  [{ speed: 'fast' }, undefined, /--speed/],
  [{ speed: '' }, undefined, /--speed/],
  [{ volume: 'Infinity' }, undefined, /--volume/],
  [{ rate: '44100' }, undefined, /--rate must be one of 8000/],
  [{ emotion: 'happy', style: 'slow' }, undefined, /Only one/],
  [{ emotion: 'bored' }, undefined, /--emotion .*bored.*happy/],
  [{ emotion: 'happy' }, 'stepaudio-2.5-tts', /takes no --emotion/],
  [{ style: 'proud' }, 'step-tts-mini', /--style \(step-tts-mini\).*slow/],
  [{ instruction: 'x' }, 'step-tts-2', /takes no --instruction/],
  [{ instruction: 'x'.repeat(201) }, 'stepaudio-2.5-tts', /201 characters.*200/],
  [{}, 'stepaudio-2.5-asr', new RegExp(`not a speech model.*${modelsServing('speech')[0]}`)],
])('%j on %s is refused', (flags, model, message) => {
  expect(() => read(flags, model)).toThrow(message);
});
