import { VOICES } from '@stepvoice/core/protocol';
import { expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import { selectVoices } from './voices.ts';
import type { VoicesFlags } from './voices.ts';

const t = createTranslate('en');
const ids = (flags: VoicesFlags) => selectVoices(flags, t).found.map((voice) => voice.id);

test('without a filter all are there', () => {
  expect(ids({})).toHaveLength(VOICES.length);
});

test('filters meet', () => {
  const found = ids({
    language: 'zh',
    gender: 'female',
    scene: 'customer-service',
    model: 'step-tts-mini',
  });
  expect(found).toContain('elegantgentle-female');
  expect(found).not.toContain('cixingnansheng');
  expect(found).not.toContain('ganliannvsheng');
  expect(ids({ language: 'en', scene: 'education' })).toEqual([]);
});

test('a model without a published list gives all, and a word about it', () => {
  const { found, note } = selectVoices({ model: 'stepaudio-3-tts' }, t);
  expect(found).toHaveLength(VOICES.length);
  expect(note).toContain('stepaudio-3-tts');
});

test.each([
  { language: 'fr' },
  { gender: 'x' },
  { scene: 'karaoke' },
  { model: 'x' },
  { model: 'step-asr' },
])('%j is refused with what is possible', (flags) => {
  expect(() => selectVoices(flags, t)).toThrow(/Possible: \w+/);
});
