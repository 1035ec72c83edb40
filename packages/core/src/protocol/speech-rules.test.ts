import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  characterCount,
  findSpeechRequestIssues,
  findSpeechSessionIssues,
  findTextIssue,
} from './speech-rules.ts';
import type { WireSpeechRequest } from './speech-request.ts';

const plain: WireSpeechRequest = {
  model: 'stepaudio-2.5-tts',
  input: '火车在八点到站。',
  voice: 'cixingnansheng',
};
const labelled: WireSpeechRequest = { ...plain, model: 'step-tts-2' };

function only(request: WireSpeechRequest) {
  const issues = findSpeechRequestIssues(request);
  expect(issues).toHaveLength(1);
  return issues[0]!;
}

describe('a request that the service takes', () => {
  test.each<[string, Partial<WireSpeechRequest>]>([
    ['the least', {}],
    ['every plain option', { response_format: 'opus', sample_rate: 48_000, speed: 0.5, volume: 2 }],
    ['exactly 1000 characters', { input: '字'.repeat(1000) }],
    ['1000 emoji', { input: '🎈'.repeat(1000) }],
    ['200 characters of instruction on 2.5', { instruction: 'x'.repeat(200) }],
    ['500 characters on 3', { model: 'stepaudio-3-tts', instruction: 'x'.repeat(500) }],
    ['an emotion on tts-2', { model: 'step-tts-2', voice_label: { emotion: '高兴' } }],
    ['a style on mini', { model: 'step-tts-mini', voice_label: { style: '慢速' } }],
    ['an empty label on 2.5', { voice_label: { emotion: '' } }],
    ['times over SSE', { stream_format: 'sse', timestamp: true }],
    ['times with a url', { return_url: true, timestamp: true }],
    ['tone marks', { pronunciation_map: { tone: ['重庆/chong2庆', 'WAV/wave file'] } }],
    [
      'a newer model',
      { model: 'stepaudio-4-tts', instruction: 'calm', voice_label: { style: '甜美' } },
    ],
  ])('%s', (_, options) => {
    expect(findSpeechRequestIssues({ ...plain, ...options })).toEqual([]);
  });
});

describe('a request that it would refuse', () => {
  test.each<[string, WireSpeechRequest, { path: string; allowed: RegExp; instead?: RegExp }]>([
    ['empty text', { ...plain, input: '' }, { path: 'input', allowed: /not blank/ }],
    ['blank text', { ...plain, input: ' \n\t　' }, { path: 'input', allowed: /not blank/ }],
    [
      '1001 characters',
      { ...plain, input: '字'.repeat(1001) },
      { path: 'input', allowed: /1 to 1000/, instead: /several requests/ },
    ],
    ['a NUL', { ...plain, input: 'a\0b' }, { path: 'input', allowed: /U\+0000/ }],
    [
      'half a surrogate pair',
      { ...plain, input: 'ab\ud83c' },
      { path: 'input', allowed: /Unicode/, instead: /toWellFormed/ },
    ],
    ['no voice', { ...plain, voice: ' ' }, { path: 'voice', allowed: /official or a cloned/ }],
    [
      'an ASR model',
      { ...plain, model: 'stepaudio-2.5-asr' },
      { path: 'model', allowed: /stepaudio-3-tts/ },
    ],
    ['no model', { ...plain, model: '' }, { path: 'model', allowed: /step-tts-mini/ }],
    [
      'another format',
      { ...plain, response_format: 'aac' },
      { path: 'response_format', allowed: /mp3, wav, flac, opus, pcm/ },
    ],
    [
      'a socket format',
      { ...plain, response_format: 'mp3_stream' },
      { path: 'response_format', allowed: /mp3/ },
    ],
    [
      '44.1 kHz',
      { ...plain, sample_rate: 44_100 },
      { path: 'sample_rate', allowed: /8000, 16000, 22050, 24000, 48000/, instead: /48000 Hz/ },
    ],
    ['speed 3', { ...plain, speed: 3 }, { path: 'speed', allowed: /0.5 to 2/ }],
    ['speed NaN', { ...plain, speed: Number.NaN }, { path: 'speed', allowed: /0.5 to 2/ }],
    ['volume 0', { ...plain, volume: 0 }, { path: 'volume', allowed: /0.1 to 2/ }],
    [
      'a label on 2.5',
      { ...plain, voice_label: { emotion: '高兴' } },
      { path: 'voice_label', allowed: /no label on stepaudio-2.5-tts/, instead: /instruction/ },
    ],
    [
      'two labels',
      { ...labelled, voice_label: { emotion: '高兴', style: '温柔' } },
      { path: 'voice_label', allowed: /one of language, emotion and style/ },
    ],
    [
      'an unknown emotion',
      { ...labelled, voice_label: { emotion: '无聊' } },
      { path: 'voice_label.emotion', allowed: /高兴/ },
    ],
    [
      'a style that mini lacks',
      { ...labelled, model: 'step-tts-mini', voice_label: { style: '温柔' } },
      { path: 'voice_label.style', allowed: /磕巴|沮丧/ },
    ],
    [
      'an instruction on tts-2',
      { ...labelled, instruction: 'calm' },
      { path: 'instruction', allowed: /no instruction on step-tts-2/, instead: /voice_label/ },
    ],
    [
      '201 characters of instruction',
      { ...plain, instruction: 'x'.repeat(201) },
      { path: 'instruction', allowed: /1 to 200/ },
    ],
    [
      '501 on 3',
      { ...plain, model: 'stepaudio-3-tts', instruction: 'x'.repeat(501) },
      { path: 'instruction', allowed: /1 to 500/ },
    ],
    [
      'a blank instruction',
      { ...plain, instruction: '  ' },
      { path: 'instruction', allowed: /not blank/ },
    ],
    [
      'a pronunciation without a slash',
      { ...plain, pronunciation_map: { tone: ['重庆/chong2庆', '重庆'] } },
      { path: 'pronunciation_map.tone[1]', allowed: /written\/spoken/ },
    ],
    [
      'pronunciations on vivid',
      { ...plain, model: 'step-tts-vivid', pronunciation_map: { tone: ['a/b'] } },
      { path: 'pronunciation_map', allowed: /none on step-tts-vivid/ },
    ],
    [
      'another normalisation',
      { ...plain, text_normalization: 'full' },
      { path: 'text_normalization', allowed: /standard, enhanced/ },
    ],
    [
      'times on a plain answer',
      { ...plain, timestamp: true },
      { path: 'timestamp', allowed: /return_url true or stream_format "sse"/ },
    ],
    [
      'a url from a stream',
      { ...plain, stream_format: 'sse', return_url: true },
      { path: 'return_url', allowed: /false/ },
    ],
    [
      'another stream format',
      { ...plain, stream_format: 'chunks' },
      { path: 'stream_format', allowed: /"audio" or "sse"/ },
    ],
  ])('%s', (_, request, expected) => {
    const issue = only(request);
    expect(issue.path).toBe(expected.path);
    expect(issue.allowed).toMatch(expected.allowed);
    expect(issue.instead ?? '').toMatch(expected.instead ?? /^/);
  });

  test('everything that is wrong is named at once', () => {
    const issues = findSpeechRequestIssues({ ...plain, input: '', speed: 9, sample_rate: 1 });
    expect(issues.map((issue) => issue.path)).toEqual(['input', 'sample_rate', 'speed']);
  });
});

describe('the socket', () => {
  const session = { session_id: 's', voice_id: 'cixingnansheng' };

  test('takes the streaming formats too', () => {
    for (const response_format of ['pcm', 'mp3_stream', 'opus_stream', 'flac_stream']) {
      const issues = findSpeechSessionIssues('stepaudio-2.5-tts', { ...session, response_format });
      expect(issues).toEqual([]);
    }
  });

  test.each([
    [{ voice_id: '' }, 'voice_id'],
    [{ speed_ratio: 2.5 }, 'speed_ratio'],
    [{ volume_ratio: 0.05 }, 'volume_ratio'],
    [{ mode: 'paragraph' }, 'mode'],
    [{ response_format: 'wav_stream' }, 'response_format'],
    [{ voice_label: { language: '粤语' } }, 'voice_label'],
  ])('names its own fields: %j', (options, path) => {
    const issues = findSpeechSessionIssues('stepaudio-2.5-tts', { ...session, ...options });
    expect(issues.map((issue) => issue.path)).toEqual([path]);
  });

  test('a model that is served elsewhere only', () => {
    const issues = findSpeechSessionIssues('stepaudio-2.5-asr-stream', session);
    expect(issues.map((issue) => issue.path)).toEqual(['model']);
  });
});

test('an issue holds nothing of the text, only where it is wrong', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (rest) => {
      const secret = `geheim${rest}\ud800`;
      const issue = findTextIssue('input', secret, 1000);
      expect(JSON.stringify(issue)).not.toContain('geheim');
      const { offset } = issue!.value as { offset: number };
      expect(secret.slice(offset, offset + 1)).toMatch(/[\ud800-\udfff\0]/);
    }),
  );
});

test('characters are code points', () => {
  expect(characterCount('a字🎈')).toBe(3);
});
