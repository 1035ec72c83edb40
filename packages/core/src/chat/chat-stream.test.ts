import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePcm16, readWav } from '../audio/index.ts';
import {
  ConnectionError,
  ModerationError,
  ProtocolError,
  ServiceError,
  StepAudioError,
} from '../errors.ts';
import { EventStreamReader } from '../net/event-stream.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import { ChatDecoder } from './chat-decoder.ts';
import type { ChatEvent } from './chat-events.ts';
import { collect, collectUntilFailure } from '../net/testing/collect.ts';
import {
  END,
  STOP,
  answerJson,
  base64,
  beginEvents,
  chunk,
  createChat,
} from './testing/chat-server.ts';

const messages = [{ role: 'user', content: '火车几点到？' }] as const;

// Written by hand from the service's documentation.
const FIRST =
  'data: {"id":"019c22d2","object":"chat.completion.chunk","created":0,"model":"stepaudio-2.5-chat","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":""}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}\n\n';
const usage = (completion: number) => ({
  usage: { prompt_tokens: 9, completion_tokens: completion, total_tokens: 9 + completion },
});
const REPLY = [
  FIRST,
  chunk({ content: '八点' }, usage(2)),
  chunk({ content: '到。' }, usage(4)),
  chunk({ content: '' }, usage(4), 'stop'),
  END,
];
const DONE = {
  type: 'done',
  finishReason: 'stop',
  usage: { inputTokens: 9, outputTokens: 4, totalTokens: 13, cachedInputTokens: undefined },
};
const TEXT = [
  { type: 'text', delta: '八点' },
  { type: 'text', delta: '到。' },
];

const serve = (...events: string[]) =>
  ScriptedServer.start((_, answer) => void beginEvents(answer, ...events).end());

async function eventsOf(...events: string[]): Promise<ChatEvent[]> {
  await using server = await serve(...events);
  return await collect(createChat(server).chat.stream({ messages }));
}

/** What the messages, and the end of the stream behind them, lead to. */
function endOf(messages: unknown[]): string | undefined {
  const events: ChatEvent[] = [];
  try {
    const decoder = new ChatDecoder(
      (event) => events.push(event),
      () => new ServiceError('failed', { code: 'failed' }),
    );
    for (const each of messages) decoder.push(JSON.stringify(each));
    decoder.push('[DONE]');
  } catch (failure) {
    return StepAudioError.isInstance(failure) ? 'typed error' : String(failure);
  }
  return events.at(-1)?.type;
}

/** As a stream of these bytes would be read. */
function decode(bytes: Uint8Array, cuts: number[]): ChatEvent[] {
  const events: ChatEvent[] = [];
  const decoder = new ChatDecoder(
    (event) => events.push(event),
    () => new ServiceError('failed', { code: 'failed' }),
  );
  const reader = new EventStreamReader((data) => {
    if (!decoder.isDone) decoder.push(data);
  });
  let at = 0;
  for (const cut of cuts.map((each) => each % (bytes.length + 1)).toSorted((a, b) => a - b)) {
    reader.feed(bytes.subarray(at, cut));
    at = cut;
  }
  reader.feed(bytes.subarray(at));
  reader.end();
  if (!decoder.isDone) decoder.end();
  return events;
}

test('a documented answer', async () => {
  await using server = await serve(...REPLY);
  const { chat, clock } = createChat(server);
  const stream = chat.stream({ messages });
  expect(await collect(stream)).toEqual([...TEXT, DONE]);
  expect(stream.requestId).toBe('t-1');
  expect(server.lastRequest.headers.accept).toBe('text/event-stream');
  expect(server.lastRequest.json).toMatchObject({ stream: true, modalities: ['text'] });
  expect(clock.pending).toBe(0);
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});

test('speech in pieces that end inside a sample, with what it says', async () => {
  const samples = Int16Array.from({ length: 40 }, (_, index) => index * 700 - 9000);
  const bytes = encodePcm16(samples);
  await using server = await serve(
    chunk({ audio: { transcript: '八点到。' } }),
    chunk({ audio: { data: base64(bytes.subarray(0, 33)) } }),
    chunk({ audio: { data: '', transcript: '' } }),
    chunk({ audio: { data: base64(bytes.subarray(33)) } }),
    STOP,
    END,
  );
  const options = { messages, audio: { voice: 'wenrounansheng' } };
  const { chat } = createChat(server);
  const events = await collect(chat.stream(options));
  expect(events).toEqual([
    { type: 'transcript', delta: '八点到。' },
    { type: 'audio', samples: samples.slice(0, 16), sampleRate: 24_000 },
    { type: 'audio', samples: samples.slice(16), sampleRate: 24_000 },
    { type: 'done', finishReason: 'stop', usage: undefined },
  ]);
  expect(server.lastRequest.json).toMatchObject({
    modalities: ['text', 'audio'],
    audio: { voice: 'wenrounansheng', format: 'pcm' },
  });
  const answer = await chat.stream(options).answer();
  expect(answer).toMatchObject({
    text: '八点到。',
    audio: { format: 'wav', transcript: '八点到。' },
  });
  expect(readWav(answer.audio!.bytes)).toMatchObject({ samples, sampleRate: 24_000 });
});

test('thoughts, speech codes and tool calls come apart from the text', async () => {
  const call = (fragment: object) => chunk({ tool_calls: [{ index: 0, ...fragment }] });
  const events = [
    chunk({ reasoning_content: 'Hm' }),
    chunk({ content: '好', reasoning: null }),
    chunk({ tts_content: { tts_text: '好', tts_audio: '<audio_1><aud' } }),
    chunk({ tts_content: {} }),
    chunk({ tts_content: { tts_audio: 'io_2>', tts_text: null } }),
    call({ id: 'c1', function: { name: 'find_train', arguments: '' } }),
    call({ function: { arguments: '{"to":' } }),
    call({ id: '', function: { arguments: '"北京"}' } }),
    chunk({}, {}, 'tool_calls'),
    END,
  ];
  const expected = {
    name: 'find_train',
    arguments: '{"to":"北京"}',
    parsed: { ok: true, value: { to: '北京' } },
  };
  expect(await eventsOf(...events)).toEqual([
    { type: 'reasoning', delta: 'Hm' },
    { type: 'text', delta: '好' },
    { type: 'speech-tokens', text: '好', codes: [1] },
    { type: 'speech-tokens', text: '', codes: [2] },
    { type: 'tool-call', id: 'c1', ...expected },
    { type: 'done', finishReason: 'tool_calls', usage: undefined },
  ]);
  await using server = await serve(...events);
  expect(await createChat(server).chat.stream({ messages }).answer()).toMatchObject({
    text: '好',
    reasoning: 'Hm',
    speechTokens: { text: '好', codes: [1, 2] },
    toolCalls: [{ id: 'c1', ...expected }],
    message: { content: '好', toolCalls: [{ id: 'c1', name: 'find_train' }] },
    requestId: 't-1',
  });
});

test('the bytes may be cut anywhere', () => {
  const bytes = new TextEncoder().encode(
    REPLY.join('').replace(END, '') +
      chunk({ tool_calls: [{ id: 'a', function: { name: 'f' } }] }) +
      END,
  );
  const whole = decode(bytes, []);
  expect(whole.map(({ type }) => type)).toEqual(['text', 'text', 'tool-call', 'done']);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => {
      expect(decode(bytes, cuts)).toEqual(whole);
    }),
  );
});

describe('the end', () => {
  test.each([
    ['without [DONE]', REPLY.slice(0, -1)],
    ['with CRLF', REPLY.map((event) => event.replaceAll('\n', '\r\n'))],
    ['without the space', REPLY.map((event) => event.replace('data: ', 'data:'))],
    ['without the last blank line', [...REPLY.slice(0, -1), END.trimEnd()]],
    ['with more behind it', [...REPLY, chunk({ content: '!' }), 'data: nonsense\n\n']],
    [
      'with the cost in a chunk of its own',
      [
        FIRST,
        chunk({ content: '八点' }),
        chunk({ content: '到。' }),
        STOP,
        `data: ${JSON.stringify({ choices: [], ...usage(4) })}\n\n`,
        END,
      ],
    ],
    [
      'with another answer beside it',
      [
        ...REPLY.slice(0, 3),
        `data: ${JSON.stringify({ choices: [{ index: 1, delta: { content: 'no' }, finish_reason: 'length' }] })}\n\n`,
        ...REPLY.slice(3),
      ],
    ],
  ])('%s', async (_, events) => {
    expect(await eventsOf(...events)).toEqual([...TEXT, DONE]);
  });

  test('calls that are whole need no reason and no marker', async () => {
    const call = chunk({
      tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }],
    });
    expect(await eventsOf(FIRST, call)).toMatchObject([
      { type: 'tool-call' },
      { finishReason: undefined },
    ]);
  });

  test.each([
    ['a proper end of the body', REPLY.slice(0, 3)],
    ['an event in its middle', [...REPLY.slice(0, 3), 'data: {"choices":[{"del']],
    [
      'a call in its middle',
      [
        ...REPLY.slice(0, 3),
        chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"a' } }] }),
      ],
    ],
  ])('a stream that is cut by %s loses nothing that came', async (_, events) => {
    await using server = await serve(...events);
    const { events: came, failure } = await collectUntilFailure(
      createChat(server).chat.stream({ messages }),
    );
    expect(came).toEqual(TEXT);
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({ code: 'stream_cut', requestId: 't-1' });
  });

  test('a connection that breaks', async () => {
    await using server = await ScriptedServer.start((_, answer) => {
      beginEvents(answer, ...REPLY.slice(0, 2));
      answer.write(REPLY[2], () => answer.destroy());
    });
    const { events, failure } = await collectUntilFailure(
      createChat(server).chat.stream({ messages }),
    );
    expect(events).toEqual(TEXT);
    expect(failure).toMatchObject({ name: 'ConnectionError', code: 'connection_cut' });
  });
});

describe('failures', () => {
  const error = (body: unknown) => `data: ${JSON.stringify(body)}\n\n`;
  test.each([
    [error({ error: { message: 'engine overloaded', code: '503' } }), ServiceError],
    [error({ error: 'no more' }), ServiceError],
    [error({ error: { message: 'blocked', type: 'censorship_block' } }), ModerationError],
    ['data: nonsense\n\n', ProtocolError],
    ['data: null\n\n', ProtocolError],
    [chunk({ audio: { data: '*not base64*' } }), ProtocolError],
    [chunk({ content: { a: 1 } }), ProtocolError],
  ])('%s in the middle', async (event, type) => {
    await using server = await serve(...REPLY.slice(0, 3), event, ...REPLY.slice(3));
    const { events, failure } = await collectUntilFailure(
      createChat(server).chat.stream({ messages }),
    );
    expect(events).toEqual(TEXT);
    expect(failure).toBeInstanceOf(type);
    await server.untilAllClosed();
  });

  test.each([[[END]], [[error({ object: 'ping' }), END]]])(
    'nothing was answered: %j',
    async (events) => {
      await using server = await serve(...events);
      const { failure } = await collectUntilFailure(createChat(server).chat.stream({ messages }));
      expect(failure).toMatchObject({ code: 'no_answer' });
    },
  );

  test('a whole answer where a stream was asked for', async () => {
    await using server = await ScriptedServer.start((_, answer) =>
      answerJson(answer, { choices: [] }),
    );
    const { failure } = await collectUntilFailure(createChat(server).chat.stream({ messages }));
    expect(failure).toMatchObject({ name: 'ProtocolError', code: 'unexpected_answer' });
  });

  test('what is unknown is passed on', async () => {
    expect(await eventsOf(FIRST, error({ object: 'ping' }), ...REPLY.slice(1))).toEqual([
      { type: 'unknown', raw: { object: 'ping' } },
      ...TEXT,
      DONE,
    ]);
  });

  test('chunks with missing, more and wrong fields are events or typed errors', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const delta = fc.record(
      {
        content: fc.oneof(fc.string(), value),
        reasoning: value,
        audio: fc.oneof(
          value,
          fc.record({ data: fc.oneof(fc.base64String(), value), transcript: value }),
        ),
        tool_calls: fc.oneof(
          value,
          fc.array(
            fc.record(
              {
                index: value,
                id: value,
                function: fc.oneof(value, fc.record({ name: value, arguments: value })),
              },
              { requiredKeys: [] },
            ),
            { maxLength: 3 },
          ),
        ),
        tts_content: fc.oneof(value, fc.record({ tts_text: value, tts_audio: value })),
      },
      { requiredKeys: [] },
    );
    const message = fc.record(
      {
        choices: fc.array(
          fc.record({ index: value, delta, finish_reason: value }, { requiredKeys: [] }),
          { maxLength: 2 },
        ),
        usage: value,
        error: fc.option(value),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(message, value), { maxLength: 4 }), (all) => {
        expect(endOf(all)).toMatch(/^(?:done|typed error)$/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a reader that leaves', () => {
  test('by the signal, while the service is silent', async () => {
    await using server = await ScriptedServer.start(
      (_, answer) => void beginEvents(answer, ...REPLY.slice(0, 2)),
    );
    const abort = new AbortController();
    const stream = createChat(server).chat.stream({ messages, signal: abort.signal });
    expect(await stream.next()).toEqual({ value: TEXT[0], done: false });
    const waiting = stream.next();
    abort.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await server.untilAllClosed();
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test('by the loop', async () => {
    await using server = await ScriptedServer.start(
      (_, answer) => void beginEvents(answer, ...REPLY.slice(0, 2)),
    );
    for await (const event of createChat(server).chat.stream({ messages })) {
      expect(event).toEqual(TEXT[0]);
      break;
    }
    await server.untilAllClosed();
  });

  test('before it has begun', async () => {
    await using server = await ScriptedServer.start();
    const { chat } = createChat(server);
    await using stream = chat.stream({ messages });
    expect(await stream.return()).toEqual({ value: undefined, done: true });
    await expect(chat.stream({ messages, signal: AbortSignal.abort('no') }).next()).rejects.toBe(
      'no',
    );
    expect(server.connections).toBe(0);
  });
});

test('a slow reader slows the service', async () => {
  const piece = chunk({ audio: { data: base64(new Uint8Array(48_000)) } });
  let written = 0;
  let isFull = false;
  await using server = await ScriptedServer.start((_, answer) => {
    beginEvents(answer);
    const write = (): void => {
      while (written < 400 && !answer.destroyed) {
        written += 1;
        if (answer.write(piece)) continue;
        isFull = true;
        answer.once('drain', write);
        return;
      }
      answer.end(STOP + END);
    };
    write();
  });
  const stream = createChat(server).chat.stream({ messages, audio: { voice: 'wenrounansheng' } });
  await stream.next();
  await server.until(() => isFull);
  await new Promise((resolve) => setImmediate(resolve));
  const before = written;
  expect(before).toBeLessThan(400);
  expect((await collect(stream)).filter(({ type }) => type === 'audio')).toHaveLength(399);
});
