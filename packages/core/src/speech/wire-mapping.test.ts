import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import type {
  SpeechConnectOptions,
  SpeechCreateOptions,
  SpeechStreamOptions,
} from './speech-options.ts';
import { toSubtitle, toWireRequest, toWireSession } from './wire-mapping.ts';

const base = { text: '你好。', voice: 'cixingnansheng' };

describe('a request', () => {
  test('with the defaults of its purpose', () => {
    expect(toWireRequest(base, 'create')).toEqual({
      model: 'stepaudio-2.5-tts',
      input: '你好。',
      voice: 'cixingnansheng',
      response_format: 'mp3',
      sample_rate: 24_000,
    });
    expect(toWireRequest(base, 'stream')).toMatchObject({
      response_format: 'pcm',
      stream_format: 'sse',
    });
    expect(toWireRequest({ ...base, timestamps: true }, 'create-over-stream')).toMatchObject({
      response_format: 'mp3',
      stream_format: 'sse',
      timestamp: true,
    });
  });

  test('with every option, in the words of the wire', () => {
    const options: SpeechCreateOptions = {
      ...base,
      model: 'step-tts-2',
      format: 'opus',
      sampleRate: 48_000,
      speed: 1.5,
      volume: 0.5,
      label: { emotion: 'very-happy' },
      pronunciations: ['重庆/chong2庆'],
      normalization: 'enhanced',
      markdownFilter: true,
      timestamps: true,
      returnUrl: true,
      maxBytes: 10,
      signal: new AbortController().signal,
      onLateAnswer: () => undefined,
    };
    expect(toWireRequest(options, 'create')).toEqual({
      model: 'step-tts-2',
      input: '你好。',
      voice: 'cixingnansheng',
      response_format: 'opus',
      sample_rate: 48_000,
      speed: 1.5,
      volume: 0.5,
      voice_label: { emotion: '非常高兴' },
      pronunciation_map: { tone: ['重庆/chong2庆'] },
      text_normalization: 'enhanced',
      markdown_filter: true,
      timestamp: true,
      return_url: true,
    });
  });

  test('to the socket, which has other names for some', () => {
    const options: SpeechConnectOptions = {
      voice: 'cixingnansheng',
      model: 'step-tts-mini',
      speed: 2,
      volume: 2,
      label: { language: 'cantonese' },
      mode: 'sentence',
      timestamps: true,
      format: 'mp3_stream',
      instruction: undefined,
    };
    expect(toWireSession(options)).toEqual({
      session_id: '',
      voice_id: 'cixingnansheng',
      response_format: 'mp3_stream',
      sample_rate: 24_000,
      speed_ratio: 2,
      volume_ratio: 2,
      voice_label: { language: '粤语' },
      mode: 'sentence',
      timestamp: true,
    });
    expect(toWireSession({ voice: 'v' })).toMatchObject({ response_format: 'pcm' });
  });
});

describe('refused', () => {
  const tts2 = { ...base, model: 'step-tts-2' };

  test.each<[object, string, RegExp]>([
    [{ ...base, text: '' }, 'text', /not blank/],
    [{ ...base, text: ' \n' }, 'text', /not blank/],
    [{ ...base, text: '字'.repeat(1001) }, 'text', /text of 1001 characters.*1 to 1000 characters/],
    [{ ...base, text: 'geheim\ud800' }, 'text', /text of 7 characters, at offset 6,/],
    [{ ...base, text: undefined }, 'text', /a string/],
    [{ ...base, voice: '' }, 'voice', /official or a cloned/],
    [{ ...base, voice: undefined }, 'voice', /official or a cloned/],
    [{ ...base, speed: 3 }, 'speed', /speed 3 .*0\.5 to 2/],
    [{ ...base, volume: 0 }, 'volume', /0\.1 to 2/],
    [{ ...base, format: 'aac' }, 'format', /format "aac" .*mp3, wav, flac, opus, pcm/],
    [{ ...base, sampleRate: 44_100 }, 'sampleRate', /48000 Hz/],
    [{ ...base, normalization: 'full' }, 'normalization', /standard, enhanced/],
    [{ ...base, instruction: 'x'.repeat(201) }, 'instruction', /1 to 200/],
    [{ ...tts2, instruction: 'calm' }, 'instruction', /Use label\./],
    [{ ...base, label: { emotion: 'happy' } }, 'label', /Use instruction/],
    [{ ...tts2, label: { emotion: 'bored' } }, 'label.emotion', /"bored".*happy, very-happy/],
    [
      { ...tts2, label: { emotion: 'happy', style: 'slow' } },
      'label',
      /one of language, emotion and style/,
    ],
    [{ ...tts2, label: { mood: 'happy' } }, 'label.mood', /emotion, style, language/],
    [{ ...tts2, label: 'happy' }, 'label', /an object/],
    [
      { ...base, pronunciations: ['a/b', 'c/d', 'nonsense'] },
      'pronunciations[2]',
      /written\/spoken/,
    ],
    [{ ...base, pronunciations: 'a/b' }, 'pronunciations', /a list/],
    [{ ...base, model: 'stepaudio-2.5-asr' }, 'model', /stepaudio-3-tts/],
    [{ ...base, maxBytes: 0 }, 'maxBytes', /above 0/],
    [{ ...base, response_format: 'wav' }, 'response_format', /Use format\./],
    [{ ...base, extra_body: {} }, 'extra_body', /the options voice, model/],
    [{ ...base, mode: 'sentence' }, 'mode', /the options/],
  ])('%j', (options, path, message) => {
    const map = () => toWireRequest(options as SpeechCreateOptions, 'create');
    expect(map).toThrow(ValidationError);
    expect(map).toThrow(
      expect.objectContaining({ path, code: 'invalid_argument', retryable: false }),
    );
    expect(map).toThrow(message);
    expect(map).not.toThrow(/geheim|voice_label|sample_rate|input/);
  });

  test('a label says what was given, what is possible, in the caller’s own words', () => {
    const map = () =>
      toWireRequest({ ...tts2, model: 'step-tts-mini', label: { style: 'sweet' } }, 'create');
    expect(map).toThrow(
      expect.objectContaining({
        path: 'label.style',
        value: 'sweet',
        allowed: expect.stringMatching(/^one of slow, very-slow/) as string,
      }),
    );
    expect(map).not.toThrow(/[\u4e00-\u9fff]/);
  });

  test('what a stream and a socket do not have', () => {
    expect(() =>
      toWireRequest({ ...base, returnUrl: true } as SpeechStreamOptions, 'stream'),
    ).toThrow(/returnUrl/);
    expect(() => toWireSession({ voice: 'v', text: 'x' } as SpeechConnectOptions)).toThrow(/text/);
    expect(() => toWireSession({ voice: 'v', speed: 0.1 })).toThrow(
      expect.objectContaining({ path: 'speed' }),
    );
    expect(() => toWireSession({ voice: 'v', mode: 'word' as 'default' })).toThrow(
      expect.objectContaining({ path: 'mode' }),
    );
  });

  test('everything else that is wrong is named too', () => {
    expect(() => toWireRequest({ ...base, text: '', speed: 9, volume: 9 }, 'create')).toThrow(
      /^text .*Also refused: speed, volume\.$/,
    );
  });
});

test('a subtitle keeps its times, or has no words', () => {
  expect(
    toSubtitle({
      text: '早上好。',
      request_id: 'r-0',
      items: [{ text: '早', start_time: 0, end_time: 160 }],
      timestamp: 1_790_000_000_321,
    }),
  ).toEqual({
    text: '早上好。',
    words: [{ text: '早', startMs: 0, endMs: 160 }],
    requestId: 'r-0',
  });
  expect(toSubtitle({ text: 'x', items: null })).toEqual({
    text: 'x',
    words: [],
    requestId: undefined,
  });
});
