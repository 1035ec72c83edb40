import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { decodeBase64, decodePcm16, readWav, rmsDbfs } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createManualClock } from '../clock.ts';
import { startEmulator, startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { bearer, createSession, openSocket, until } from '../testing/raw-client.ts';
import type { RawSocket, SocketEvent } from '../testing/raw-client.ts';
import { hearDataSpeech } from '../voice/index.ts';
import { createToneEngine, toneOf } from '../testing/tone-engine.ts';

/** The service's vocabulary, by hand. */
const DELTA = 'tts.response.audio.delta';
const START = 'tts.response.sentence.start';
const END = 'tts.response.sentence.end';
const DONE = 'tts.response.audio.done';
const ERROR = 'tts.response.error';

let spoken: Emulator;
let toned: Emulator;

beforeAll(async () => {
  spoken = await startEmulator();
  toned = await startEmulatorWith({}, createToneEngine);
});
afterAll(async () => {
  await spoken.close();
  await toned.close();
});

function typesOf(events: readonly SocketEvent[]): string[] {
  return events
    .map(({ type }) => type)
    .filter((type, index, all) => type !== DELTA || all[index - 1] !== DELTA);
}

function audioOf(events: readonly SocketEvent[]): Uint8Array[] {
  return events
    .filter(({ type }) => type === DELTA)
    .map(({ data }) => decodeBase64(data['audio'] as string));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

async function finish(session: RawSocket): Promise<SocketEvent[]> {
  session.send('tts.text.done');
  expect((await session.closed).code).toBe(1000);
  return session.events;
}

/** A whole session of another client. */
async function sayHello(emulator: Emulator): Promise<void> {
  const session = await createSession(emulator);
  session.send('tts.text.delta', { text: 'Hello' });
  await finish(session);
}

async function errorAfter(
  session: RawSocket,
  message: string | Buffer,
): Promise<SocketEvent['data']> {
  session.socket.send(message);
  const { data } = await session.next(ERROR);
  expect(data['code']).toMatch(/^\d+$/);
  expect(data['details']).toEqual({ error: data['message'] });
  expect(data.session_id).toBe(session.events[0]?.data.session_id);
  return data;
}

describe('a session', () => {
  test('goes in the order the service goes', async () => {
    const session = await createSession(spoken, { mode: 'sentence', timestamp: true });
    session.send('tts.text.delta', { text: '火车在八点到站。我们走吧！' });
    session.send('tts.text.flush');
    await session.next('tts.text.flushed');
    const events = await finish(session);
    expect(typesOf(events).filter((type) => type !== 'tts.text.flushed')).toEqual([
      'tts.connection.done',
      'tts.response.created',
      START,
      DELTA,
      END,
      'tts.response.subtitle',
      START,
      DELTA,
      END,
      'tts.response.subtitle',
      DONE,
    ]);
    expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length);
    expect(new Set(events.map((event) => event.data.session_id)).size).toBe(1);
    for (const event of events) expect(event.event_id).toMatch(/^[0-9a-f]{32}$/);
    expect(events[0]?.data.session_id).toMatch(/^[0-9a-f]{32}$/);

    const starts = events.filter(({ type }) => type === START);
    const ends = events.filter(({ type }) => type === END);
    expect(starts.map(({ data }) => data['text'])).toEqual(['火车在八点到站。', '我们走吧！']);
    for (const [index, { data }] of starts.entries()) {
      const { session_id: id } = data;
      expect(data['request_id']).toMatch(new RegExp(`^${id}-tts\\.[0-9a-f]{32}$`));
      expect(data).toEqual({
        session_id: id,
        text: expect.any(String),
        request_id: expect.any(String),
        sentence_id: expect.any(String),
        timestamp: expect.any(Number),
        started_at: data['timestamp'],
      });
      expect(ends[index]?.data).toEqual({
        ...data,
        timestamp: expect.any(Number),
        ended_at: ends[index]?.data['timestamp'],
        started_at: undefined,
      });
    }
    const subtitles = events.filter(({ type }) => type === 'tts.response.subtitle');
    for (const [index, subtitle] of subtitles.entries()) {
      expect(subtitle.timestamp).toEqual(expect.any(Number));
      expect(subtitle.data).toEqual({
        session_id: subtitle.data.session_id,
        request_id: starts[index]?.data['request_id'],
        text: starts[index]?.data['text'],
        items: expect.any(Array),
      });
    }
    // Times go on through the session: the second sentence begins after the first one's audio.
    type Items = { start_time: number; end_time: number }[];
    const [first, second] = subtitles.map(({ data }) => data['items'] as Items);
    expect(second?.[0]?.start_time).toBeGreaterThanOrEqual(first?.at(-1)?.end_time ?? Infinity);
  });

  test('says finished once for each sentence, on its last audio, and never sends none', async () => {
    const session = await createSession(spoken);
    session.send('tts.text.delta', { text: 'The first sentence is a little longer. The second. ' });
    const events = await finish(session);
    const runs: string[][] = [];
    for (const { type, data } of events) {
      if (type === START) runs.push([]);
      if (type === DELTA) runs.at(-1)?.push(data['status'] as string);
    }
    expect(runs).toHaveLength(2);
    for (const run of runs) {
      expect(run.indexOf('finished')).toBe(run.length - 1);
      expect(new Set(run.slice(0, -1))).toEqual(new Set(run.length > 1 ? ['unfinished'] : []));
    }
    const deltas = events.filter(({ type }) => type === DELTA);
    const audio = audioOf(events);
    expect(audio.every((bytes) => bytes.length > 0 && bytes.length % 2 === 0)).toBe(true);
    expect(deltas.map(({ data }) => data['duration'])).toEqual(
      audio.map((bytes) => bytes.length / 2 / 24_000),
    );
    expect(rmsDbfs(decodePcm16(joined(audio)))).toBeGreaterThan(-35);
    const done = events.at(-1)?.data['audio'] as string;
    expect(decodeBase64(done)).toEqual(joined(audio));
  });

  test('puts a whole wav file into every delta, and one into the end', async () => {
    const session = await createSession(toned, { response_format: 'wav', sample_rate: 16_000 });
    session.send('tts.text.delta', { text: 'twelve chars' });
    const events = await finish(session);
    const files = audioOf(events).map((bytes) => readWav(bytes));
    expect(files.length).toBeGreaterThan(1);
    expect(new Set(files.map((file) => file.sampleRate))).toEqual(new Set([16_000]));
    const samples = Int16Array.from(files.flatMap((file) => [...file.samples]));
    expect(samples).toEqual(toneOf('twelve chars', 16_000));
    const bytes = decodeBase64(events.at(-1)?.data['audio'] as string);
    expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(40, true)).toBe(
      bytes.length - 44,
    );
    expect(readWav(bytes).samples).toEqual(samples);
  });

  test('buffers what comes right behind tts.create, and created is the next frame', async () => {
    const session = await openSocket(toned);
    await session.next();
    session.send('tts.create', { voice_id: 'cixingnansheng', response_format: 'pcm' });
    session.send('tts.text.delta', { text: 'Hello' });
    session.send('tts.text.flush');
    expect((await session.next()).type).toBe('tts.response.created');
    await session.next('tts.text.flushed');
    const events = await finish(session);
    expect(decodePcm16(joined(audioOf(events)))).toEqual(toneOf('Hello', 24_000));
  });

  test('with nothing to say ends without audio', async () => {
    const session = await createSession(toned);
    session.send('tts.text.delta', { text: ' …… ' });
    session.send('tts.text.delta', { text: '' });
    const events = await finish(session);
    expect(events.slice(2)).toMatchObject([{ type: DONE, data: { audio: '' } }]);
  });

  test('gives sentences as the words come, in both modes', async () => {
    const session = await createSession(toned);
    for (const text of ['Pi is 3.', '14 about', '. Next', ' one'])
      session.send('tts.text.delta', { text });
    expect((await session.next(START)).data['text']).toBe('Pi is 3.14 about.');
    session.send('tts.text.flush');
    expect((await session.next(START)).data['text']).toBe('Next one');
    await finish(session);
    const strict = await createSession(toned, { mode: 'sentence' });
    strict.send('tts.text.delta', { text: 'One. Two! Three' });
    expect((await strict.next(START)).data['text']).toBe('One. Two!');
    await finish(strict);
  });

  test('can leave the last audio out', async () => {
    await using emulator = await startEmulatorWith({ audioDone: 'empty' }, createToneEngine);
    const session = await createSession(emulator);
    session.send('tts.text.delta', { text: 'Hello' });
    expect((await finish(session)).at(-1)).toMatchObject({ type: DONE, data: { audio: '' } });
  });

  test('hands the options of tts.create to the voice', async () => {
    const engine = createToneEngine();
    await using emulator = await startEmulatorWith({}, () => engine);
    const session = await createSession(
      emulator,
      { speed_ratio: 1.5, volume_ratio: 0.5, voice_label: { emotion: 'Sad' }, sample_rate: 8000 },
      { model: 'step-tts-2', prefix: '/step_plan/v1' },
    );
    session.send('tts.text.delta', { text: 'Hi' });
    await finish(session);
    expect(engine.requests).toMatchObject([
      {
        text: 'Hi',
        voice: 'cixingnansheng',
        speed: 1.5,
        volume: 0.5,
        emotion: '悲伤',
        sampleRate: 8000,
        directives: false,
      },
    ]);
    await until(() => emulator.counters.openSockets === 0);
    expect(emulator.log[0]).toMatchObject({
      endpoint: 'speech-socket',
      plan: 'step-plan',
      status: 101,
      model: 'step-tts-2',
      voice: 'cixingnansheng',
      format: 'pcm',
      characters: 2,
      audioSeconds: 0.2,
      outcome: 'complete',
      closeCode: 1000,
    });
  });
});

describe('refuses', () => {
  test.each([
    ['not json', 'message is not valid JSON'],
    ['"text"', 'message must be a JSON object'],
    ['{}', 'type is required'],
    ['{"type":"tts.create"}', 'data is required'],
    ['{"type":"tts.create","data":{}}', 'session_id'],
    ['{"type":"tts.create","data":{"session_id":"other"}}', 'session_id'],
  ])('%s', async (message, words) => {
    const session = await openSocket(toned);
    await session.next();
    expect((await errorAfter(session, message))['message']).toContain(words);
    // The socket is as good as before.
    session.send('tts.create', { voice_id: 'cixingnansheng' });
    await session.next('tts.response.created');
    session.socket.terminate();
  });

  test.each([
    [{}, 'voice_id is required'],
    [{ voice_id: 'alloy' }, 'voice alloy is not valid'],
    [
      { voice_id: 'cixingnansheng', voice_label: { emotion: '高兴' } },
      'voice_label is not supported for v2 models',
    ],
    [{ voice_id: 'cixingnansheng', response_format: 'aac' }, 'response_format is not valid'],
    [{ voice_id: 'cixingnansheng', mode: 'token' }, 'mode is not valid'],
    [{ voice_id: 'cixingnansheng', speed_ratio: 9 }, 'speed_ratio is not valid'],
  ])('tts.create with %j, and takes a better one', async (data, words) => {
    const session = await openSocket(toned);
    await session.next();
    session.send('tts.create', data);
    expect((await session.next()).data).toMatchObject({
      code: '400',
      message: expect.stringContaining(words),
    });
    session.send('tts.create', { voice_id: 'cixingnansheng' });
    expect((await session.next()).type).toBe('tts.response.created');
    session.socket.terminate();
  });

  test('events out of their turn', async () => {
    const session = await openSocket(toned);
    await session.next();
    for (const type of ['tts.text.delta', 'tts.text.flush', 'tts.text.done']) {
      session.send(type, { text: 'x' });
      expect((await session.next()).data['message']).toBe(`${type} must come after tts.create`);
    }
    session.send('tts.cancel');
    expect((await session.next()).data['message']).toBe('event type tts.cancel is not supported');
    session.send('tts.create', { voice_id: 'cixingnansheng' });
    await session.next('tts.response.created');
    session.send('tts.create', { voice_id: 'cixingnansheng' });
    expect((await session.next()).data['message']).toBe('tts.create was already received');
    session.socket.terminate();
  });

  test('text that is no text, too long, or not readable', async () => {
    const session = await createSession(toned);
    for (const text of [7, undefined, 'x'.repeat(1001), ' '.repeat(1001), 'a\0b', '\ud83d']) {
      session.send('tts.text.delta', { text });
      const { data } = await session.next(ERROR);
      expect(data).toMatchObject({ code: '400', message: expect.stringMatching(/^data\.text/) });
    }
    session.send('tts.text.delta', { text: '字'.repeat(1000) });
    session.send('tts.text.flush');
    await session.next('tts.text.flushed');
    expect(toned.log.at(-1)?.characters).toBe(1000);
    session.socket.terminate();
  });

  test('a second tts.text.done, and text after the first', async () => {
    const session = await createSession(toned);
    session.send('tts.text.delta', { text: 'some words to say here' });
    session.send('tts.text.done');
    session.send('tts.text.done');
    session.send('tts.text.delta', { text: 'more' });
    const first = await session.next(ERROR);
    expect(first.data['message']).toContain('tts.text.done');
    expect(first.data['message']).toContain('already');
    const second = await session.next(ERROR);
    expect(second.data['message']).toContain('tts.text.delta is not allowed');
    await session.next(DONE);
    expect((await session.closed).code).toBe(1000);
  });

  test('binary frames that hold no JSON, and takes those that do', async () => {
    const session = await openSocket(toned);
    const { data } = await session.next();
    expect((await errorAfter(session, Buffer.from([0xff, 0xfe])))['message']).toBe(
      'message is not valid JSON',
    );
    const create = {
      type: 'tts.create',
      data: { session_id: data.session_id, voice_id: 'cixingnansheng' },
    };
    session.socket.send(Buffer.from(JSON.stringify(create)), { binary: true });
    expect((await session.next()).type).toBe('tts.response.created');
    session.socket.terminate();
  });

  test('a message over a megabyte by closing with 1009', async () => {
    const session = await createSession(toned);
    session.socket.send('x'.repeat(1024 * 1024 + 1));
    expect((await session.closed).code).toBe(1009);
    await until(() => toned.counters.openSockets === 0);
  });
});

describe('the handshake', () => {
  function refusal(
    path: string,
    headers: Record<string, string> = bearer(toned),
    protocols: string[] = [],
  ) {
    const socket = new WebSocket(`${toned.url.replace('http', 'ws')}${path}`, protocols, {
      headers,
    });
    socket.on('error', () => undefined);
    return once(socket, 'unexpected-response').then(async ([, answer]) => {
      const response = answer as IncomingMessage;
      const parts: Buffer[] = [];
      for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
      const body = JSON.parse(Buffer.concat(parts).toString()) as { error: { message: string } };
      expect(response.headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
      return [response.statusCode, body.error.message];
    });
  }

  test('is refused with a status and the service’s words', async () => {
    const path = '/v1/realtime/audio?model=step-tts-2';
    const wrong = [401, 'Incorrect API key provided'];
    expect(await refusal(path, {})).toEqual(wrong);
    expect(await refusal(path, { authorization: 'Bearer nope' })).toEqual(wrong);
    expect(await refusal(path, {}, ['realtime', 'openai-insecure-api-key.nope'])).toEqual(wrong);
    expect(await refusal('/v1/realtime/audio')).toEqual([400, 'model is required']);
    expect(await refusal('/v1/realtime/audio?model=gpt')).toEqual([400, 'model gpt not supported']);
    expect(await refusal('/v1/nowhere')).toEqual([404, 'the requested path does not exist']);
    expect(await refusal('/v1/models')).toEqual([400, 'no websocket is served here']);
  });

  test('a plain GET is told to upgrade', async () => {
    const answer = await fetch(`${toned.url}/v1/realtime/audio?model=step-tts-2`, {
      headers: bearer(toned),
    });
    expect(answer.status).toBe(400);
  });

  test('answers with the trace ids, and selects realtime without echoing the key', async () => {
    const key = `openai-insecure-api-key.${toned.apiKey}`;
    const socket = new WebSocket(
      `${toned.url.replace('http', 'ws')}/v1/realtime/audio?model=step-tts-2`,
      ['realtime', key, 'openai-beta.realtime-v1'],
    );
    const opened = once(socket, 'open');
    const [answer] = (await once(socket, 'upgrade')) as [IncomingMessage];
    expect(answer.headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers['sec-websocket-protocol']).toBe('realtime');
    await opened;
    socket.terminate();
  });
});

describe('idle for 60 s', () => {
  test('finishes what is there and closes', async () => {
    const clock = createManualClock();
    await using emulator = await startEmulatorWith({ clock }, createToneEngine);
    const session = await createSession(emulator);
    session.send('tts.text.delta', { text: 'not ended' });
    await until(() => emulator.log[0]?.characters === 9);
    clock.advance(59_999);
    session.send('tts.text.flush');
    await session.next(END);
    session.send('tts.text.delta', { text: 'more' });
    await until(() => emulator.log[0]?.characters === 13);
    clock.advance(59_999);
    expect(session.events.map(({ type }) => type)).not.toContain(DONE);
    clock.advance(1);
    expect((await session.next(START)).data['text']).toBe('more');
    await session.next(DONE);
    expect((await session.closed).code).toBe(1000);
    await until(() => emulator.counters.openSockets === 0);
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['before tts.create', {}, false],
    ['as it is told to', { idleEnd: 'close' as const }, true],
  ])('closes without a word %s', async (_, options, created) => {
    const clock = createManualClock();
    await using emulator = await startEmulatorWith({ clock, ...options }, createToneEngine);
    const session = created ? await createSession(emulator) : await openSocket(emulator);
    if (!created) await session.next();
    const count = session.events.length;
    clock.advance(60_000);
    expect((await session.closed).code).toBe(1000);
    expect(session.events).toHaveLength(count);
  });
});

describe('when things go wrong', () => {
  test('a voice that breaks down is an error with a code, not the end of the server', async () => {
    const clock = createManualClock();
    await using emulator = await startEmulatorWith({ clock }, () =>
      createToneEngine({ failAfter: 5 }),
    );
    const session = await createSession(emulator);
    session.send('tts.text.delta', { text: 'more than five' });
    session.send('tts.text.flush');
    const { data } = await session.next(ERROR);
    expect(data).toMatchObject({ code: '500', message: 'internal error' });
    session.send('tts.text.delta', { text: 'again' });
    expect((await session.next(ERROR)).data['message']).toBe('the session has failed');
    clock.advance(60_000);
    expect((await session.closed).code).toBe(1000);
  });

  test('stops speaking when the client leaves', async () => {
    const engine = createToneEngine();
    await using emulator = await startEmulatorWith({}, () => engine);
    const session = await createSession(emulator);
    session.send('tts.text.delta', { text: 'a long tone '.repeat(80) });
    session.send('tts.text.done');
    await session.next(DELTA);
    session.socket.close();
    await session.closed;
    await until(() => emulator.counters.openSockets === 0);
    const { said } = engine;
    expect(said).toBeLessThan(900);
    await sayHello(emulator);
    expect(engine.said).toBe(said + 'Hello'.length);
    expect(emulator.log[0]).toMatchObject({ outcome: 'aborted' });
    expect(emulator.counters.abortedRequests).toBe(1);
  });

  test('a client that does not read stops the voice, and goes on where it stopped', async () => {
    const engine = createToneEngine();
    await using emulator = await startEmulatorWith({ audioDone: 'empty' }, () => engine);
    const session = await createSession(emulator, { sample_rate: 48_000 });
    session.socket.pause();
    // 24 MB of samples: more than the system keeps for a reader that does not read.
    const text = 'x'.repeat(625);
    for (let i = 0; i < 4; i += 1) session.send('tts.text.delta', { text });
    session.send('tts.text.done');
    let stuck = 0;
    let turns = 0;
    await until(() => {
      turns = engine.said === stuck ? turns + 1 : 0;
      stuck = engine.said;
      return stuck > 0 && turns > 30;
    });
    expect(stuck).toBeLessThan(2400);
    await sayHello(emulator);
    expect(engine.said).toBe(stuck + 'Hello'.length);
    session.socket.resume();
    expect((await session.closed).code).toBe(1000);
    expect(engine.said).toBe(2500 + 'Hello'.length);
    const bytes = audioOf(session.events).reduce((sum, part) => sum + part.length, 0);
    expect(bytes).toBe(2500 * 4800 * 2);
  });

  test('closing the emulator closes every socket', async () => {
    const emulator = await startEmulatorWith({}, createToneEngine);
    const sessions = await Promise.all(Array.from({ length: 5 }, () => createSession(emulator)));
    for (const session of sessions) {
      session.send('tts.text.delta', { text: 'tone '.repeat(200) });
      session.send('tts.text.flush');
    }
    await Promise.all(sessions.map((session) => session.next(DELTA)));
    await emulator.close();
    for (const session of sessions) expect((await session.closed).code).toBe(1006);
    expect(emulator.counters).toMatchObject({
      openSockets: 0,
      openRequests: 0,
      openConnections: 0,
    });
  });
});

test('data speech arrives to the letter', async () => {
  const text = 'Dr. No said: “Wait!”  Then？！ he left……\n好。 ';
  const session = await createSession(spoken, { voice_id: 'data-voice' });
  for (const part of text.match(/.{1,5}/gs) ?? []) session.send('tts.text.delta', { text: part });
  const samples = decodePcm16(joined(audioOf(await finish(session))));
  expect(await hearDataSpeech({ samples, sampleRate: 24_000 })).toBe(text);
});

test('many sessions at once do not mix', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => 'x'.repeat(index + 1));
  const lengths = await Promise.all(
    texts.map(async (text) => {
      const session = await createSession(toned, { sample_rate: 8000 });
      session.send('tts.text.delta', { text });
      return joined(audioOf(await finish(session))).length;
    }),
  );
  expect(lengths).toEqual(texts.map((text) => text.length * 800 * 2));
});
