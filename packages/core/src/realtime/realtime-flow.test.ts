import { describe, expect, test } from 'vitest';
import { ConnectionError } from '../errors.ts';
import type { RealtimeEvent } from './realtime-events.ts';
import type { RealtimeSession } from './realtime-session.ts';
import { connectInMemory } from './testing/memory-socket.ts';
import { toBase64 } from './testing/realtime-script.ts';

/** Ten seconds of sound. */
const TEN_SECONDS = toBase64(Array.from({ length: 240_000 }, () => 1));
const delta = {
  type: 'response.audio.delta',
  response_id: 'r1',
  item_id: 'i1',
  delta: TEN_SECONDS,
};
const created = { type: 'response.created', response: { id: 'r1' } };
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function take(session: RealtimeSession, type: RealtimeEvent['type']): Promise<RealtimeEvent> {
  for (;;) {
    const { value } = await session.next();
    if (value === undefined) throw new Error(`it ended before ${type}`);
    if (value.type === type) return value;
  }
}

describe('a slow reader', () => {
  test('makes the socket wait after two minutes of sound, and go on after one', async () => {
    const { session, socket, clock } = await connectInMemory();
    socket.say(created);
    for (let count = 0; count < 11; count += 1) socket.say(delta);
    expect(socket.isPaused).toBe(false);
    socket.say(delta);
    expect(socket.isPaused).toBe(true);
    // While it waits, the service’s silence is no fault, and neither are pings without an answer.
    socket.answersPings = false;
    await clock.advance(120_000);
    expect(socket.readyState).toBe(1);
    for (let count = 0; count < 7; count += 1) await take(session, 'audio');
    expect(socket.isPaused).toBe(false);
    expect(session.metrics.droppedDeltas).toBe(0);
    session.close();
    expect(clock.pending).toBe(0);
  });

  test('who waits for an answer of the service gets it', async () => {
    const { session, socket } = await connectInMemory();
    socket.say(created);
    for (let count = 0; count < 14; count += 1) socket.say(delta);
    expect(socket.isPaused).toBe(true);
    const saying = session.say('嗯。');
    expect(socket.isPaused).toBe(false);
    const item = { id: 'u1', type: 'message', role: 'user' };
    socket.say({ type: 'conversation.item.created', item });
    expect((await saying).text).toBe('嗯。');
    // The answer to it is still to be asked for, after this one.
    expect(socket.isPaused).toBe(false);
    socket.say({ type: 'response.done', response: { id: 'r1' } });
    expect(socket.all('response.create')).toHaveLength(1);
    socket.say({ type: 'response.created', response: { id: 'r2' } });
    await settled();
    expect(socket.isPaused).toBe(true);
    session.close();
    expect(socket.isPaused).toBe(false);
  });

  test('is let go on when the sound is not wanted any more', async () => {
    const { session, socket } = await connectInMemory();
    socket.say(created);
    for (let count = 0; count < 13; count += 1) socket.say(delta);
    expect(socket.isPaused).toBe(true);
    const cancelling = session.cancel();
    socket.say({ type: 'response.done', response: { id: 'r1', status: 'cancelled' } });
    await cancelling;
    expect(socket.isPaused).toBe(false);
    expect(session.metrics.droppedDeltas).toBe(13);
    session.close();
  });

  test('of a socket that cannot wait loses sound, is told so once, and is given up', async () => {
    const { session, socket, clock } = await connectInMemory({}, { isPoor: true });
    socket.say(created);
    for (let count = 0; count < 30; count += 1) socket.say(delta);
    expect(session.metrics.droppedDeltas).toBe(6);
    const error = (await take(session, 'error')) as { error: Error };
    expect(error.error).toMatchObject({ code: 'consumer_too_slow' });
    for (let count = 0; count < 40_000 && socket.readyState === 1; count += 1) {
      socket.say({ type: 'rate_limits.updated' });
    }
    expect(socket.readyState).toBe(3);
    await expect(take(session, 'session-ending')).rejects.toBeInstanceOf(ConnectionError);
    expect(clock.pending).toBe(0);
  });
});

describe('a slow network', () => {
  const second = new Int16Array(24_000);

  test('holds sound back, in order with what follows it', async () => {
    const { session, socket, clock } = await connectInMemory();
    session.write(second);
    expect(socket.all('input_audio_buffer.append')).toHaveLength(50);
    socket.bufferedAmount = 300_000;
    session.write(second);
    const committing = session.commit();
    expect(socket.all('input_audio_buffer.append')).toHaveLength(50);
    expect(socket.all('input_audio_buffer.commit')).toEqual([]);
    expect(session.unsentMs).toBe(1000);
    const drained = session.drained();
    await clock.advance(100);
    expect(session.unsentMs).toBe(1000);
    socket.bufferedAmount = 0;
    await clock.advance(20);
    await drained;
    expect(session.unsentMs).toBe(0);
    expect(socket.sent.slice(-2).map(({ type }) => type)).toEqual([
      'input_audio_buffer.append',
      'input_audio_buffer.commit',
    ]);
    expect(socket.all('input_audio_buffer.append')).toHaveLength(100);
    socket.say({ type: 'input_audio_buffer.committed', item_id: 'u1' });
    expect((await committing).id).toBe('u1');
    session.close();
    expect(clock.pending).toBe(0);
  });

  test('does not hold back what stops an answer', async () => {
    const { session, socket } = await connectInMemory();
    socket.say(created);
    socket.bufferedAmount = 300_000;
    session.write(second);
    const cancelling = session.cancel();
    expect(socket.sent.at(-1)!['type']).toBe('response.cancel');
    socket.say({ type: 'response.cancelled', response_id: 'r1' });
    await cancelling;
    session.close();
  });

  test('sends nothing of what was cleared', async () => {
    const { session, socket, clock } = await connectInMemory();
    socket.bufferedAmount = 300_000;
    session.write(second);
    const clearing = session.clear();
    socket.bufferedAmount = 0;
    await clock.advance(20);
    expect(socket.all('input_audio_buffer.append')).toEqual([]);
    expect(socket.all('input_audio_buffer.clear')).toHaveLength(1);
    socket.say({ type: 'input_audio_buffer.cleared' });
    await clearing;
    session.close();
  });

  test('half an hour behind, it is a failure', async () => {
    const { session, socket } = await connectInMemory();
    socket.bufferedAmount = 300_000;
    const minute = new Int16Array(24_000 * 60);
    for (let count = 0; count < 31; count += 1) session.write(minute);
    expect(() => session.write(minute)).toThrow(/drained/);
    const drained = session.drained();
    drained.catch(() => undefined);
    session.close();
    await expect(drained).rejects.toBeInstanceOf(ConnectionError);
  });
});

describe('a connection that broke without a word', () => {
  test('is found out by its pings', async () => {
    const { session, socket, clock } = await connectInMemory();
    await clock.advance(20_000);
    expect(socket.pings).toBe(1);
    await clock.advance(20_000);
    expect(socket.pings).toBe(2);
    socket.answersPings = false;
    await clock.advance(30_000);
    await expect(take(session, 'error')).rejects.toMatchObject({ code: 'connection_lost' });
    expect(clock.pending).toBe(0);
  });

  test('what comes is as good as an answer to a ping', async () => {
    const { session, socket, clock } = await connectInMemory();
    socket.answersPings = false;
    await clock.advance(25_000);
    socket.say({ type: 'rate_limits.updated' });
    await clock.advance(10_000);
    expect(socket.readyState).toBe(1);
    session.close();
  });
});

test('a long recording leaves in frames of 20 ms, none near the limit of one message', async () => {
  const { session, socket } = await connectInMemory();
  session.write(new Int16Array(48_000 * 60), 48_000);
  const sizes = socket.all('input_audio_buffer.append').map(({ audio }) => String(audio).length);
  expect(sizes.length).toBeGreaterThan(2990);
  expect(Math.max(...sizes)).toBe(1280);
  session.close();
});
