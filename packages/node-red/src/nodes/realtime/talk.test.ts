import { Buffer } from 'node:buffer';
import { ConnectionError, ServiceError } from '@stepvoice/core/node';
import { createManualClock, type ManualClock } from '@stepvoice/emulator';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FlowMessage } from '../../kit/node-red.ts';
import { fakeNode, type FakeNode } from '../../kit/testing/fake-host.ts';
import { realtimeDefinition } from './definition.ts';
import { createRealtime } from './realtime-node.ts';
import { ScriptedEngine } from './testing/scripted-engine.ts';

const MINUTE = 60_000;
const frameAudio = { format: 'pcm', encoding: 's16le', sampleRate: 16_000, channels: 1 };

let engine: ScriptedEngine;
let clock: ManualClock;
let node: FakeNode;

beforeEach(() => {
  engine = new ScriptedEngine();
  clock = createManualClock();
});
afterEach(async () => {
  await node.close();
  expect(engine.conversations.every(({ isClosed }) => isClosed)).toBe(true);
  expect(clock.pending).toBe(0);
});

function start(config: Record<string, unknown> = {}, today = () => 'Monday'): void {
  node = fakeNode(
    realtimeDefinition.properties,
    (host) => createRealtime(host, { engine, today }),
    { config, outputs: 4, clock },
  );
}

const until = (check: () => void): Promise<void> =>
  vi.waitFor(check, { interval: 1, timeout: 2000 });

/** What left at an output. */
const sent = (output: number): FlowMessage[] =>
  node.sent.map((ports) => ports[output]).filter((message) => message != null) as FlowMessage[];
const events = (name: string): unknown[] =>
  sent(3)
    .filter(({ event }) => event === name)
    .map(({ payload }) => payload);

/** Resolves when a message is done. @returns its error */
async function done(message: unknown): Promise<unknown> {
  const { dones } = node.input(message);
  await until(() => expect(dones).toHaveLength(1));
  return dones[0];
}

const frame = (more: FlowMessage = {}): FlowMessage => ({
  payload: Buffer.alloc(640),
  audio: frameAudio,
  ...more,
});

async function connect(message: FlowMessage = { action: 'start' }) {
  expect(await done(message)).toBeUndefined();
  return engine.last;
}

const speechStarted = {
  type: 'speech-started',
  itemId: 'user-1',
  atMs: 0,
  interruptedResponseId: undefined,
} as const;

describe('whoever speaks into an answer', () => {
  test('silences it, and the model is told what was heard', async () => {
    start();
    const conversation = await connect({ action: 'start', sessionId: 'hall' });
    conversation.answer('r1', 2000);
    await until(() => expect(sent(0)).toHaveLength(1));
    const stream = sent(0)[0]?.parts?.id;
    clock.advance(700);
    conversation.send(speechStarted);
    await until(() => expect(sent(0)).toHaveLength(3));
    // Whoever gathers the stream is told of its end, and whoever plays it falls silent.
    expect(sent(0)[1]).toMatchObject({ complete: true, stepvoice: { isCut: true } });
    expect(sent(0)[2]).toEqual({ action: 'cancel', sessionId: 'hall' });
    expect(events('interrupted')).toEqual([{ responseId: 'r1', by: 'speech' }]);
    const payload = { stream, heardMs: 640, whole: false };
    await done({ event: 'played', payload, sessionId: 'hall' });
    expect(conversation.asked).toEqual(['truncate item-r1 640']);
    expect(events('heard')).toEqual([{ responseId: 'r1', heardMs: 640, isReported: true }]);
    clock.advance(5000);
    expect(events('heard')).toHaveLength(1);
  });

  test('is reckoned to have heard it in real time where nobody reports', async () => {
    start();
    const conversation = await connect();
    conversation.answer('r1', 2000);
    conversation.end('r1');
    await until(() => expect(events('answer-done')).toHaveLength(1));
    clock.advance(700);
    conversation.send(speechStarted);
    await until(() => expect(events('interrupted')).toHaveLength(1));
    clock.advance(1000);
    expect(conversation.asked).toEqual(['truncate item-r1 700']);
    expect(events('heard')).toEqual([{ responseId: 'r1', heardMs: 700, isReported: false }]);
  });

  test('silences nothing once it was heard', async () => {
    start();
    const conversation = await connect();
    conversation.answer('r1', 400);
    conversation.end('r1');
    conversation.answer('r2', 400);
    conversation.end('r2');
    await until(() => expect(events('answer-done')).toHaveLength(2));
    clock.advance(700);
    await done({
      event: 'played',
      payload: { stream: sent(0)[2]?.parts?.id, heardMs: 400, whole: true },
    });
    clock.advance(700);
    conversation.send(speechStarted);
    await until(() => expect(events('speech-started')).toHaveLength(1));
    expect(sent(0).filter(({ action }) => action === 'cancel')).toEqual([]);
  });

  test('is not listened to where answers may not be interrupted', async () => {
    start({ canInterrupt: false });
    const conversation = await connect();
    expect(conversation.options.interruptResponse).toBe(false);
    conversation.answer('r1', 2000);
    conversation.send(speechStarted);
    await until(() => expect(events('speech-started')).toHaveLength(1));
    expect(sent(0)).toHaveLength(1);
  });

  test('with a button stops it, and is answered in turn', async () => {
    start({ turns: 'manual' });
    const conversation = await connect();
    conversation.answer('r1', 2000);
    await until(() => expect(sent(0)).toHaveLength(1));
    const parts = { id: 'turn', type: 'buffer' };
    await done(frame({ parts: { ...parts, index: 0 } }));
    await done(
      frame({ payload: Buffer.alloc(0), parts: { ...parts, index: 1, count: 2 }, complete: true }),
    );
    expect(conversation.asked).toEqual(['cancel', 'write', 'commit', 'respond']);
    expect(sent(0).at(-1)).toMatchObject({ action: 'cancel' });
    // The release of the button says the same again.
    await done({ event: 'talk-stop', payload: {} });
    expect(conversation.asked).toHaveLength(4);
  });
});

describe('a conversation in which nobody speaks', () => {
  test('sleeps, and remembers', async () => {
    start({ idleMinutes: 1 });
    await connect({ payload: 'my name is Ann' });
    clock.advance(MINUTE);
    expect(events('disconnected')).toEqual([{ reason: 'idle', code: undefined }]);
    expect(node.statuses.at(-1)?.text).toBe('stepvoice-fake.status.asleep');
    // A room in which nobody speaks does not wake it up.
    for (let count = 0; count < 50; count += 1) await done(frame());
    expect(engine.attempts).toBe(1);
    await done({ payload: 'who am I?' });
    expect(engine.last.options.history).toEqual([{ role: 'user', text: 'my name is Ann' }]);
    await done({ action: 'clear' });
    await done({ payload: 'who am I?' });
    expect(engine.last.options.history).toEqual([]);
  });

  test('is awake while an answer is heard or a tool works', async () => {
    start({ idleMinutes: 1 });
    const conversation = await connect();
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
    await until(() => expect(sent(2)).toHaveLength(1));
    clock.advance(3 * MINUTE);
    expect(events('disconnected')).toEqual([]);
    await done({ call_id: 'c1', payload: 'yes' });
    clock.advance(MINUTE);
    expect(events('disconnected')).toHaveLength(1);
  });
});

test('that was stopped goes on only when somebody begins anew', async () => {
  start();
  await connect({ payload: 'my name is Ann' });
  await done({ action: 'stop' });
  expect(events('disconnected')).toEqual([{ reason: 'stopped', code: undefined }]);
  const parts = { id: 'mic', type: 'buffer' };
  for (const index of [7, 8, 9]) await done(frame({ parts: { ...parts, index } }));
  await done(frame());
  expect(engine.attempts).toBe(1);
  await done(frame({ parts: { ...parts, id: 'next', index: 0 } }));
  expect(engine.last.options.history).toEqual([{ role: 'user', text: 'my name is Ann' }]);
  // An event with sound is sound.
  await done(frame({ event: 'frame' }));
  expect(engine.last.asked).toEqual(['write', 'write']);
});

describe('limits', () => {
  test('end a conversation for good', async () => {
    start({ maxSessionMinutes: 2, idleMinutes: 30 });
    await connect();
    clock.advance(2 * MINUTE);
    expect(events('limit')).toEqual([{ reason: 'session-limit' }]);
    await done(frame());
    expect(engine.attempts).toBe(1);
    await connect();
    expect(engine.attempts).toBe(2);
  });

  test('hold for all conversations of a day together', async () => {
    let day = 'Monday';
    start({ maxDayMinutes: 3, idleMinutes: 30 }, () => day);
    await connect({ action: 'start', sessionId: 'a' });
    clock.advance(MINUTE);
    await connect({ action: 'start', sessionId: 'b' });
    clock.advance(MINUTE - 1);
    expect(events('limit')).toEqual([]);
    clock.advance(1);
    expect(events('limit')).toHaveLength(2);
    expect(await done({ payload: 'hello', sessionId: 'a' })).toMatchObject({
      code: 'limit_reached',
    });
    day = 'Tuesday';
    expect(await done({ payload: 'hello', sessionId: 'a' })).toBeUndefined();
  });

  test('hold for conversations at once', async () => {
    start({ maxSessions: 2 });
    const all = ['a', 'b', 'c'].map((sessionId) => done({ payload: 'hello', sessionId }));
    expect(await Promise.all(all)).toMatchObject([
      undefined,
      undefined,
      { code: 'too_many_sessions' },
    ]);
    await done({ action: 'stop', sessionId: 'a' });
    expect(await done({ payload: 'hello', sessionId: 'c' })).toBeUndefined();
  });
});

describe('a connection', () => {
  const lost = () => new ConnectionError('It was lost.', { code: 'socket_closed' });

  test('that is lost is tried again, ever more slowly, and then given up', async () => {
    start();
    const conversation = await connect();
    engine.failures = Array.from({ length: 9 }, lost);
    conversation.fail(lost());
    for (const [index, delayMs] of [0, 500, 1000, 2000, 4000, 8000].entries()) {
      clock.advance(delayMs);
      await until(() => expect(engine.attempts).toBe(index + 2));
    }
    await until(() => expect(node.errors).toHaveLength(1));
    expect(node.errors[0]?.error).toMatchObject({ code: 'socket_closed' });
    expect(events('disconnected')).toEqual([{ reason: 'failed', code: 'socket_closed' }]);
    // Sound that goes on coming does not ask fifty times a second.
    for (let count = 0; count < 10; count += 1) expect(await done(frame())).toBeUndefined();
    expect(engine.attempts).toBe(7);
    clock.advance(5000);
    expect(await done(frame())).toMatchObject({ code: 'socket_closed' });
    expect(engine.attempts).toBe(8);
  });

  test('that the service refuses is not tried again', async () => {
    start();
    const conversation = await connect();
    conversation.fail(new ServiceError('No.', { code: 'refused' }));
    await until(() => expect(node.errors).toHaveLength(1));
    expect(engine.attempts).toBe(1);
  });

  test('takes over what was asked', async () => {
    start();
    const conversation = await connect({ payload: 'what time is it?' });
    conversation.answer('r1', 500);
    conversation.history.push({ role: 'assistant', text: 'It is' });
    await until(() => expect(sent(0)).toHaveLength(1));
    conversation.fail(lost());
    await until(() => expect(engine.last.asked).toEqual(['respond']));
    expect(engine.last.options.history).toEqual([{ role: 'user', text: 'what time is it?' }]);
    expect(sent(0)[1]).toMatchObject({ complete: true, stepvoice: { isCut: true } });
  });

  test('gets what came before it, in its order', async () => {
    start();
    const all = [frame(), { payload: 'and', role: 'system' }, frame()].map((each) => done(each));
    expect(await Promise.all(all)).toEqual([undefined, undefined, undefined]);
    expect(engine.last.asked).toEqual(['write', 'say and', 'write']);
    expect(engine.attempts).toBe(1);
  });

  test('that is ended while it opens is no error of who waits for it', async () => {
    start();
    const waiting = done({ payload: 'hello' });
    await done({ action: 'stop' });
    await done({ action: 'clear' });
    expect(await waiting).toBeUndefined();
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
    start();
    const conversation = await connect({ action: 'start', sessionId: 'hall' });
    conversation.send(call('c1', '{"a":1}'), call('c2', ''), call('c3', '{"a":'));
    await until(() => expect(sent(2)).toHaveLength(2));
    expect(sent(2)).toMatchObject([
      { call_id: 'c1', name: 'f', payload: { a: 1 }, sessionId: 'hall' },
      { call_id: 'c2', name: 'f', payload: {} },
    ]);
    // What nobody can read never reaches the flow.
    expect(conversation.asked).toEqual(['answer c3 {"error":"The arguments are no JSON."}']);
    expect(await done({ call_id: 'c2', payload: { b: 2 } })).toBeUndefined();
    expect(await done({ call_id: 'c1' })).toBeUndefined();
    expect(conversation.asked.slice(1)).toEqual(['answer c2 {"b":2}', 'answer c1 null']);
    expect(await done({ call_id: 'c1', payload: 1 })).toMatchObject({ code: 'unknown_call' });
    expect(await done({ call_id: 7, payload: 1 })).toMatchObject({ code: 'invalid_input' });
    expect(await done({ call_id: 'c1', payload: Buffer.alloc(4) })).toMatchObject({
      code: 'invalid_input',
    });
  });

  test.each([
    [{ name: 'no spaces', description: '', parameters: '' }, 'tools[0].name'],
    [{ name: 'f', description: '', parameters: '{' }, 'tools[0].parameters'],
    [{ name: 'f', description: '', parameters: '[]' }, 'tools[0].parameters'],
    [{ name: 'f', description: 7, parameters: '' }, 'tools[0].description'],
  ])('that are none are refused: %j', async (tool, path) => {
    start();
    const error = await done({ action: 'start', tools: [tool] });
    expect(error).toMatchObject({ code: 'invalid_input', cause: { path } });
    expect(engine.attempts).toBe(0);
  });

  test('may change while a conversation runs, and stay in the next connection', async () => {
    start();
    const conversation = await connect();
    const tools = [{ name: 'g', description: 'Does it.', parameters: { type: 'object' } }];
    await done({ action: 'start', tools, instructions: 'Be brief.' });
    expect(conversation.asked).toEqual(['update']);
    await done({ action: 'reconnect' });
    expect(engine.last.options).toMatchObject({
      instructions: 'Be brief.',
      tools: [{ name: 'g' }],
    });
    expect(engine.conversations).toHaveLength(2);
  });
});

test('commands that nobody knows are errors', async () => {
  start();
  expect(await done({ action: 'dance' })).toMatchObject({ code: 'unknown_action' });
  expect(await done({ action: 7 })).toMatchObject({ code: 'invalid_input' });
  expect(await done({ action: 'reconnect' })).toMatchObject({ code: 'not_connected' });
  expect(await done({ payload: 'hello', role: 'nobody' })).toMatchObject({ code: 'invalid_input' });
});

test('a text that comes in pieces is said once', async () => {
  start();
  const piece = (payload: string, index: number, more: FlowMessage = {}): FlowMessage => ({
    payload,
    parts: { id: 't', index },
    stepvoice: { stream: 'text' },
    ...more,
  });
  await done(piece('Hello ', 0));
  await done(piece('there.', 1));
  await done(piece('', 2, { complete: true }));
  expect(engine.last.asked).toEqual(['say Hello there.']);
});

test('whatever happens, every message is done once and every stream ends once', async () => {
  const session = fc.constantFrom('a', 'b');
  const input = fc.record({
    kind: fc.constant('input' as const),
    sessionId: session,
    message: fc.constantFrom<FlowMessage>(
      { payload: 'hello' },
      { payload: [1] },
      { reset: true },
      frame(),
      frame({ complete: true }),
      ...['start', 'stop', 'cancel', 'flush', 'clear', 'reconnect', 'dance'].map((action) => ({
        action,
      })),
      ...['talk-start', 'talk-stop', 'disconnected', 'played'].map((event) => ({
        event,
        payload: { heardMs: 5 },
      })),
      { call_id: 'c1', payload: 'x' },
    ),
  });
  const happening = fc.record({
    kind: fc.constant('happening' as const),
    what: fc.constantFrom(
      'answer',
      'end',
      'speech',
      'stop',
      'lose',
      'refuse',
      'call',
      'fail next',
      'wait',
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(input, happening), { maxLength: 25 }),
      fc.constantFrom('server', 'manual'),
      async (steps, turns) => {
        engine = new ScriptedEngine();
        clock = createManualClock();
        start({ turns, maxSessions: 1, maxDayMinutes: 30 });
        const inputs: { dones: unknown[] }[] = [];
        let answers = 0;
        for (const step of steps) {
          const conversation = engine.conversations.at(-1);
          if (step.kind === 'input') {
            inputs.push(node.input({ ...step.message, sessionId: step.sessionId }));
          } else if (step.what === 'answer') conversation?.answer(`r${(answers += 1)}`, 300);
          else if (step.what === 'end') conversation?.end(`r${answers}`);
          else if (step.what === 'speech') conversation?.send(speechStarted);
          else if (step.what === 'stop') {
            conversation?.send({ type: 'speech-stopped', itemId: 'u', atMs: 1 });
          } else if (step.what === 'lose') {
            conversation?.fail(new ConnectionError('Lost.', { code: 'socket_closed' }));
          } else if (step.what === 'refuse') {
            conversation?.fail(new ServiceError('No.', { code: 'refused' }));
          } else if (step.what === 'call') {
            conversation?.send({
              type: 'tool-call',
              callId: 'c1',
              name: 'f',
              arguments: '{}',
              responseId: 'r',
              itemId: 'i',
            });
          } else if (step.what === 'fail next') {
            engine.failures.push(new ConnectionError('Lost.', { code: 'socket_closed' }));
          } else clock.advance(2000);
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (let count = 0; count < 12; count += 1) {
          clock.advance(2000);
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (const id of ['a', 'b']) node.input({ action: 'stop', sessionId: id });
        await new Promise((resolve) => setImmediate(resolve));
        expect(inputs.map(({ dones }) => dones.length)).toEqual(inputs.map(() => 1));
        const streams = new Map<string, number>();
        for (const { parts, complete } of sent(0)) {
          if (parts === undefined) continue;
          expect(streams.get(parts.id) ?? 0).toBe(0);
          streams.set(parts.id, complete === true ? 1 : 0);
        }
        expect([...streams.values()].every((ends) => ends === 1)).toBe(true);
        await node.close();
        expect(engine.conversations.every(({ isClosed }) => isClosed)).toBe(true);
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
