import { Buffer } from 'node:buffer';
import { ConnectionError, RateLimitError, ServiceError } from '@stepvoice/core/node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FlowMessage } from '../../kit/node-red.ts';
import { frame, speechStarted, until, useScriptedTalk } from './testing/scripted-talk.ts';

const talk = useScriptedTalk();

describe('a connection', () => {
  const lost = () => new ConnectionError('It was lost.', { code: 'socket_closed' });

  test('that is lost is tried again, ever more slowly, and then given up', async () => {
    talk.start();
    const conversation = await talk.connect();
    talk.engine.failures = Array.from({ length: 9 }, lost);
    conversation.fail(lost());
    for (const [index, delayMs] of [0, 500, 1000, 2000, 4000, 8000].entries()) {
      talk.clock.advance(delayMs);
      await until(() => expect(talk.engine.attempts).toBe(index + 2));
    }
    await until(() => expect(talk.node.errors).toHaveLength(1));
    expect(talk.node.errors[0]?.error).toMatchObject({ code: 'socket_closed' });
    expect(talk.events('disconnected')).toEqual([{ reason: 'failed', code: 'socket_closed' }]);
    // Sound that goes on coming does not ask fifty times a second.
    for (let count = 0; count < 10; count += 1) expect(await talk.done(frame())).toBeUndefined();
    expect(talk.engine.attempts).toBe(7);
    talk.clock.advance(5000);
    expect(await talk.done(frame())).toMatchObject({ code: 'socket_closed' });
    expect(talk.engine.attempts).toBe(8);
  });

  test('that the service refuses is not tried again', async () => {
    talk.start();
    const conversation = await talk.connect();
    conversation.fail(new ServiceError('No.', { code: 'refused' }));
    await until(() => expect(talk.node.errors).toHaveLength(1));
    expect(talk.engine.attempts).toBe(1);
  });

  test('takes over what was asked', async () => {
    talk.start();
    const conversation = await talk.connect({ payload: 'what time is it?' });
    conversation.answer('r1', 500);
    conversation.history.push({ role: 'assistant', text: 'It is' });
    await until(() => expect(talk.sent(0)).toHaveLength(1));
    conversation.fail(lost());
    await until(() => expect(talk.engine.last.asked).toEqual(['respond']));
    expect(talk.engine.last.options.history).toEqual([{ role: 'user', text: 'what time is it?' }]);
    expect(talk.sent(0)[1]).toMatchObject({ complete: true, stepvoice: { isCut: true } });
  });

  test('gets what came before it, in its order', async () => {
    talk.start();
    const all = [frame(), { payload: 'and', role: 'system' }, frame()].map((each) =>
      talk.done(each),
    );
    expect(await Promise.all(all)).toEqual([undefined, undefined, undefined]);
    expect(talk.engine.last.asked).toEqual(['write', 'say and', 'write']);
    expect(talk.engine.attempts).toBe(1);
  });

  test('that the service asks not to open yet is asked for no sooner by sound', async () => {
    talk.start();
    const busy = () =>
      new RateLimitError('Too many.', { code: 'rate_limited', retryAfterMs: 20_000 });
    talk.engine.failures = [busy()];
    expect(await talk.done(frame())).toMatchObject({
      code: 'rate_limited',
      cause: { retryAfterMs: 20_000 },
    });
    expect(talk.node.statuses.at(-1)?.text).toBe('stepvoice-fake.status.connecting');
    talk.clock.advance(250);
    expect(talk.node.statuses.at(-1)?.text).toBe('stepvoice-fake.status.rateLimited');
    talk.clock.advance(19_000);
    expect(await talk.done(frame())).toBeUndefined();
    expect(talk.engine.attempts).toBe(1);
    talk.clock.advance(1000);
    await talk.connect(frame());
    // Nor by itself, when it is lost.
    talk.engine.failures = [busy()];
    talk.engine.last.fail(lost());
    await until(() => expect(talk.engine.attempts).toBe(3));
    await until(() => expect(talk.events('reconnecting')).toHaveLength(2));
    talk.clock.advance(19_999);
    expect(talk.engine.attempts).toBe(3);
    talk.clock.advance(1);
    await until(() => expect(talk.events('connected')).toHaveLength(2));
    expect(talk.events('reconnecting')).toEqual([
      { attempt: 1, code: 'socket_closed' },
      { attempt: 2, code: 'rate_limited' },
    ]);
  });

  test.each(['cancel', 'stop', 'clear'])('%s forgets what waits for it', async (action) => {
    talk.start();
    const waiting = [{ payload: 'hello' }, { payload: 'are you there?' }, frame()].map((message) =>
      talk.done(message),
    );
    await talk.done({ action });
    expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
    expect(talk.engine.attempts).toBeLessThan(2);
    expect(talk.engine.conversations.flatMap(({ asked }) => asked)).toEqual([]);
    await talk.connect({ payload: 'and now?' });
    expect(talk.engine.last.asked).toEqual(['say and now?']);
  });

  test('is not waited for by more sound than eight minutes', async () => {
    talk.start();
    const payload = Buffer.alloc(9_000_000);
    const waiting = [1, 2].map(() => talk.done(frame({ payload })));
    expect(await Promise.all(waiting)).toMatchObject([undefined, { code: 'queue_full' }]);
    expect(await talk.done({ payload: Buffer.alloc(16_000_001) })).toMatchObject({
      code: 'sound_too_large',
    });
  });

  test('that is ended while it opens is no error of who waits for it', async () => {
    talk.start();
    const waiting = talk.done({ payload: 'hello' });
    await talk.done({ action: 'stop' });
    await talk.done({ action: 'clear' });
    expect(await waiting).toBeUndefined();
  });
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
        talk.start({ turns, maxSessions: 1, maxDayMinutes: 30 });
        const inputs: { dones: unknown[] }[] = [];
        let answers = 0;
        for (const step of steps) {
          const conversation = talk.engine.conversations.at(-1);
          if (step.kind === 'input') {
            inputs.push(talk.node.input({ ...step.message, sessionId: step.sessionId }));
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
            talk.engine.failures.push(new ConnectionError('Lost.', { code: 'socket_closed' }));
          } else talk.clock.advance(2000);
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (let count = 0; count < 12; count += 1) {
          talk.clock.advance(2000);
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (const id of ['a', 'b']) talk.node.input({ action: 'stop', sessionId: id });
        await new Promise((resolve) => setImmediate(resolve));
        expect(inputs.map(({ dones }) => dones.length)).toEqual(inputs.map(() => 1));
        const streams = new Map<string, number>();
        for (const { parts, complete } of talk.sent(0)) {
          if (parts === undefined) continue;
          expect(streams.get(parts.id) ?? 0).toBe(0);
          streams.set(parts.id, complete === true ? 1 : 0);
        }
        expect([...streams.values()].every((ends) => ends === 1)).toBe(true);
        await talk.end();
      },
    ),
    { numRuns: 60 },
  );
});
