import { once } from 'node:events';
import { connect } from 'node:net';
import { decodeBase64, decodePcm16 } from '@stepvoice/core/audio';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createManualClock } from '../clock.ts';
import { startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { bearer, createSession, openSocket, until } from '../testing/raw-client.ts';
import type { RawSocket } from '../testing/raw-client.ts';
import { createToneEngine, toneOf } from '../testing/tone-engine.ts';

const DELTA = 'tts.response.audio.delta';
const TEXT = 'twenty characters ok';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulatorWith({}, createToneEngine);
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

/** Plays a whole session against a fault, as far as it goes. */
async function play(fault: string): Promise<RawSocket> {
  const session = await openSocket(emulator, { fault });
  const create = { voice_id: 'cixingnansheng', response_format: 'pcm' };
  session
    .next()
    .then(() => {
      session.send('tts.create', create);
      session.send('tts.text.delta', { text: TEXT });
      session.send('tts.text.done');
    })
    .catch(() => undefined);
  return session;
}

async function typesWith(fault: string): Promise<[types: string[], code: number]> {
  const session = await play(fault);
  const { code } = await session.closed;
  return [session.events.map(({ type }) => type), code];
}

function audioOf(session: RawSocket): Uint8Array {
  const parts = session.events
    .filter(({ type }) => type === DELTA)
    .map(({ data }) => decodeBase64(data['audio'] as string));
  return new Uint8Array(Buffer.concat(parts));
}

describe('the handshake', () => {
  test.each([
    ['status:429', 429],
    ['status:503,body=html', 503],
    ['redirect:http://127.0.0.1:1/', 307],
  ])('%s', async (fault, status) => {
    const socket = new WebSocket(
      `${emulator.url.replace('http', 'ws')}/v1/realtime/audio?model=step-tts-2`,
      {
        headers: { ...bearer(emulator), 'x-emulator-fault': fault },
      },
    );
    socket.on('error', () => undefined);
    const [, answer] = (await once(socket, 'unexpected-response')) as [
      unknown,
      { statusCode: number },
    ];
    expect(answer.statusCode).toBe(status);
    socket.terminate();
  });

  test('comes late, and a client may give up before', async () => {
    const clock = createManualClock();
    await using slow = await startEmulatorWith({ clock }, createToneEngine);
    const session = openSocket(slow, { fault: 'latency:3000' });
    await until(() => clock.pending === 1);
    clock.advance(3000);
    await (await session).next('tts.connection.done');
    const impatient = new WebSocket(
      `${slow.url.replace('http', 'ws')}/v1/realtime/audio?model=step-tts-2`,
      {
        headers: { ...bearer(slow), 'x-emulator-fault': 'stall' },
      },
    );
    impatient.on('error', () => undefined);
    await until(() => slow.log.length === 2);
    expect(slow.log[1]?.status).toBeUndefined();
    impatient.terminate();
    await until(() => slow.log[1]?.outcome === 'aborted');
  });
});

describe('close', () => {
  const upTo = {
    open: [],
    connected: ['tts.connection.done'],
    created: ['tts.connection.done', 'tts.response.created'],
    audio: ['tts.connection.done', 'tts.response.created', 'tts.response.sentence.start', DELTA],
  };
  test.each([
    ['close:1011,at=open', 1011, upTo.open],
    ['close:4000,at=connected', 4000, upTo.connected],
    ['close:1012,at=created', 1012, upTo.created],
    ['close:1001', 1001, upTo.audio],
    ['close:1006,at=created', 1006, upTo.created],
    ['close:1005,at=created', 1005, upTo.created],
    ['close:1000,events=2', 1000, upTo.created],
    ['cut:at=audio', 1006, upTo.audio],
    ['cut:at=created,how=reset', 1006, upTo.created],
    ['cut:at=created,how=end', 1000, upTo.created],
    ['cut:events=1', 1006, upTo.connected],
  ])('%s', async (fault, code, types) => {
    expect(await typesWith(fault)).toEqual([types, code]);
    await until(() => emulator.log.at(-1)?.outcome === 'cut');
  });

  test('at text-done comes before the rest is said, and brings its reason', async () => {
    const session = await createSession(
      emulator,
      {},
      { fault: 'close:1013,at=text-done,reason=too busy' },
    );
    session.send('tts.text.done');
    expect(await session.closed).toEqual({ code: 1013, reason: 'too busy' });
    expect(session.events).toHaveLength(2);
  });
});

describe('in the frames', () => {
  test('stall lasts past the idle time, until the client leaves', async () => {
    const clock = createManualClock();
    await using stalled = await startEmulatorWith({ clock }, createToneEngine);
    const session = await createSession(stalled, {}, { fault: 'stall:events=3' });
    session.send('tts.text.delta', { text: TEXT });
    session.send('tts.text.flush');
    await until(() => session.events.length === 3);
    clock.advance(600_000);
    expect(stalled.counters.openSockets).toBe(1);
    expect(session.events).toHaveLength(3);
    session.socket.close();
    await session.closed;
    await until(() => stalled.counters.openSockets === 0);
  });

  test('an error event comes with a code as text, and nothing after it', async () => {
    const clock = createManualClock();
    await using failing = await startEmulatorWith({ clock }, createToneEngine);
    const session = await createSession(
      failing,
      {},
      { fault: 'error-event:out of breath,code=507' },
    );
    session.send('tts.text.delta', { text: TEXT });
    session.send('tts.text.done');
    const { data } = await session.next('tts.response.error');
    expect(data).toEqual({
      session_id: session.events[0]?.data.session_id,
      code: '507',
      message: 'out of breath',
      details: { error: 'out of breath' },
    });
    clock.advance(60_000);
    expect((await session.closed).code).toBe(1000);
    expect(session.events.at(-1)?.type).toBe('tts.response.error');
    expect(session.events.map(({ type }) => type).filter((type) => type === DELTA)).toHaveLength(1);
  });

  test('an error event before any audio leaves the socket to the idle time', async () => {
    const clock = createManualClock();
    await using failing = await startEmulatorWith({ clock }, createToneEngine);
    const session = await openSocket(failing, { fault: 'error-event:events=1' });
    await session.next();
    session.send('tts.create', { voice_id: 'cixingnansheng' });
    expect((await session.next()).type).toBe('tts.response.error');
    clock.advance(60_000);
    clock.advance(60_000);
    expect((await session.closed).code).toBe(1000);
    expect(session.events).toHaveLength(2);
  });

  test('missing-end closes without the last event', async () => {
    const [types, code] = await typesWith('missing-end');
    expect([types.at(-1), code]).toEqual(['tts.response.sentence.end', 1000]);
  });

  test('an empty delta comes beside the others', async () => {
    const session = await play('empty-delta');
    await session.closed;
    const deltas = session.events.filter(({ type }) => type === DELTA);
    expect(deltas[0]?.data['audio']).toBe('');
    expect(decodePcm16(audioOf(session))).toEqual(toneOf(TEXT, 24_000));
  });

  test('malformed frames', async () => {
    const raw = async (fault: string): Promise<[frames: string[], code: number]> => {
      const session = await openSocket(emulator);
      session.socket.terminate();
      const socket = new WebSocket(
        `${emulator.url.replace('http', 'ws')}/v1/realtime/audio?model=stepaudio-2.5-tts`,
        {
          headers: { ...bearer(emulator), 'x-emulator-fault': fault },
        },
      );
      const frames: string[] = [];
      socket.on('message', (message) => {
        frames.push((message as Buffer).toString());
        if (frames.length > 1) return;
        const { data } = JSON.parse(frames[0] ?? '') as { data: { session_id: string } };
        const send = (type: string, more: object): void =>
          socket.send(JSON.stringify({ type, data: { ...data, ...more } }));
        send('tts.create', { voice_id: 'cixingnansheng', response_format: 'pcm' });
        send('tts.text.delta', { text: TEXT });
        send('tts.text.done', {});
      });
      const [code] = (await once(socket, 'close')) as [number];
      return [frames, code];
    };
    const [json, jsonCode] = await raw('malformed');
    expect(() => JSON.parse(json[3] ?? '') as unknown).toThrow(SyntaxError);
    expect(jsonCode).toBe(1000);
    const [base64] = await raw('malformed:base64');
    expect(JSON.parse(base64[3] ?? '')).toMatchObject({
      type: DELTA,
      data: { audio: '*not base64*' },
    });
    const [half, halfCode] = await raw('malformed:half,events=2');
    expect([half.length, halfCode]).toEqual([2, 1006]);
  });

  test('odd-splits leave pcm deltas that end inside a sample', async () => {
    const session = await play('odd-splits');
    await session.closed;
    const lengths = session.events
      .filter(({ type }) => type === DELTA)
      .map(({ data }) => decodeBase64(data['audio'] as string).length);
    expect(lengths.filter((length) => length === 997).length).toBeGreaterThan(10);
    expect(decodePcm16(audioOf(session))).toEqual(toneOf(TEXT, 24_000));
  });

  test('huge is one message of that length', async () => {
    const session = await openSocket(emulator, {
      fault: 'huge:bytes=3000000',
      options: { maxPayload: 2_000_000 },
    });
    session.socket.on('error', () => undefined);
    await session.next();
    session.send('tts.create', { voice_id: 'cixingnansheng', response_format: 'pcm' });
    session.send('tts.text.delta', { text: TEXT });
    session.send('tts.text.done');
    expect((await session.closed).code).toBe(1006);
    const patient = await play('huge:bytes=3000000');
    expect((await patient.closed).code).toBe(1000);
    expect(decodePcm16(audioOf(patient))).toEqual(toneOf(TEXT, 24_000));
  });

  test('jitter and slow-read put things off and lose nothing', async () => {
    const clock = createManualClock();
    await using slow = await startEmulatorWith({ clock }, createToneEngine);
    const session = await openSocket(slow, { fault: 'jitter:50; slow-read:200' });
    await session.next();
    session.send('tts.create', { voice_id: 'cixingnansheng', response_format: 'pcm' });
    session.send('tts.text.delta', { text: TEXT });
    session.send('tts.text.done');
    const begin = clock.now();
    let isClosed = false;
    void session.closed.then(() => (isClosed = true));
    while (!isClosed) {
      // The idle time alone is not worth moving on for.
      await until(() => isClosed || clock.pending > 1);
      if (!isClosed) clock.advance(1);
    }
    expect(clock.now() - begin).toBeGreaterThan(600);
    expect(decodePcm16(audioOf(session))).toEqual(toneOf(TEXT, 24_000));
  });
});

describe('in the bytes', () => {
  test('tiny-writes cut every frame, and lose nothing', async () => {
    const session = await play('tiny-writes:bytes=100');
    expect((await session.closed).code).toBe(1000);
    expect(decodePcm16(audioOf(session))).toEqual(toneOf(TEXT, 24_000));
  });

  /** The bytes behind the handshake, without a WebSocket client in between. */
  async function rawBytes(fault: string): Promise<{ bytes: Buffer[]; error: string | undefined }> {
    const { port, hostname } = new URL(emulator.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      [
        'GET /v1/realtime/audio?model=step-tts-2 HTTP/1.1',
        `Host: ${hostname}:${port}`,
        `Authorization: Bearer ${emulator.apiKey}`,
        `X-Emulator-Fault: ${fault}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        '\r\n',
      ].join('\r\n'),
    );
    const parts: Buffer[] = [];
    let error: string | undefined;
    socket.on('data', (part) => parts.push(part));
    socket.on('error', (cause: NodeJS.ErrnoException) => (error = cause.code));
    await once(socket, 'close').catch(() => undefined);
    const all = Buffer.concat(parts);
    const body = all.subarray(all.indexOf('\r\n\r\n') + 4);
    return { bytes: [body], error };
  }

  test.each([
    ['cut', 0, undefined],
    ['cut:bytes=1', 1, undefined],
    ['cut:bytes=20', 20, undefined],
    ['cut:bytes=20,how=reset', 20, 'ECONNRESET'],
    ['tiny-writes; cut:bytes=33', 33, undefined],
  ])('%s', async (fault, length, code) => {
    const { bytes, error } = await rawBytes(fault);
    expect([Buffer.concat(bytes).length, error]).toEqual([length, code]);
    await until(() => emulator.counters.openSockets === 0);
  });

  test('stall:bytes=30 holds even a frame in its middle', async () => {
    const session = await openSocket(emulator, { fault: 'stall:bytes=30' });
    await until(() => (emulator.log.at(-1)?.bytesSent ?? 0) > 30);
    expect(session.events).toEqual([]);
    session.socket.terminate();
    await until(() => emulator.counters.openSockets === 0);
  });
});
