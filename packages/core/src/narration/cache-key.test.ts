import { expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { speechKey } from './cache-key.ts';
import type { KeyedSpeech } from './cache-key.ts';

const speech: KeyedSpeech = {
  voice: { voice: 'cixingnansheng' },
  text: '火车在八点到站。',
  format: 'pcm',
  sampleRate: 24_000,
  scope: '',
};

test('a key is 64 hexadecimal digits and the same each time', () => {
  expect(speechKey(speech)).toMatch(/^[0-9a-f]{64}$/);
  expect(speechKey({ ...speech })).toBe(speechKey(speech));
});

test.each<[string, KeyedSpeech]>([
  ['text', { ...speech, text: '火车在九点到站。' }],
  ['voice', { ...speech, voice: { voice: 'linjiajiejie' } }],
  ['model', { ...speech, voice: { ...speech.voice, model: 'step-tts-2' } }],
  ['speed', { ...speech, voice: { ...speech.voice, speed: 1.2 } }],
  ['volume', { ...speech, voice: { ...speech.voice, volume: 0.5 } }],
  ['instruction', { ...speech, voice: { ...speech.voice, instruction: 'calm' } }],
  ['pronunciations', { ...speech, voice: { ...speech.voice, pronunciations: ['站/zhan4'] } }],
  ['normalization', { ...speech, voice: { ...speech.voice, normalization: 'enhanced' } }],
  ['format', { ...speech, format: 'mp3' }],
  ['sample rate', { ...speech, sampleRate: 16_000 }],
  ['service', { ...speech, scope: 'https://example.org' }],
])('another %s is another key', (_, other) => {
  expect(speechKey(other)).not.toBe(speechKey(speech));
});

test('what names the default has the key of what leaves it out', () => {
  const voice = {
    voice: 'cixingnansheng',
    model: 'stepaudio-2.5-tts',
    speed: 1,
    volume: 1,
    normalization: 'standard',
  } as const;
  expect(speechKey({ ...speech, voice })).toBe(speechKey(speech));
});

test('what the service would refuse has no key', () => {
  expect(() => speechKey({ ...speech, text: ' ' })).toThrow(ValidationError);
});
