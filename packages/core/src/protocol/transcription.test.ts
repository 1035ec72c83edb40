import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { readTranscriptionStreamEvent } from './transcription-events.ts';
import {
  findFileTranscriptionIssues,
  findTranscriptionRequestIssues,
  findTranscriptionSessionIssues,
} from './transcription-rules.ts';
import {
  readTranscriptionClientEvent,
  readTranscriptionSocketEvent,
} from './transcription-socket.ts';

const paths = (issues: { path: string }[]) => issues.map(({ path }) => path);

describe('messages', () => {
  test('what nothing depends on may be missing, null or nonsense', () => {
    const type = 'transcript.text.done';
    expect(readTranscriptionStreamEvent({ type, text: 'x', usage: 'much', meta: null })).toEqual({
      type,
      text: 'x',
      usage: undefined,
      meta: undefined,
    });
    expect(readTranscriptionStreamEvent({ type, usage: { total_tokens: '7' } })).toMatchObject({
      usage: { total_tokens: 7 },
    });
    expect(
      readTranscriptionStreamEvent({
        type: 'transcript.text.delta',
        delta: 'x',
        start_time: '480',
        end_time: 'soon',
      }),
    ).toMatchObject({ start_time: 480, end_time: undefined });
  });

  test('a text that is none is an error, an unknown event is passed on', () => {
    const T = 'conversation.item.input_audio_transcription';
    expect(() => readTranscriptionSocketEvent({ type: `${T}.delta`, text: 5 })).toThrow(
      ProtocolError,
    );
    expect(() => readTranscriptionSocketEvent({ type: `${T}.completed`, transcript: [] })).toThrow(
      /transcript/,
    );
    expect(readTranscriptionSocketEvent({ type: 'mood' })).toEqual({
      type: 'unknown',
      raw: { type: 'mood' },
    });
  });

  test('what clients send is read with and without event_id', () => {
    const append = { type: 'input_audio_buffer.append', audio: 'AAA=' };
    expect(readTranscriptionClientEvent(append)).toEqual(append);
    const update = {
      event_id: 'evt_1',
      type: 'session.update',
      session: { audio: { input: { turn_detection: null, format: { type: 'pcm' }, extra: 1 } } },
    };
    expect(readTranscriptionClientEvent(update)).toEqual(update);
    expect(() => readTranscriptionClientEvent({ type: 'input_audio_buffer.append' })).toThrow(
      /audio/,
    );
    expect(readTranscriptionClientEvent({ type: 'session.finish' })).toMatchObject({
      type: 'unknown',
    });
  });
});

describe('rules', () => {
  const request = (transcription: object, format: object = { type: 'wav' }, data = 'AA==') => ({
    audio: {
      data,
      input: {
        transcription: { model: 'stepaudio-2.5-asr', ...transcription },
        format: format as { type: string },
      },
    },
  });
  const T = 'audio.input.transcription';

  test.each<[ReturnType<typeof request>, string[]]>([
    [request({}), []],
    [request({ model: 'stepaudio-4-asr', language: 'zh-CN', prompt: '', hotwords: [] }), []],
    [request({ model: 'step-asr-1.1-stream' }), []],
    [request({ model: 'stepaudio-2.5-tts' }), [`${T}.model`]],
    [request({ model: 'stepaudio-2.5-asr-stream' }), [`${T}.model`]],
    [request({ language: 'Mandarin Chinese' }), [`${T}.language`]],
    [request({ hotwords: ['a', ''] }), [`${T}.hotwords[1]`]],
    [request({}, { type: 'pcm', rate: 16_000, bits: 16, channel: 2 }), []],
    [request({}, { type: 'pcm' }), ['audio.input.format.rate']],
    [
      request({}, { type: 'flac', rate: 0.5, bits: 8, channel: 6 }),
      ['type', 'rate', 'bits', 'channel'].map((key) => `audio.input.format.${key}`),
    ],
    [request({}, { type: 'wav' }, ''), ['audio.data']],
  ])('a request %#', (body, expected) => {
    expect(paths(findTranscriptionRequestIssues(body))).toEqual(expected);
  });

  test('a session', () => {
    const session = (input: Record<string, unknown>) =>
      findTranscriptionSessionIssues({ audio: { input } });
    expect(session({})).toEqual([]);
    expect(session({ format: null, transcription: null, turn_detection: null })).toEqual([]);
    expect(
      paths(
        session({
          format: { type: 'wav' },
          transcription: { model: 'stepaudio-2.5-asr' },
          turn_detection: { type: 'semantic', silence_duration_ms: -1, threshold: Number.NaN },
        }),
      ),
    ).toEqual([
      'audio.input.transcription.model',
      'audio.input.format.type',
      'audio.input.turn_detection.type',
      'audio.input.turn_detection.silence_duration_ms',
      'audio.input.turn_detection.threshold',
    ]);
  });

  test('a file', () => {
    const url = 'https://files.example/a.wav';
    expect(
      findFileTranscriptionIssues({
        audio: { format: 'wav', url, codec: 'pcm', channel: 2 },
        request: { model_name: 'step-asr-1.1', enable_channel_split: true },
      }),
    ).toEqual([]);
    expect(
      paths(
        findFileTranscriptionIssues({
          audio: { format: 'pcm', url: 'ftp://x', codec: 'flac' },
          request: {
            model_name: 'step-asr',
            enable_channel_split: true,
            enable_speaker_info: true,
          },
        }),
      ),
    ).toEqual([
      'request.model_name',
      'audio.rate',
      'audio.url',
      'audio.codec',
      'request.enable_channel_split',
      'request.enable_speaker_info',
    ]);
  });
});
