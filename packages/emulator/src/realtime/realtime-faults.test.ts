import { decodeBase64 } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createManualClock } from '../clock.ts';
import { startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { until } from '../testing/raw-client.ts';
import { openRealtime, soundOf } from '../testing/realtime-client.ts';
import type { RealtimeClient } from '../testing/realtime-client.ts';
import { createToneEngine, toneOf } from '../testing/tone-engine.ts';

const AUDIO = 'response.audio.delta';
const DONE = 'response.done';
const TEXT = 'xxxxxxxxxx';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulatorWith({}, createToneEngine);
});
afterAll(() => emulator.close());

/** Asks for one reply against a fault. */
async function ask(fault: string, on = emulator): Promise<RealtimeClient> {
  const client = await openRealtime(on, { fault });
  say(client);
  return client;
}

function say(client: RealtimeClient): void {
  const content = [{ type: 'input_text', text: `say ${TEXT}` }];
  client.send('conversation.item.create', { item: { type: 'message', role: 'user', content } });
  client.send('response.create');
}

async function typesWith(fault: string): Promise<[last: string | undefined, code: number]> {
  await using client = await ask(fault);
  const { code } = await client.closed;
  return [client.events.at(-1)?.type, code];
}

describe('before the conversation', () => {
  test.each([
    ['status:429', '429'],
    ['status:503,body=html', '503'],
    ['redirect:http://127.0.0.1:1/', '307'],
  ])('%s', async (fault, status) => {
    await expect(openRealtime(emulator, { fault })).rejects.toThrow(status);
  });

  test('the handshake comes late', async () => {
    const clock = createManualClock();
    await using slow = await startEmulatorWith({ clock }, createToneEngine);
    const opened = openRealtime(slow, { fault: 'latency:3000' });
    await until(() => clock.pending === 1);
    clock.advance(3000);
    await using client = await opened;
    expect((await client.next()).type).toBe('session.created');
  });

  test('the rate limit counts it', async () => {
    const rateLimit = { concurrency: 1, requestsPerMinute: 100 };
    await using limited = await startEmulatorWith({ rateLimit }, createToneEngine);
    await using client = await openRealtime(limited);
    await client.next();
    await expect(openRealtime(limited)).rejects.toThrow('429');
  });
});

describe('the connection ends', () => {
  test.each([
    ['cut', undefined, 1006],
    ['cut:at=open', undefined, 1006],
    ['cut:at=connected', 'session.created', 1006],
    ['cut:at=text-done', 'conversation.item.created', 1006],
    ['cut:at=created', 'response.created', 1006],
    ['cut:at=audio', AUDIO, 1006],
    ['cut:at=audio,how=end', AUDIO, 1000],
    ['cut:at=created,how=reset', 'response.created', 1006],
    ['cut:events=3', 'response.created', 1006],
    ['close', AUDIO, 1000],
    ['close:1011,at=created', 'response.created', 1011],
    ['close:1005', AUDIO, 1005],
    ['close:1006', AUDIO, 1006],
    ['malformed:half', AUDIO, 1006],
  ])('%s', async (fault, last, code) => {
    const [type, closedWith] = await typesWith(fault);
    expect(closedWith).toBe(code);
    expect(type).toBe(fault === 'malformed:half' ? 'response.audio_transcript.delta' : last);
  });

  test('after a number of bytes', async () => {
    await using client = await ask('cut:bytes=3000');
    expect((await client.closed).code).toBe(1006);
    expect(client.events.length).toBeGreaterThan(1);
    expect(client.events.map(({ type }) => type)).not.toContain(DONE);
  });
});

test('a stall lasts until the client leaves', async () => {
  await using client = await ask('stall:at=audio');
  await client.next(AUDIO);
  const { length } = client.events;
  client.send('session.update', { session: {} });
  // As long as another conversation takes from its first word to its last.
  {
    await using other = await openRealtime(emulator);
    say(other);
    await other.next(DONE);
  }
  expect(client.events.length).toBe(length);
  client.socket.terminate();
  await until(() => emulator.counters.openSockets === 0);
});

describe('events are spoilt', () => {
  test('broken JSON in place of the first sound', async () => {
    await using client = await ask('malformed');
    await client.next(DONE);
    const broken = client.events.findIndex(({ type }) => type === 'broken');
    expect(client.events[broken + 1]?.type).toMatch(/^response\.audio/);
  });

  test('broken base64', async () => {
    await using client = await ask('malformed:base64');
    const { delta } = await client.next(AUDIO);
    expect(() => decodeBase64(delta as string)).toThrow('base64');
    await client.next(DONE);
  });

  test('an empty delta', async () => {
    await using client = await ask('empty-delta');
    const empty = await client.next(AUDIO);
    expect(empty).toMatchObject({ delta: '', response_id: expect.any(String) as string });
    await client.next(DONE);
    expect(soundOf(client.events)).toEqual(toneOf(TEXT, 24_000));
  });

  test('deltas that end inside a sample', async () => {
    await using client = await ask('odd-splits');
    await client.next(DONE);
    const lengths = client.events
      .filter(({ type }) => type === AUDIO)
      .map(({ delta }) => decodeBase64(delta as string).length);
    expect(lengths).toContain(997);
    expect(soundOf(client.events)).toEqual(toneOf(TEXT, 24_000));
  });

  test('a huge frame', async () => {
    await using client = await ask('huge:bytes=100000');
    await client.next(DONE);
    expect(soundOf(client.events)).toEqual(toneOf(TEXT, 24_000));
    await until(() => (emulator.log.at(-1)?.bytesSent ?? 0) > 100_000);
  });

  test('an end that never comes', async () => {
    await using client = await ask('missing-end');
    await client.next('response.output_item.done');
    say(client);
    // The session knows that it is over.
    await client.next('response.created');
    expect(client.events.map(({ type }) => type)).not.toContain(DONE);
  });
});

describe('the service fails', () => {
  test('in the middle of a reply, which fails; the session goes on', async () => {
    await using client = await ask('error-event:out of words,code=500');
    const { error } = await client.next('error');
    expect(error).toEqual({ type: 'server_error', code: '500', message: 'out of words' });
    const done = await client.next(DONE);
    expect(done['response']).toMatchObject({ status: 'failed' });
    expect(client.events.filter(({ type }) => type === 'error')).toHaveLength(1);
    say(client);
    expect((await client.next(DONE))['response']).toMatchObject({ status: 'completed' });
  });

  test('before anything was asked', async () => {
    await using client = await ask('error-event:at=connected');
    expect((await client.next('error'))['error']).toMatchObject({ message: 'engine overloaded' });
    expect((await client.next(DONE))['response']).toMatchObject({ status: 'completed' });
  });
});

test('messages are read slowly, events come with jitter', async () => {
  const clock = createManualClock();
  await using slow = await startEmulatorWith({ clock }, createToneEngine);
  await using client = await ask('slow-read:100; jitter:50', slow);
  let isOver = false;
  const over = client.next(DONE).then(() => (isOver = true));
  const startedAtMs = clock.now();
  await until(() => {
    if (clock.pending > 2) clock.advance(10);
    return isOver;
  });
  await over;
  expect(clock.now() - startedAtMs).toBeGreaterThan(400);
});

test('bytes come one at a time', async () => {
  await using client = await openRealtime(emulator, { fault: 'tiny-writes' });
  expect((await client.next()).type).toBe('session.created');
});
