import { describe, expect, test } from 'vitest';
import { EMOTIONS, LANGUAGES, STYLES, fromWireLabel, toWireLabel } from './labels.ts';
import { MODELS, findModel, modelsServing } from './models.ts';
import { EXTRA_SYSTEM_VOICES, VOICES, findVoice, isClonedVoiceId } from './voices.ts';

describe('models', () => {
  test('every id stands once, and each kind has its capabilities', () => {
    expect(new Set(MODELS.map((model) => model.id)).size).toBe(MODELS.length);
    for (const model of MODELS) {
      for (const kind of model.kinds) expect(model[kind], `${model.id} ${kind}`).toBeDefined();
      expect(model.endpoints.length).toBeGreaterThan(0);
    }
  });

  test('speech is served by five models, the recommended one first', () => {
    expect(modelsServing('speech')).toEqual([
      'stepaudio-3-tts',
      'stepaudio-2.5-tts',
      'step-tts-2',
      'step-tts-mini',
      'step-tts-vivid',
    ]);
    expect(modelsServing('preview')).toEqual(['stepaudio-2.5-tts', 'step-tts-2', 'step-tts-mini']);
    expect(modelsServing('chat')).toHaveLength(7);
  });

  test('labels and instructions exclude each other', () => {
    const speech = MODELS.flatMap((model) => model.speech ?? []);
    for (const row of speech) expect(row.labels === undefined).toBe(row.instructionLimit > 0);
    expect(findModel('step-tts-mini')?.speech?.labels?.styles).toHaveLength(7);
    expect(findModel('step-tts-2')?.speech?.labels?.styles).toHaveLength(17);
    expect(findModel('nobody')).toBeUndefined();
  });
});

describe('voices', () => {
  test('the official list is whole', () => {
    expect(VOICES).toHaveLength(36);
    expect(new Set(VOICES.map((voice) => voice.id)).size).toBe(36);
    expect(VOICES.filter((voice) => voice.language === 'en')).toHaveLength(4);
    expect(VOICES.filter((voice) => voice.international)).toHaveLength(7);
    expect(VOICES.filter((voice) => voice.models.includes('step-tts-mini'))).toHaveLength(27);
    for (const voice of VOICES) expect(voice.scenes.length, voice.id).toBeGreaterThan(0);
  });

  test('a voice is found by its id', () => {
    expect(findVoice('linjiameimei')).toMatchObject({
      nameZh: '邻家妹妹',
      gender: 'female',
      scenes: ['video-dubbing', 'narration', 'assistant'],
    });
    for (const id of EXTRA_SYSTEM_VOICES) expect(findVoice(id)).toBeUndefined();
  });

  test('clones are told by their form', () => {
    expect(isClonedVoiceId('voice-tone-Qm3xT7bYpa')).toBe(true);
    expect(isClonedVoiceId('voice-tone-short')).toBe(false);
    expect(isClonedVoiceId('cixingnansheng')).toBe(false);
  });
});

test('labels go to the wire and back', () => {
  const tables = { emotion: EMOTIONS, style: STYLES, language: LANGUAGES } as const;
  for (const kind of ['emotion', 'style', 'language'] as const) {
    for (const name of Object.keys(tables[kind])) {
      expect(fromWireLabel(kind, toWireLabel(kind, name))).toBe(name);
    }
  }
  expect(Object.keys(EMOTIONS)).toHaveLength(11);
  expect(toWireLabel('emotion', '高兴')).toBe('高兴');
  expect(toWireLabel('emotion', 'constructor')).toBe('constructor');
  expect(fromWireLabel('style', 'nothing')).toBeUndefined();
});
