import { describe, expect, test } from 'vitest';
import { tableVoices } from './system-voices.ts';
import { searchVoices } from './voice-search.ts';
import type { Voice } from './voice.ts';

const clone = (id: string): Voice => ({
  kind: 'clone',
  id,
  fileId: undefined,
  createdAt: undefined,
});
const voices: Voice[] = [
  ...tableVoices('cn'),
  clone('voice-tone-Qm3xT7bYpa'),
  clone('voice-tone-Qm3xT7bYpA'),
];
const idsFor = (query: string) => searchVoices(voices, query).suggestions.map(({ id }) => id);

describe('a voice is found by', () => {
  test.each([
    ['its id', 'cixingnansheng', 'cixingnansheng'],
    ['its id with blanks around', ' cixingnansheng\n', 'cixingnansheng'],
    ['its Chinese name', '磁性男声', 'cixingnansheng'],
    ['its English name', 'Magnetic male', 'cixingnansheng'],
    ['its name in another case', 'MAGNETIC-MALE', 'cixingnansheng'],
    ['its pinyin in syllables', 'cixing nansheng', 'cixingnansheng'],
    ['its name in full-width letters', 'Ｄｅｅｐ ｍａｌｅ', 'shenchennanyin'],
    ['the id of a clone, to the letter', 'voice-tone-Qm3xT7bYpA', 'voice-tone-Qm3xT7bYpA'],
  ])('%s', (_, query, id) => {
    expect(searchVoices(voices, query)).toMatchObject({ voice: { id }, suggestions: [] });
  });

  test('every official name', () => {
    for (const { id, name, nameZh = name } of tableVoices(undefined)) {
      expect(searchVoices(voices, name).voice?.id).toBe(id);
      expect(searchVoices(voices, nameZh).voice?.id).toBe(id);
    }
  });
});

describe('a miss suggests what may be meant', () => {
  test.each([
    ['a letter too few', 'cixingnanshen', 'cixingnansheng'],
    ['two letters swapped', 'cixingnanhseng', 'cixingnansheng'],
    ['another character', '磁性男生', 'cixingnansheng'],
    ['a part of the name', 'Magnetic', 'magnetic-voiced-male'],
    ['a clone in another case', 'voice-tone-qm3xt7bypa', 'voice-tone-Qm3xT7bYpa'],
  ])('%s', (_, query, id) => {
    expect(searchVoices(voices, query).voice).toBeUndefined();
    expect(idsFor(query)).toContain(id);
  });

  test('the likeliest first, five at the most', () => {
    expect(idsFor('甜美女生')[0]).toBe('tianmeinvsheng');
    expect(idsFor('女声').length).toBe(5);
    for (const id of idsFor('女声')) expect(id).toMatch(/nvsheng$/);
  });

  test('nothing where nothing is alike', () => {
    expect(idsFor('Xylophon quartett')).toEqual([]);
    expect(idsFor('voice-tone-0000000000')).toEqual([]);
    expect(idsFor('x'.repeat(1_000_000))).toEqual([]);
  });
});
