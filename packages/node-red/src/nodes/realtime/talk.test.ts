import { Buffer } from 'node:buffer';
import { writeWav } from '@stepvoice/core/audio';
import { describe, expect, test } from 'vitest';
import type { FlowMessage } from '../../kit/node-red.ts';
import { frame, speechStarted, until, useScriptedTalk } from './testing/scripted-talk.ts';

const MINUTE = 60_000;
const talk = useScriptedTalk();

describe('whoever speaks into an answer', () => {
  test('silences it, and the model is told what was heard', async () => {
    talk.start();
    const conversation = await talk.connect({ action: 'start', sessionId: 'hall' });
    conversation.answer('r1', 2000);
    await until(() => expect(talk.sent(0)).toHaveLength(1));
    const stream = talk.sent(0)[0]?.parts?.id;
    talk.clock.advance(700);
    conversation.send(speechStarted);
    await until(() => expect(talk.sent(0)).toHaveLength(3));
    // Whoever gathers the stream is told of its end, and whoever plays it falls silent.
    expect(talk.sent(0)[1]).toMatchObject({ complete: true, stepvoice: { isCut: true } });
    expect(talk.sent(0)[2]).toEqual({ action: 'cancel', sessionId: 'hall' });
    expect(talk.events('interrupted')).toEqual([{ responseId: 'r1', by: 'speech' }]);
    const payload = { stream, heardMs: 640, whole: false };
    await talk.done({ event: 'played', payload, sessionId: 'hall' });
    expect(conversation.asked).toEqual(['truncate item-r1 640']);
    expect(talk.events('heard')).toEqual([{ responseId: 'r1', heardMs: 640, isReported: true }]);
    talk.clock.advance(5000);
    expect(talk.events('heard')).toHaveLength(1);
  });

  test('is reckoned to have heard it in real time where nobody reports', async () => {
    talk.start();
    const conversation = await talk.connect();
    conversation.answer('r1', 2000);
    conversation.end('r1');
    await until(() => expect(talk.events('answer-done')).toHaveLength(1));
    talk.clock.advance(700);
    conversation.send(speechStarted);
    await until(() => expect(talk.events('interrupted')).toHaveLength(1));
    talk.clock.advance(1000);
    expect(conversation.asked).toEqual(['truncate item-r1 700']);
    expect(talk.events('heard')).toEqual([{ responseId: 'r1', heardMs: 700, isReported: false }]);
  });

  test('silences nothing once it was heard', async () => {
    talk.start();
    const conversation = await talk.connect();
    conversation.answer('r1', 400);
    conversation.end('r1');
    conversation.answer('r2', 400);
    conversation.end('r2');
    await until(() => expect(talk.events('answer-done')).toHaveLength(2));
    talk.clock.advance(700);
    await talk.done({
      event: 'played',
      payload: { stream: talk.sent(0)[2]?.parts?.id, heardMs: 400, whole: true },
    });
    talk.clock.advance(700);
    conversation.send(speechStarted);
    await until(() => expect(talk.events('speech-started')).toHaveLength(1));
    expect(talk.sent(0).filter(({ action }) => action === 'cancel')).toEqual([]);
  });

  test('is not listened to where answers may not be interrupted', async () => {
    talk.start({ canInterrupt: false });
    const conversation = await talk.connect();
    expect(conversation.options.interruptResponse).toBe(false);
    conversation.answer('r1', 2000);
    conversation.send(speechStarted);
    await until(() => expect(talk.events('speech-started')).toHaveLength(1));
    expect(talk.sent(0)).toHaveLength(1);
  });

  test('with a button stops it, and is answered in turn', async () => {
    talk.start({ turns: 'manual' });
    const conversation = await talk.connect();
    conversation.answer('r1', 2000);
    await until(() => expect(talk.sent(0)).toHaveLength(1));
    const parts = { id: 'turn', type: 'buffer' };
    await talk.done(frame({ parts: { ...parts, index: 0 } }));
    await talk.done(
      frame({ payload: Buffer.alloc(0), parts: { ...parts, index: 1, count: 2 }, complete: true }),
    );
    expect(conversation.asked).toEqual(['cancel', 'write', 'commit', 'respond']);
    expect(talk.sent(0).at(-1)).toMatchObject({ action: 'cancel' });
    // The release of the button says the same again.
    await talk.done({ event: 'talk-stop', payload: {} });
    expect(conversation.asked).toHaveLength(4);
  });
});

describe('a conversation in which nobody speaks', () => {
  test('sleeps, and remembers', async () => {
    talk.start({ idleMinutes: 1 });
    await talk.connect({ payload: 'my name is Ann' });
    talk.clock.advance(MINUTE);
    expect(talk.events('disconnected')).toEqual([{ reason: 'idle', code: undefined }]);
    expect(talk.node.statuses.at(-1)?.text).toBe('stepvoice-fake.status.asleep');
    // A room in which nobody speaks does not wake it up.
    for (let count = 0; count < 50; count += 1) await talk.done(frame());
    expect(talk.engine.attempts).toBe(1);
    await talk.done({ payload: 'who am I?' });
    expect(talk.engine.last.options.history).toEqual([{ role: 'user', text: 'my name is Ann' }]);
    await talk.done({ action: 'clear' });
    await talk.done({ payload: 'who am I?' });
    expect(talk.engine.last.options.history).toEqual([]);
  });

  test('is awake while an answer is heard or a tool works', async () => {
    talk.start({ idleMinutes: 1 });
    const conversation = await talk.connect();
    conversation.answer('r1', 90_000);
    conversation.end('r1');
    conversation.send({
      type: 'tool-call',
      callId: 'c1',
      name: 'f',
      arguments: '',
      responseId: 'r1',
      itemId: 'i',
    });
    await until(() => expect(talk.sent(2)).toHaveLength(1));
    talk.clock.advance(3 * MINUTE);
    expect(talk.events('disconnected')).toEqual([]);
    await talk.done({ call_id: 'c1', payload: 'yes' });
    talk.clock.advance(MINUTE);
    expect(talk.events('disconnected')).toHaveLength(1);
  });
});

test('that was stopped goes on only when somebody begins anew', async () => {
  talk.start();
  await talk.connect({ payload: 'my name is Ann' });
  await talk.done({ action: 'stop' });
  expect(talk.events('disconnected')).toEqual([{ reason: 'stopped', code: undefined }]);
  const parts = { id: 'mic', type: 'buffer' };
  for (const index of [7, 8, 9]) await talk.done(frame({ parts: { ...parts, index } }));
  await talk.done(frame());
  expect(talk.engine.attempts).toBe(1);
  await talk.done(frame({ parts: { ...parts, id: 'next', index: 0 } }));
  expect(talk.engine.last.options.history).toEqual([{ role: 'user', text: 'my name is Ann' }]);
  // An event with sound is sound.
  await talk.done(frame({ event: 'frame' }));
  expect(talk.engine.last.asked).toEqual(['write', 'write']);
});

test('a clip wakes a conversation that sleeps, and its end is told', async () => {
  talk.start({ idleMinutes: 1 });
  await talk.connect();
  talk.clock.advance(MINUTE);
  const quiet = writeWav({ samples: new Int16Array(1600), sampleRate: 16_000 });
  const conversation = await talk.connect({ payload: Buffer.from(quiet) });
  expect(talk.engine.attempts).toBe(2);
  expect(conversation.asked).toEqual(['write', 'write']);
  // 100 ms of it, and the silence by which the service knows that nothing follows.
  expect(conversation.heardSamples).toBe(1600 + 700 * 24);
});

test('a button that is let go before there is a connection ends the turn', async () => {
  talk.start({ turns: 'manual' });
  const spoken = talk.done(frame());
  await talk.done({ event: 'talk-stop', payload: {} });
  expect(await spoken).toBeUndefined();
  expect(talk.engine.last.asked).toEqual(['write', 'commit', 'respond']);
});

describe('limits', () => {
  test('end a conversation for good', async () => {
    talk.start({ maxSessionMinutes: 2, idleMinutes: 30 });
    await talk.connect();
    talk.clock.advance(2 * MINUTE);
    expect(talk.events('limit')).toEqual([{ reason: 'session-limit' }]);
    await talk.done(frame());
    expect(talk.engine.attempts).toBe(1);
    await talk.connect();
    expect(talk.engine.attempts).toBe(2);
  });

  test('hold for all conversations of a day together', async () => {
    let day = 'Monday';
    talk.start({ maxDayMinutes: 3, idleMinutes: 30 }, () => day);
    await talk.connect({ action: 'start', sessionId: 'a' });
    talk.clock.advance(MINUTE);
    await talk.connect({ action: 'start', sessionId: 'b' });
    talk.clock.advance(MINUTE - 1);
    expect(talk.events('limit')).toEqual([]);
    talk.clock.advance(1);
    expect(talk.events('limit')).toHaveLength(2);
    expect(await talk.done({ payload: 'hello', sessionId: 'a' })).toMatchObject({
      code: 'limit_reached',
    });
    day = 'Tuesday';
    expect(await talk.done({ payload: 'hello', sessionId: 'a' })).toBeUndefined();
  });

  test('hold for conversations at once', async () => {
    talk.start({ maxSessions: 2 });
    const all = ['a', 'b', 'c'].map((sessionId) => talk.done({ payload: 'hello', sessionId }));
    expect(await Promise.all(all)).toMatchObject([
      undefined,
      undefined,
      { code: 'too_many_sessions' },
    ]);
    await talk.done({ action: 'stop', sessionId: 'a' });
    expect(await talk.done({ payload: 'hello', sessionId: 'c' })).toBeUndefined();
  });
});

describe('tools', () => {
  const call = (callId: string, args: string) =>
    ({
      type: 'tool-call',
      callId,
      name: 'f',
      arguments: args,
      responseId: 'r',
      itemId: 'i',
    }) as const;

  test('are answered from whatever session the answer comes', async () => {
    talk.start();
    const conversation = await talk.connect({ action: 'start', sessionId: 'hall' });
    conversation.send(call('c1', '{"a":1}'), call('c2', ''), call('c3', '{"a":'));
    await until(() => expect(talk.sent(2)).toHaveLength(2));
    expect(talk.sent(2)).toMatchObject([
      { call_id: 'c1', name: 'f', payload: { a: 1 }, sessionId: 'hall' },
      { call_id: 'c2', name: 'f', payload: {} },
    ]);
    // What nobody can read never reaches the flow.
    expect(conversation.asked).toEqual(['answer c3 {"error":"The arguments are no JSON."}']);
    expect(await talk.done({ call_id: 'c2', payload: { b: 2 } })).toBeUndefined();
    expect(await talk.done({ call_id: 'c1' })).toBeUndefined();
    expect(conversation.asked.slice(1)).toEqual(['answer c2 {"b":2}', 'answer c1 null']);
    expect(await talk.done({ call_id: 'c1', payload: 1 })).toMatchObject({ code: 'unknown_call' });
    expect(await talk.done({ call_id: 7, payload: 1 })).toMatchObject({ code: 'invalid_input' });
    expect(await talk.done({ call_id: 'c1', payload: Buffer.alloc(4) })).toMatchObject({
      code: 'invalid_input',
    });
  });

  test.each([
    [{ name: 'no spaces', description: '', parameters: '' }, 'tools[0].name'],
    [{ name: 'f', description: '', parameters: '{' }, 'tools[0].parameters'],
    [{ name: 'f', description: '', parameters: '[]' }, 'tools[0].parameters'],
    [{ name: 'f', description: 7, parameters: '' }, 'tools[0].description'],
  ])('that are none are refused: %j', async (tool, path) => {
    talk.start();
    const error = await talk.done({ action: 'start', tools: [tool] });
    expect(error).toMatchObject({ code: 'invalid_input', cause: { path } });
    expect(talk.engine.attempts).toBe(0);
  });

  test('may change while a conversation runs, and stay in the next connection', async () => {
    talk.start();
    const conversation = await talk.connect();
    const tools = [{ name: 'g', description: 'Does it.', parameters: { type: 'object' } }];
    await talk.done({ action: 'start', tools, instructions: 'Be brief.' });
    expect(conversation.asked).toEqual(['update']);
    await talk.done({ action: 'reconnect' });
    expect(talk.engine.last.options).toMatchObject({
      instructions: 'Be brief.',
      tools: [{ name: 'g' }],
    });
    expect(talk.engine.conversations).toHaveLength(2);
  });
});

test('commands that nobody knows are errors', async () => {
  talk.start();
  expect(await talk.done({ action: 'dance' })).toMatchObject({ code: 'unknown_action' });
  expect(await talk.done({ action: 7 })).toMatchObject({ code: 'invalid_input' });
  expect(await talk.done({ action: 'reconnect' })).toMatchObject({ code: 'not_connected' });
  expect(await talk.done({ payload: 'hello', role: 'nobody' })).toMatchObject({
    code: 'invalid_input',
  });
});

test('a text that comes in pieces is said once', async () => {
  talk.start();
  const piece = (payload: string, index: number, more: FlowMessage = {}): FlowMessage => ({
    payload,
    parts: { id: 't', index },
    stepvoice: { stream: 'text' },
    ...more,
  });
  await talk.done(piece('Hello ', 0));
  await talk.done(piece('there.', 1));
  await talk.done(piece('', 2, { complete: true }));
  expect(talk.engine.last.asked).toEqual(['say Hello there.']);
});

test('a text that is too long is refused, with all its pieces', async () => {
  talk.start();
  await talk.connect();
  const refused = { code: 'invalid_input', message: expect.stringContaining('100000') };
  expect(await talk.done({ payload: 'x'.repeat(100_001) })).toMatchObject(refused);
  const stepvoice = { stream: 'text' } as const;
  const piece = (index: number): FlowMessage => ({
    payload: '好🎉'.repeat(20_000),
    parts: { id: 't', index },
    stepvoice,
    complete: index === 3,
  });
  expect(await talk.done(piece(0))).toBeUndefined();
  expect(await talk.done(piece(1))).toMatchObject(refused);
  expect(await talk.done(piece(2))).toBeUndefined();
  expect(await talk.done(piece(3))).toBeUndefined();
  expect(talk.engine.last.asked).toEqual([]);
  const most = '好'.repeat(100_000);
  expect(await talk.done({ payload: most })).toBeUndefined();
  expect(talk.engine.last.asked).toEqual([`say ${most}`]);
});
