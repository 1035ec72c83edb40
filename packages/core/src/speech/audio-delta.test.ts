import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSpeechEvent } from '../protocol/speech-events.ts';
import { readSpeechSocketEvent } from '../protocol/speech-socket.ts';
import { readAudioDelta } from './audio-delta.ts';

const READERS = {
  'speech.audio.delta': readSpeechEvent,
  'tts.response.audio.delta': readSpeechSocketEvent,
} as const;

describe.each(['speech.audio.delta', 'tts.response.audio.delta'] as const)('%s', (type) => {
  test('takes nothing that the schema would not, and reads the same', () => {
    const value = fc.oneof(
      fc.constantFrom(undefined, 'AAA=', '', 'finished', 0.5, null),
      fc.object(),
    );
    const fields = { audio: value, duration: value, status: value };
    const message = fc.record({
      type: fc.constantFrom(type, 'speech.audio.delta', 'tts.response.audio.delta', 'other'),
      ...fields,
      data: fc.oneof(fc.record(fields), value),
    });
    fc.assert(
      fc.property(message, (raw) => {
        const delta = readAudioDelta(raw, type);
        expect(delta?.audio).toBe(delta && audioBySchema(raw, type));
      }),
      { numRuns: 1000 },
    );
  });
});

function audioBySchema(raw: unknown, type: keyof typeof READERS): unknown {
  const message = READERS[type](raw) as {
    type: string;
    audio?: unknown;
    data?: { audio: unknown };
  };
  if (message.type !== type) throw new Error(`read as ${message.type}`);
  return type === 'speech.audio.delta' ? message.audio : message.data?.audio;
}

test('the usual shapes', () => {
  expect(
    readAudioDelta({ type: 'speech.audio.delta', audio: 'AAA=' }, 'speech.audio.delta'),
  ).toEqual({
    audio: 'AAA=',
    duration: undefined,
    isLast: false,
  });
  const data = { session_id: 's', audio: '', duration: 0.4, status: 'finished' };
  expect(
    readAudioDelta({ type: 'tts.response.audio.delta', data }, 'tts.response.audio.delta'),
  ).toEqual({ audio: '', duration: 0.4, isLast: true });
});

test.each([
  [null],
  ['text'],
  [[]],
  [{ type: 'tts.response.audio.delta' }],
  [{ type: 'tts.response.audio.delta', audio: 'AAA=' }],
  [{ type: 'tts.response.audio.done', data: { audio: 'AAA=' } }],
  [{ type: 'speech.audio.delta', data: { audio: 'AAA=' } }],
  [{ type: 'tts.response.audio.delta', data: null }],
  [{ type: 'tts.response.audio.delta', data: { audio: null } }],
  [{ type: 'tts.response.audio.delta', data: { audio: 'AAA=', duration: '0.4' } }],
])('%j is left to the schema', (raw) => {
  expect(readAudioDelta(raw, 'tts.response.audio.delta')).toBeUndefined();
});
