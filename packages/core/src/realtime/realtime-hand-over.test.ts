import { describe, expect, test } from 'vitest';
import { ConnectionError } from '../errors.ts';
import { createLimiter } from '../net/limiter.ts';
import type { RealtimeConnectOptions } from './realtime-options.ts';
import { RealtimeService } from './testing/realtime-script.ts';

const MINUTE = 60_000;
/** No pings: on a clock that is moved by hand no answer can be in time. */
const options: RealtimeConnectOptions = { keepAliveMs: Number.POSITIVE_INFINITY, handOver: true };

async function connect(service: RealtimeService, more: RealtimeConnectOptions = {}) {
  // Nor can an answer that goes on for half an hour.
  const timeouts = { idleMs: Number.POSITIVE_INFINITY };
  return service.connect({ ...options, ...more }, { timeouts });
}

/** Moves on to where the end is announced. */
async function toEnding(service: RealtimeService) {
  await service.clock.advance(29 * MINUTE);
}

test('the end is announced, and the service ends the session', async () => {
  await using service = await RealtimeService.start();
  const { session, script, events } = await connect(service, { handOver: false });
  await service.clock.advance(29 * MINUTE - 1);
  expect(service.clock.nextInMs).toBe(1);
  await service.clock.advance(1);
  expect(await events.until('session-ending')).toEqual({
    type: 'session-ending',
    remainingMs: MINUTE,
  });
  await service.clock.advance(MINUTE);
  script.socket.close(1000);
  await expect(session.next()).rejects.toMatchObject({ code: 'session_expired', closeCode: 1000 });
  expect(service.scripts).toHaveLength(1);
  expect(service.clock.pending).toBe(0);
});

test('a session that nobody ends is given up a minute after its time', async () => {
  await using service = await RealtimeService.start();
  const { session, events } = await connect(service, { handOver: false, maxSessionMs: 10_000 });
  // As after a sleep: all that was due comes at once, and in order.
  await service.clock.advance(80_000);
  await events.until('session-ending');
  await expect(session.next()).rejects.toMatchObject({ code: 'session_expired' });
  await service.server.untilAllClosed();
});

test('another session takes over in silence, and is told what was said', async () => {
  await using service = await RealtimeService.start();
  const { session, script, events } = await connect(service, {
    voice: 'linjiajiejie',
    instructions: '简短。',
    turnDetection: { energyThreshold: 7 },
    tools: [{ name: 'get_time', description: 'The time', parameters: {}, run: () => '8:00' }],
  });
  await session.say('几点了？');
  script.begin('r1');
  script.call('r1', 'c1', 'get_time', '{}');
  script.done('r1');
  await script.until('response.create', 2);
  script.begin('r2');
  script.text('r2', '八点。');
  script.done('r2');
  await events.until('response-done', ({ responseId }) => responseId === 'r2');
  await session.update({ instructions: '更短。' });
  const before = session.items.map(({ id }) => id);
  await toEnding(service);
  await events.until('session-ending');
  const renewed = await events.until('session-renewed');
  expect(renewed).toMatchObject({ refilledItems: 3, session: { id: 'sess_4f2c' } });
  const next = service.scripts[1]!;
  expect(next.received[0]).toMatchObject({
    type: 'session.update',
    session: {
      voice: 'linjiajiejie',
      instructions: '更短。',
      turn_detection: { energy_awakeness_threshold: 7 },
      tools: [{ function: { name: 'get_time' } }],
    },
  });
  expect(next.all('conversation.item.create').map(({ item }) => item)).toEqual([
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: '几点了？' }] },
    {
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: '[get_time({}) returned: 8:00]' }],
    },
    { type: 'message', role: 'assistant', content: [{ type: 'text', text: '八点。' }] },
  ]);
  await script.untilClosed();
  expect(session.items.map(({ id }) => id)).toEqual(before);
  // The caller's ids stay; the new session's are used towards it.
  await session.deleteItem(before[0]!);
  const [deletion] = next.all('conversation.item.delete');
  expect(deletion!['item_id']).not.toBe(before[0]);
  expect((await session.say('谢谢。')).text).toBe('谢谢。');
  expect(next.all('response.create')).toHaveLength(1);
  expect(session.metrics.handOvers).toBe(1);
  // And its own half hour counts from now.
  await service.clock.advance(28 * MINUTE);
  expect(service.scripts).toHaveLength(2);
  session.close();
  await service.server.untilAllClosed();
  expect(service.clock.pending).toBe(0);
});

test('it waits for the end of an answer, and tells that one, too', async () => {
  await using service = await RealtimeService.start();
  const { session, script, events } = await connect(service);
  await session.say('Tell me a story.');
  script.begin('r1');
  script.text('r1', 'Once upon');
  await events.until('transcript');
  await toEnding(service);
  await events.until('session-ending');
  await service.server.until(() => service.scripts.length === 2);
  const next = service.scripts[1]!;
  await next.until('conversation.item.create');
  script.text('r1', ' a time.');
  script.done('r1');
  await events.until('session-renewed');
  expect(events.of('response-done')).toMatchObject([{ status: 'completed' }]);
  expect(next.all('conversation.item.create').map(({ item }) => item)).toMatchObject([
    { content: [{ text: 'Tell me a story.' }] },
    { content: [{ text: 'Once upon a time.' }] },
  ]);
  session.close();
});

test('what is changed or deleted while it waits is so in the new session', async () => {
  await using service = await RealtimeService.start();
  const { session, script, events } = await connect(service);
  const item = await session.say('Forget this.', { respond: false });
  script.begin('r1');
  await events.until('response-started');
  await toEnding(service);
  await events.until('session-ending');
  await service.server.until(() => service.scripts.length === 2);
  const next = service.scripts[1]!;
  await next.until('conversation.item.create');
  await service.clock.timer(1000);
  await session.update({ instructions: '更短。' });
  await session.deleteItem(item.id);
  script.done('r1');
  await events.until('session-renewed');
  expect(next.all('session.update').at(-1)).toMatchObject({ session: { instructions: '更短。' } });
  expect(session.state.instructions).toBe('更短。');
  await next.until('conversation.item.delete');
  session.close();
});

test('sound of a turn that is not over is heard by the new session', async () => {
  await using service = await RealtimeService.start();
  const { session, script, events } = await connect(service);
  session.write(Int16Array.from({ length: 960 }, (_, index) => index + 1));
  await toEnding(service);
  await events.until('session-renewed');
  session.write(Int16Array.from({ length: 100 }, (_, index) => index + 961));
  const item = await session.commit();
  const next = service.scripts[1]!;
  expect(next.samples).toEqual(Array.from({ length: 1060 }, (_, index) => index + 1));
  expect(script.samples).toHaveLength(960);
  expect(item.role).toBe('user');
  session.close();
});

test('it waits for whoever speaks, and what was begun is heard whole', async () => {
  await using service = await RealtimeService.start();
  const { session, script, events } = await connect(service, { turnDetection: {} });
  session.write(new Int16Array(48_000).fill(1));
  session.write(new Int16Array(24_000).fill(2));
  script.send('input_audio_buffer.speech_started', { item_id: 'u1' });
  await events.until('speech-started');
  session.write(new Int16Array(480).fill(3));
  await toEnding(service);
  await events.until('session-ending');
  await service.server.until(() => service.scripts.length === 2);
  const next = service.scripts[1]!;
  await next.until('session.update');
  await service.clock.timer(1000);
  expect(events.of('session-renewed')).toEqual([]);
  // The time is up, and somebody still speaks.
  await service.clock.advance(MINUTE);
  await events.until('session-renewed');
  session.write(new Int16Array(480).fill(4));
  await next.until('input_audio_buffer.append', 52);
  expect(
    [2, 3, 4].map((value) => next.samples.filter((sample) => sample === value).length),
  ).toEqual([24_000, 480, 480]);
  session.close();
});

test('the old session may end before the new one is ready', async () => {
  await using service = await RealtimeService.start();
  const { session, script, events } = await connect(service);
  await session.say('Hi.', { respond: false });
  service.onSocket = () => undefined;
  await toEnding(service);
  await service.server.until(() => service.scripts.length === 2);
  script.socket.close(1000);
  await events.until('session-ending');
  await service.server.until(() => script.closeCode !== undefined);
  await service.clock.advance(0);
  session.write(new Int16Array(480).fill(5));
  service.scripts[1]!.greet();
  await events.until('session-renewed');
  await service.scripts[1]!.until('input_audio_buffer.append');
  expect(service.scripts[1]!.samples).toEqual(Array.from({ length: 480 }, () => 5));
  session.close();
});

test.each(['the service closes it', 'it is long over'])(
  'an account for one session at a time gets the new one when %s',
  async (end) => {
    await using service = await RealtimeService.start();
    const limiter = createLimiter({ concurrency: 1, clock: service.clock });
    const { session, script, events } = await service.connect(options, { limiter });
    await session.say('Hi.', { respond: false });
    await toEnding(service);
    await service.clock.advance(MINUTE);
    await events.until('session-ending');
    expect(service.scripts).toHaveLength(1);
    if (end === 'the service closes it') script.socket.close(1000);
    else await service.clock.advance(MINUTE);
    expect(await events.until('session-renewed')).toMatchObject({ refilledItems: 1 });
    session.close();
    await service.server.untilAllClosed();
    expect(service.clock.pending).toBe(0);
  },
);

describe('a hand-over that fails', () => {
  test('leaves the old session until its end, is tried three times, and reported', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect(options, { retry: false });
    service.onSocket = (next) => next.socket.close(4003);
    await toEnding(service);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { error } = await events.until('error');
      expect(error).toMatchObject({ code: 'hand_over_failed' });
      expect(error.cause).toBeInstanceOf(ConnectionError);
      await service.clock.advance(20_000);
    }
    expect(service.scripts).toHaveLength(4);
    expect((await session.say('Still here.', { respond: false })).text).toBe('Still here.');
    await events.until('item');
    await service.clock.advance(MINUTE / 2);
    expect(service.scripts).toHaveLength(4);
    script.socket.close(1000);
    await expect(session.next()).rejects.toMatchObject({ code: 'session_expired' });
    expect(service.clock.pending).toBe(0);
  });

  test('ends the session where the old one is gone', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect(options, { retry: false });
    service.onSocket = (next) => next.socket.close(4003);
    await toEnding(service);
    await events.until('error');
    script.socket.close(1000);
    await script.untilClosed();
    await service.clock.advance(20_000);
    await events.until('error');
    await service.clock.advance(20_000);
    await expect(session.next()).rejects.toMatchObject({ code: 'hand_over_failed' });
    expect(service.clock.pending).toBe(0);
  });

  test('does not outlive a session that is closed', async () => {
    await using service = await RealtimeService.start();
    const { session, events } = await connect(service);
    service.onSocket = () => undefined;
    await toEnding(service);
    await events.until('session-ending');
    await service.server.until(() => service.scripts.length === 2);
    session.close();
    await service.server.untilAllClosed();
    expect(service.clock.pending).toBe(0);
  });
});

test('what was heard and never transcribed is counted as lost', async () => {
  await using service = await RealtimeService.start();
  const { session, events } = await connect(service);
  session.write(new Int16Array(480));
  await session.commit();
  await toEnding(service);
  expect(await events.until('session-renewed')).toMatchObject({ refilledItems: 0, lostItems: 1 });
  session.close();
});
