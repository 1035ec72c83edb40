import { expect, it } from 'vitest';
import { filterVoices, isForeign, languagesOf, type VoiceEntry } from './voice-filter.ts';

const voice = (id: string, rest: Partial<VoiceEntry> = {}): VoiceEntry => ({
  id,
  name: id,
  models: [],
  kind: 'system',
  ...rest,
});
const VOICES = [
  voice('cixingnansheng', { name: 'Magnetic male', nameZh: '磁性男声', language: 'zh' }),
  voice('lively-girl', { name: 'Lively Girl', language: 'en', models: ['step-tts-2'] }),
  voice('voice-tone-1', { kind: 'clone' }),
];
const ids = (voices: readonly VoiceEntry[]): string[] => voices.map(({ id }) => id);

it.each([
  ['', '', ['voice-tone-1', 'cixingnansheng', 'lively-girl']],
  ['GIRL', '', ['lively-girl']],
  ['磁性', '', ['cixingnansheng']],
  ['male magnetic', '', ['cixingnansheng']],
  ['tone', '', ['voice-tone-1']],
  ['', 'en', ['lively-girl']],
  ['', 'clone', ['voice-tone-1']],
  ['girl', 'zh', []],
])('finds “%s” of language “%s”', (query, language, expected) => {
  expect(ids(filterVoices(VOICES, { query, language }))).toEqual(expected);
});

it('offers the languages that there are', () => {
  expect(languagesOf(VOICES)).toEqual(['zh', 'en']);
});

it('warns of a voice only where its models are known', () => {
  const [free, bound] = VOICES as [VoiceEntry, VoiceEntry];
  expect(isForeign(bound, 'stepaudio-2.5-tts')).toBe(true);
  expect(isForeign(bound, 'step-tts-2')).toBe(false);
  expect(isForeign(bound, '')).toBe(false);
  expect(isForeign(free, 'stepaudio-2.5-tts')).toBe(false);
});
