import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { readErrorBody } from './error-body.ts';
import { readSpeechEvent } from './speech-events.ts';
import { readSpeechClientEvent, readSpeechSocketEvent } from './speech-socket.ts';

describe('server-sent events of a speech', () => {
  test('the literal events of the documentation', () => {
    expect(readSpeechEvent({ type: 'speech.audio.delta', audio: 'UklGRiQA' })).toEqual({
      type: 'speech.audio.delta',
      audio: 'UklGRiQA',
    });
    expect(readSpeechEvent({ type: 'speech.audio.done', audio: '' }).type).toBe(
      'speech.audio.done',
    );
    const subtitle = readSpeechEvent({
      type: 'response.subtitle',
      event_id: '019c22d0f1a27b3c9d4e5f60718293a4',
      data: {
        text: '早上好。',
        request_id: '9b1e4c77.019c22d0',
        items: [{ text: '早', start_time: 0, end_time: 160 }],
        timestamp: 1_790_000_000_321,
      },
    });
    expect(subtitle).toMatchObject({ data: { items: [{ end_time: 160 }] } });
  });

  test('unknown fields pass, unknown events are handed on as they came', () => {
    expect(readSpeechEvent({ type: 'speech.audio.delta', audio: '', more: 1 })).toMatchObject({
      more: 1,
    });
    const raw = { type: 'speech.audio.mood', mood: 'calm' };
    expect(readSpeechEvent(raw)).toEqual({ type: 'unknown', raw });
    expect(readSpeechEvent({ no: 'type' })).toEqual({ type: 'unknown', raw: { no: 'type' } });
    expect(readSpeechEvent({ type: 'constructor' }).type).toBe('unknown');
  });

  test.each([[null], ['text'], [7]])('%j is no message', (raw) => {
    expect(() => readSpeechEvent(raw)).toThrow(ProtocolError);
  });

  test('a field it cannot do without is named, its content is not', () => {
    const bad = () => readSpeechEvent({ type: 'speech.audio.delta', audio: { secret: 'geheim' } });
    expect(bad).toThrow(/audio should be string/);
    expect(bad).not.toThrow(/geheim/);
  });
});

describe('frames of the speech socket', () => {
  test.each([
    ['June', { session_id: 's', text: '早。', started_at: '1790000001200' }],
    [
      'September',
      { session_id: 's', text: '早。', request_id: 's-tts.1', timestamp: 1_790_000_001 },
    ],
    ['the mobile client', { text: '早。', sentence_id: 3, started_at: 17 }],
    ['less than anyone', {}],
  ])('a sentence event of %s', (_, data) => {
    const event = readSpeechSocketEvent({ type: 'tts.response.sentence.start', data });
    expect(event).toMatchObject({ type: 'tts.response.sentence.start' });
  });

  test.each([['tts.response.audio.done'], ['response.audio.done'], ['tts.response.done']])(
    '%s ends the audio',
    (type) => {
      expect(readSpeechSocketEvent({ type, data: { audio: '' } }).type).toBe(type);
      expect(readSpeechSocketEvent({ type }).type).toBe(type);
    },
  );

  test('an audio delta may be empty, null or without a duration', () => {
    for (const audio of ['', null, undefined, 'AAA=']) {
      const event = { type: 'tts.response.audio.delta', data: { session_id: 's', audio } };
      expect(readSpeechSocketEvent(event).type).toBe('tts.response.audio.delta');
    }
  });

  test('an error code may be a number', () => {
    const data = { session_id: 's', code: 503, message: 'engine overloaded' };
    expect(readSpeechSocketEvent({ type: 'tts.response.error', data })).toMatchObject({ data });
  });

  test('what a client sends is read by the same rules', () => {
    const data = { session_id: 's', text: '火车在八点到站。' };
    expect(readSpeechClientEvent({ type: 'tts.text.delta', data })).toMatchObject({ data });
    expect(() => readSpeechClientEvent({ type: 'tts.text.delta', data: {} })).toThrow(/session_id/);
    expect(readSpeechClientEvent({ type: 'tts.cancel' }).type).toBe('unknown');
  });
});

describe('bodies of errors', () => {
  test.each([
    [
      { error: { message: 'Incorrect API key provided', type: 'invalid_api_key' } },
      { message: 'Incorrect API key provided', type: 'invalid_api_key', code: undefined },
    ],
    [{ error: 'overloaded' }, { message: 'overloaded', type: undefined, code: undefined }],
    [{ message: 'no such path' }, { message: 'no such path', type: undefined, code: undefined }],
    [
      { type: 'tts.response.error', data: { code: 503, message: 'engine overloaded' } },
      { message: 'engine overloaded', type: undefined, code: '503' },
    ],
    [
      { error: { code: 'x', details: { error: 'why' } } },
      { message: 'why', type: undefined, code: 'x' },
    ],
  ])('%j', (raw, expected) => {
    expect(readErrorBody(raw)).toEqual(expected);
  });

  test.each([[undefined], ['<html>'], [{}], [[]], [{ error: {} }], [{ data: [] }]])(
    '%j says nothing',
    (raw) => {
      expect(readErrorBody(raw)).toBeUndefined();
    },
  );
});
