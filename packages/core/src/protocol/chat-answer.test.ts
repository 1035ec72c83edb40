import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepAudioError } from '../errors.ts';
import { readChatAnswer } from './chat-answer.ts';

const read = (raw: unknown) => {
  const message = readChatAnswer(raw);
  if (message.type !== 'chat') throw new Error('it is unknown');
  return message.answer;
};
const readDelta = (delta: unknown) => read({ choices: [{ delta }] }).choices?.[0]?.delta;

test('a documented answer', () => {
  const answer = read({
    id: '019c22d2aa1177e0b0c1d2e3f4a5b6c7',
    object: 'chat.completion',
    created: 1_790_000_010,
    model: 'step-audio-2',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        logprobs: null,
        message: { role: 'assistant', audio: { data: 'UklGRi4A', transcript: '好的。' } },
      },
    ],
    usage: { prompt_tokens: 40, completion_tokens: 12, total_tokens: 52 },
  });
  expect(answer).toMatchObject({
    choices: [{ finish_reason: 'stop', message: { audio: { transcript: '好的。' } } }],
    usage: { total_tokens: 52 },
  });
});

test.each([
  [{ content: null }, { content: null }],
  [{ content: 7 }, { content: '7' }],
  [{ content: [{ type: 'text', text: 'a' }, { type: 'image' }, { text: 'b' }] }, { content: 'ab' }],
  [
    { role: '', reasoning_content: 'hm' },
    { role: '', reasoning_content: 'hm' },
  ],
  [{ role: {}, content: 'a' }, { content: 'a' }],
  [{ audio: null, tool_calls: null, tts_content: null }, {}],
  [{ tts_content: {} }, { tts_content: {} }],
  [
    { tool_calls: [{ index: '1', function: { name: 'f', arguments: { a: 1 } } }] },
    { tool_calls: [{ index: 1, function: { name: 'f', arguments: '{"a":1}' } }] },
  ],
  [{ tool_calls: [{ function: null }] }, { tool_calls: [{ function: null }] }],
])('the delta %j is understood', (delta, understood) => {
  expect(readDelta(delta)).toMatchObject(understood);
});

test.each([
  [{ choices: [], usage: { prompt_tokens: '12' } }, { usage: { prompt_tokens: 12 } }],
  [{ choices: null, usage: 'much', object: 1 }, { object: '1' }],
  [
    { choices: [{ finish_reason: 5, index: 'zero' }], created: 'now' },
    { choices: [{ finish_reason: '5' }] },
  ],
])('the chunk %j is understood', (raw, understood) => {
  expect(read(raw)).toMatchObject(understood);
});

test.each([[{}], [{ object: 'ping' }], [{ error: { message: 'no' } }]])(
  '%j is passed on as unknown',
  (raw) => {
    expect(readChatAnswer(raw)).toEqual({ type: 'unknown', raw });
  },
);

test.each([
  [null],
  [[]],
  ['text'],
  [{ choices: 'none' }],
  [{ choices: [7] }],
  [{ choices: [{ delta: { content: { secret: 1 } } }] }],
  [{ choices: [{ delta: { audio: { data: 5 } } }] }],
  [{ choices: [{ delta: { tool_calls: {} } }] }],
])('%j is a typed error that tells nothing of it', (raw) => {
  expect(() => readChatAnswer(raw)).toThrow(StepAudioError);
  expect(() => readChatAnswer(raw)).not.toThrow(/secret/);
});

function outcomeOf(raw: unknown): string {
  try {
    return readChatAnswer(raw).type;
  } catch (error) {
    return StepAudioError.isInstance(error) ? 'typed error' : String(error);
  }
}

test('whatever comes is an answer, unknown, or a typed error', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.record(
      {
        index: fc.jsonValue({ maxDepth: 1 }),
        finish_reason: fc.jsonValue({ maxDepth: 1 }),
        delta: fc.record(
          {
            role: fc.jsonValue({ maxDepth: 1 }),
            content: fc.jsonValue({ maxDepth: 2 }),
            reasoning: fc.jsonValue({ maxDepth: 1 }),
            audio: fc.jsonValue({ maxDepth: 2 }),
            tool_calls: fc.jsonValue({ maxDepth: 3 }),
            tts_content: fc.jsonValue({ maxDepth: 2 }),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
  );
  const raw = fc.record({ choices: fc.array(value, { maxLength: 3 }), usage: value });
  fc.assert(
    fc.property(fc.oneof(raw, fc.jsonValue()), (message) => {
      expect(outcomeOf(message)).toMatch(/^(?:chat|unknown|typed error)$/);
    }),
  );
});
