import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePcm16, resample, writeWav } from '../audio/index.ts';
import type { StepAudioOptions } from '../client.ts';
import {
  CapabilityError,
  ConnectionError,
  ModerationError,
  ProtocolError,
  ServiceError,
  StepAudioError,
  TimeoutError,
  ValidationError,
} from '../errors.ts';
import { createPlatformRuntime } from '../net/runtime.ts';
import type { Runtime } from '../net/runtime.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import type { WebSocketLike } from '../net/web-socket.ts';
import { createNodeRuntime } from '../runtime/node/node-runtime.ts';
import { SocketScript } from './testing/socket-script.ts';
import { collect, collectUntilFailure } from '../net/testing/collect.ts';
import { createTranscription } from './testing/transcription-server.ts';
import type { TranscriptionConnectOptions } from './transcription-options.ts';

const RATE = 16_000;
const noise = (ms: number, sampleRate = RATE) =>
  Int16Array.from({ length: (ms * sampleRate) / 1000 }, (_, i) => ((i * 7919) % 2001) - 1000);
const vad = { turnDetection: { silenceDurationMs: 500 } };

const WAYS: [string, () => Runtime, StepAudioOptions][] = [
  ['ws', createNodeRuntime, {}],
  ['the platform’s socket', createPlatformRuntime, { apiKey: undefined }],
];

/** Connects to a service that is spoken for by `script`. */
async function connect(
  server: ScriptedServer,
  options: TranscriptionConnectOptions = {},
  client: StepAudioOptions = {},
  createRuntime = createNodeRuntime as () => Runtime,
) {
  let script: SocketScript | undefined;
  server.socketScript = (socket) => (script = new SocketScript(socket));
  const made = createTranscription(server, client, createRuntime);
  const socket = await made.transcription.connect(options);
  await server.until(() => script !== undefined);
  return { ...made, socket, script: script! };
}

describe.each(WAYS)('over %s', (_way, createRuntime, client) => {
  const start = (server: ScriptedServer, options: TranscriptionConnectOptions = {}) =>
    connect(server, options, client, createRuntime);

  test('a session as it is documented, with turn detection', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script, clock } = await start(server, {
      language: 'zh',
      itn: true,
      turnDetection: { silenceDurationMs: 800, threshold: 0.6 },
    });
    const sound = noise(1500);
    socket.write(sound);
    expect(script.received).toEqual([]);
    script.raw(
      '{"event_id":"6a0e4b1c-0000-4000-8000-000000000001","type":"session.created","meta":{"session_id":"sess_7","timestamp":1790000003000},"session":{"audio":{"input":{"format":{"type":"pcm"}}}}}',
    );
    await script.until('session.update');
    expect(script.received).toEqual([
      {
        event_id: 'evt_1',
        type: 'session.update',
        session: {
          audio: {
            input: {
              format: { type: 'pcm', codec: 'pcm_s16le', rate: 16_000, bits: 16, channel: 1 },
              transcription: {
                model: 'stepaudio-2.5-asr-stream',
                language: 'zh',
                enable_itn: true,
              },
              turn_detection: { type: 'server_vad', silence_duration_ms: 800, threshold: 0.6 },
            },
          },
        },
      },
    ]);
    script.send('session.updated');
    socket.end();
    await script.when(() => script.samples.length === sound.length + RATE);
    expect(script.samples.subarray(0, sound.length)).toEqual(sound);
    expect(script.samples.subarray(sound.length).every((sample) => sample === 0)).toBe(true);
    for (const { length } of script.frames.slice(0, 15)) expect(length).toBe(3200);

    script.speech('started', 'item_1', 200);
    script.send('conversation.item.created', {
      previous_item_id: '',
      item: { id: 'item_1', object: 'realtime.item', type: 'message', status: 'in_progress' },
    });
    script.delta('item_1', {
      text: '我想订一张',
      stash: '票',
      words: [
        { word: '我', start: 0.0, end: 0.18, final: true },
        { word: '票', start: 1.1, end: 1.3, final: false },
      ],
    });
    // The documentation's own name for the time.
    script.send('input_audio_buffer.speech_stopped', { item_id: 'item_1', audio_start_ms: 1450 });
    script.send('input_audio_buffer.committed', { item_id: 'item_1', previous_item_id: null });
    script.completed('item_1', '我想订一张票。', {
      words: [{ word: '我', start: 0.0, end: 0.18, final: true }],
      usage: { prompt_tokens: 40, completion_tokens: 8, total_tokens: 48 },
    });
    expect(await collect(socket)).toEqual([
      { type: 'speech-started', segment: 0, atMs: 200 },
      {
        type: 'partial',
        segment: 0,
        text: '我想订一张票',
        words: [
          { text: '我', startMs: 200, endMs: 380, final: true },
          { text: '票', startMs: 1300, endMs: 1500, final: false },
        ],
      },
      { type: 'speech-stopped', segment: 0, atMs: 1450 },
      {
        type: 'final',
        segment: 0,
        text: '我想订一张票。',
        startMs: 200,
        endMs: 1450,
        words: [{ text: '我', startMs: 200, endMs: 380 }],
        usage: { inputTokens: 40, outputTokens: 8, totalTokens: 48 },
      },
    ]);
    await script.untilClosed();
    expect(server.handshakes[0]!.url).toBe('/v1/realtime/asr/stream');
    await server.untilAllClosed();
    expect(clock.pending).toBe(0);
  });

  test('segments end with commit(), and the older model sends pieces', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script, clock } = await start(server, { model: 'step-asr-1.1-stream' });
    await script.open();
    socket.write(noise(300));
    socket.commit();
    socket.write(noise(250));
    socket.end();
    await script.until('input_audio_buffer.commit', 2);
    expect(script.received.map(({ type }) => type.split('.').at(-1))).toEqual([
      'update',
      'append',
      'append',
      'append',
      'commit',
      'append',
      'append',
      'append',
      'commit',
    ]);
    script.send('input_audio_buffer.committed', { item_id: 'item_a' });
    script.delta('item_a', { text: 'good ', start_time: 0, end_time: 120 });
    script.send('input_audio_buffer.committed', { item_id: 'item_b', previous_item_id: 'item_a' });
    script.delta('item_b', { text: '再见', start_time: 10, end_time: 200 });
    script.delta('item_a', { text: 'morning', start_time: 120, end_time: 290 });
    script.completed('item_b', '再见。');
    script.completed('item_a', 'Good morning.');
    const [one, two, three, four, five] = await collect(socket);
    expect([one, two, three]).toEqual([
      {
        type: 'partial',
        segment: 0,
        text: 'good ',
        words: [{ text: 'good', startMs: 0, endMs: 120 }],
      },
      {
        type: 'partial',
        segment: 1,
        text: '再见',
        words: [{ text: '再见', startMs: 310, endMs: 500 }],
      },
      {
        type: 'partial',
        segment: 0,
        text: 'good morning',
        words: [
          { text: 'good', startMs: 0, endMs: 120 },
          { text: 'morning', startMs: 120, endMs: 290 },
        ],
      },
    ]);
    expect(four).toMatchObject({
      type: 'final',
      segment: 1,
      text: '再见。',
      startMs: 300,
      endMs: 550,
    });
    expect(five).toMatchObject({ type: 'final', segment: 0, text: 'Good morning.', endMs: 300 });
    await script.untilClosed();
    expect(clock.pending).toBe(0);
  });

  test('a slow reader loses nothing, and slows what is sent where the socket cannot be paused', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await start(server, { keepAliveMs: false });
    await script.open();
    for (let i = 0; i < 1000; i++) script.raw(JSON.stringify({ type: 'mood', value: i }));
    socket.write(noise(100));
    await script.until('input_audio_buffer.append');
    // Time for all of it to arrive.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    socket.write(noise(100));
    const values: number[] = [];
    while (values.length < 1000) {
      const { value } = await socket.next();
      values.push(((value as { raw: unknown }).raw as { value: number }).value);
    }
    expect(values).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    await script.until('input_audio_buffer.append', 2);
    await socket.return();
    await script.untilClosed();
  });

  test('return() and the signal close it at once while the service is silent', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await start(server);
    await script.open();
    const pending = socket.next();
    await socket.return();
    expect(await pending).toEqual({ value: undefined, done: true });
    await script.untilClosed();

    const controller = new AbortController();
    const {
      socket: other,
      script: its,
      clock,
    } = await start(server, { signal: controller.signal });
    await its.open();
    const waiting = other.next();
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    expect(() => other.write(noise(10))).toThrow('enough');
    expect(await other.next()).toEqual({ value: undefined, done: true });
    await its.untilClosed();
    expect(clock.pending).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});

describe('what is written', () => {
  test.each<[string, TranscriptionConnectOptions, (Int16Array | Uint8Array)[], Int16Array]>([
    ['samples', {}, [noise(90), noise(7)], Int16Array.of(...noise(90), ...noise(7))],
    ['bytes cut inside samples', {}, cut(encodePcm16(noise(333)), 1001), noise(333)],
    ['single bytes', {}, cut(encodePcm16(noise(20)), 1), noise(20)],
    ['WAV', {}, [writeWav({ samples: noise(200), sampleRate: RATE })], noise(200)],
    ['WAV in pieces', {}, cut(writeWav({ samples: noise(200), sampleRate: RATE }), 5), noise(200)],
    [
      'pieces that are WAV each',
      {},
      [1, 2].map(() => writeWav({ samples: noise(240), sampleRate: RATE })),
      Int16Array.of(...noise(240), ...noise(240)),
    ],
    [
      'WAV behind PCM',
      {},
      [encodePcm16(noise(40)), writeWav({ samples: noise(40), sampleRate: RATE })],
      Int16Array.of(...noise(40), ...noise(40)),
    ],
    [
      'another rate',
      { sampleRate: 48_000 },
      [noise(300, 48_000)],
      resample(noise(300, 48_000), 48_000, RATE),
    ],
    [
      'WAV of another rate',
      {},
      [writeWav({ samples: noise(300, 8000), sampleRate: 8000 })],
      resample(noise(300, 8000), 8000, RATE),
    ],
    ['something like WAV', {}, [Uint8Array.from(Buffer.from('RIFx'))], bytesOf('RIFx')],
    ['the beginning of WAV', {}, [Uint8Array.from(Buffer.from('RI'))], bytesOf('RI')],
  ])('%s', async (_name, options, written, expected) => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await connect(server, options);
    await script.open();
    for (const sound of written) socket.write(sound);
    socket.end();
    await script.until('input_audio_buffer.commit');
    expect(script.samples).toEqual(expected);
    for (const { length } of script.frames.slice(0, -1)) {
      expect(length).toBeGreaterThanOrEqual(1280);
      expect(length).toBeLessThanOrEqual(3200);
    }
    await socket.return();
  });

  test('ogg goes as it is', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await connect(server, { format: 'ogg' });
    await script.open();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i);
    socket.write(bytes);
    expect(() => socket.write(noise(10))).toThrow(ValidationError);
    socket.commit();
    await script.until('input_audio_buffer.commit');
    expect(Buffer.concat(script.frames)).toEqual(Buffer.from(bytes));
    expect(script.received[0]!.session!.audio.input.format).toMatchObject({ type: 'ogg' });
    await socket.return();
  });

  test('rates may change on the way', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await connect(server);
    await script.open();
    socket.write(noise(100, 48_000), 48_000);
    socket.write(noise(100));
    socket.write(noise(100, 8000), 8000);
    socket.end();
    await script.until('input_audio_buffer.commit');
    expect(script.samples).toHaveLength(4800);
    await socket.return();
  });

  test.each<[string, (socket: Awaited<ReturnType<typeof connect>>['socket']) => void, RegExp]>([
    ['no sound', (socket) => socket.write('x' as never), /Int16Array/],
    ['floats', (socket) => socket.write(new Float32Array(3) as never), /Int16Array/],
    ['a rate that cannot be', (socket) => socket.write(noise(1), 7), /hertz/],
    ['commit without sound', (socket) => socket.commit(), /there is none/],
    [
      'a second commit without sound',
      (socket) => {
        socket.write(noise(50));
        socket.commit();
        socket.commit();
      },
      /there is none/,
    ],
  ])('%s is refused, and the socket goes on', async (_name, act, message) => {
    await using server = await ScriptedServer.start();
    const { socket } = await connect(server);
    expect(() => act(socket)).toThrow(ValidationError);
    expect(() => act(socket)).toThrow(message);
    expect(socket.write(noise(50))).toBe(true);
    await socket.return();
  });

  test('commit() under turn detection, and anything after end(), is refused', async () => {
    await using server = await ScriptedServer.start();
    const { socket } = await connect(server, vad);
    socket.write(noise(50));
    expect(() => socket.commit()).toThrow(/turnDetection/);
    socket.end();
    socket.end();
    expect(() => socket.write(noise(50))).toThrow(/after end/);
    await socket.return();
    socket.end();
    expect(() => socket.write(noise(50))).toThrow(ConnectionError);
  });

  test.each<[object, string]>([
    [{ model: 'stepaudio-2.5-asr' }, 'model'],
    [{ format: 'mp3' }, 'format'],
    [{ hotwords: ['x'] }, 'hotwords'],
    [{ language: 'zh cn' }, 'language'],
    [{ sampleRate: 1 }, 'sampleRate'],
    [{ turnDetection: true }, 'turnDetection'],
    [{ turnDetection: { silenceDurationMs: 0 } }, 'turnDetection.silenceDurationMs'],
    [{ turnDetection: { threshold: -1 } }, 'turnDetection.threshold'],
    [{ turnDetection: { prefixPaddingMs: 1 } }, 'turnDetection.prefixPaddingMs'],
    [{ keepAliveMs: 1 }, 'keepAliveMs'],
    [{ timestamps: true, model: 'step-asr-1.1-stream' }, 'timestamps'],
  ])('%j is refused before anything is sent', async (options, path) => {
    const { transcription } = createTranscription({ url: 'http://127.0.0.1:9' });
    await expect(transcription.connect(options)).rejects.toMatchObject({
      name: 'ValidationError',
      path,
    });
  });

  test('a writer is told to wait while nothing leaves, and a stall is an error', async () => {
    await using server = await ScriptedServer.start();
    let isStuck = true;
    const runtime = createNodeRuntime();
    const { socket, script, clock } = await connect(
      server,
      {},
      {
        openSocket: async (url, opening) => {
          const opened = await runtime.openSocket!(url, opening);
          return new Proxy(opened, {
            get(target, key) {
              if (key === 'bufferedAmount') return isStuck ? 1_000_000 : 0;
              const value = Reflect.get(target, key) as unknown;
              return typeof value === 'function' ? value.bind(target) : value;
            },
            set: (target, key, value) => Reflect.set(target, key, value),
          }) as WebSocketLike;
        },
      },
    );
    await script.open();
    expect(socket.write(noise(1000))).toBe(true);
    expect(socket.write(noise(1500))).toBe(false);
    let isDrained = false;
    const drained = socket.drained().then(() => (isDrained = true));
    await clock.timer(25);
    await clock.advance(1000);
    expect(isDrained).toBe(false);
    isStuck = false;
    await clock.advance(25);
    await drained;
    await script.when(() => script.samples.length === 2.5 * RATE);
    expect(socket.write(noise(10))).toBe(true);
    isStuck = true;
    socket.write(noise(1000));
    for (let minutes = 0; minutes < 10; minutes++) socket.write(new Int16Array(60 * RATE));
    expect(() => socket.write(noise(10))).toThrow(/drained/);
    const failure = collectUntilFailure(socket);
    await clock.advance(31_000);
    expect((await failure).failure).toBeInstanceOf(TimeoutError);
    await script.untilClosed();
    expect(clock.pending).toBe(0);
  });

  test('an idle session is kept alive, and its times do not count the silence', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script, clock } = await connect(server, { keepAliveMs: 5000, ...vad });
    await script.open();
    await clock.timer(5000);
    await clock.advance(15_000);
    await script.when(() => script.samples.length === 3 * 1600);
    socket.write(noise(1000));
    await script.when(() => script.samples.length === 3 * 1600 + RATE);
    script.speech('started', 'item_1', 400);
    script.speech('stopped', 'item_1', 1100);
    script.completed('item_1', 'hi', { words: [{ word: 'hi', start: 0.1, end: 0.6 }] });
    expect((await socket.next()).value).toMatchObject({ atMs: 100 });
    expect((await socket.next()).value).toMatchObject({ atMs: 800 });
    expect((await socket.next()).value).toMatchObject({
      startMs: 100,
      endMs: 800,
      words: [{ text: 'hi', startMs: 200, endMs: 700 }],
    });
    await socket.return();
    expect(clock.pending).toBe(0);
  });
});

describe('what comes', () => {
  async function ready(server: ScriptedServer, options: TranscriptionConnectOptions = {}) {
    const made = await connect(server, { keepAliveMs: false, ...options });
    await made.script.open();
    return made;
  }

  test('without sound, end() ends it', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await connect(server, vad);
    socket.end();
    expect(await collect(socket)).toEqual([]);
    await script.untilClosed();
  });

  test('end() waits for the last segment, also when all its sound has left before', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await ready(server);
    const commits = () =>
      script.received.filter(({ type }) => type === 'input_audio_buffer.commit').length;
    socket.write(noise(100));
    socket.commit();
    await script.when(() => commits() === 1);
    script.completed('i', 'first');
    expect((await socket.next()).value).toMatchObject({ type: 'final', startMs: 0, endMs: 100 });
    socket.write(noise(100));
    await script.when(() => script.samples.length === 200 * 16);
    socket.end();
    await script.when(() => commits() === 2);
    script.completed('j', 'second');
    expect(await collect(socket)).toMatchObject([
      { type: 'final', segment: 1, text: 'second', startMs: 100, endMs: 200 },
    ]);
    await script.untilClosed();
  });

  test('a final text comes once; what a second reading finds is a correction', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script, clock } = await ready(server, { fullRerun: true });
    socket.write(noise(100));
    socket.end();
    await script.until('input_audio_buffer.commit');
    script.completed('i', 'their');
    script.delta('i', { text: 'late', stash: '' });
    script.completed('i', 'their');
    script.completed('i', 'there');
    const events = collect(socket);
    await clock.timer(2000);
    await server.until(() => true);
    await clock.advance(0);
    while (clock.pending > 0) await clock.advance(2000);
    expect(await events).toMatchObject([
      { type: 'final', text: 'their' },
      { type: 'correction', segment: 0, text: 'there' },
    ]);
    expect(script.received[0]!.session!.audio.input.transcription).toMatchObject({
      full_rerun_on_commit: true,
    });
  });

  test.each([
    ['nothing but silence', new Int16Array(RATE), undefined],
    ['silence behind the last words', Int16Array.of(...noise(900), ...new Int16Array(RATE)), 880],
  ])('under turn detection %s ends at once', async (_name, sound, stoppedMs) => {
    await using server = await ScriptedServer.start();
    const { socket, script, clock } = await ready(server, vad);
    socket.write(sound);
    if (stoppedMs !== undefined) {
      script.speech('started', 'a', 0);
      script.speech('stopped', 'a', stoppedMs);
      script.completed('a', '一');
      await collectSome(socket, 3);
    }
    socket.end();
    expect(await socket.next()).toEqual({ value: undefined, done: true });
    expect(clock.pending).toBe(0);
  });

  test('under turn detection it waits for what the service may still hear', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script, clock } = await ready(server, vad);
    socket.write(noise(3000));
    socket.end();
    await clock.timer(2000);
    script.speech('started', 'a', 100);
    expect((await socket.next()).value).toMatchObject({ type: 'speech-started' });
    // The service is at work: its silence is judged by the idle limit alone.
    expect(clock.nextInMs).toBe(30_000);
    script.speech('stopped', 'a', 900);
    script.completed('a', '一');
    expect((await socket.next()).value).toMatchObject({ type: 'speech-stopped' });
    expect((await socket.next()).value).toMatchObject({ type: 'final' });
    await clock.timer(2000);
    const end = socket.next();
    await clock.advance(2000);
    expect(await end).toEqual({ value: undefined, done: true });
    expect(clock.pending).toBe(0);
  });

  test('one segment may fail, and the others go on', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await ready(server);
    socket.write(noise(100));
    socket.commit();
    socket.write(noise(100));
    socket.commit();
    socket.write(noise(100));
    socket.end();
    await script.until('input_audio_buffer.commit', 3);
    const second = script.received.filter(({ type }) => type.endsWith('commit'))[1]!.event_id;
    script.failed('a', { type: 'risk', code: 'risk_blocked', message: 'no' });
    script.send('error', {
      error: {
        type: 'invalid_request_error',
        code: 'invalid_value',
        message: 'too short',
        event_id: second,
      },
    });
    script.completed('c', '三');
    const events = await collect(socket);
    expect(events).toMatchObject([
      { type: 'failed', segment: 0 },
      { type: 'failed', segment: 1 },
      { type: 'final', segment: 2, text: '三', startMs: 200, endMs: 300 },
    ]);
    expect((events[0] as { error: unknown }).error).toBeInstanceOf(ModerationError);
    expect((events[1] as { error: unknown }).error).toBeInstanceOf(ServiceError);
  });

  test.each<[string, object | string, new (...args: never[]) => Error, RegExp]>([
    [
      'an error as documented',
      '{"event_id":"6a0e4b1c-0000-4000-8000-000000000002","type":"error","meta":{"session_id":"sess_7","timestamp":1790000003100},"error":{"type":"invalid_request_error","code":"missing_param","message":"audio is required","param":"audio","event_id":"evt_9"}}',
      ServiceError,
      /audio is required/,
    ],
    [
      'a risk',
      { type: 'error', error: { type: 'risk', code: 'risk_blocked' } },
      ModerationError,
      /./,
    ],
    [
      'the older error',
      { type: 'transcript.response.error', data: { code: '400', error: 'unknown event' } },
      ServiceError,
      /unknown event/,
    ],
    ['an error that is text', { type: 'error', error: 'oops' }, ServiceError, /oops/],
    ['an error that is nothing', { type: 'error', error: 7 }, ServiceError, /no reason/],
    ['idle', { type: 'error', error: { code: 'max_idle_timeout' } }, ServiceError, /./],
    ['no JSON', 'oops', ProtocolError, /no JSON/],
    ['a number', '3', ProtocolError, /number/],
    ['an unknown failure', { type: 'x', error: { message: 'odd' } }, ServiceError, /odd/],
  ])('%s ends it', async (_name, message, kind, text) => {
    await using server = await ScriptedServer.start();
    const { socket, script, clock } = await ready(server, { prompt: '秘密计划' });
    script.raw(typeof message === 'string' ? message : JSON.stringify(message));
    const { failure } = await collectUntilFailure(socket);
    expect(failure).toBeInstanceOf(kind);
    expect((failure as Error).message).toMatch(text);
    expect((failure as Error).message).not.toMatch(/秘密计划|geheim/);
    await script.untilClosed();
    expect(clock.pending).toBe(0);
  });

  test('what is not known is passed on, and ids may be missing', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await ready(server);
    socket.write(noise(100));
    socket.end();
    await script.until('input_audio_buffer.commit');
    script.raw('{"type":"mood","value":1}');
    const type = 'conversation.item.input_audio_transcription';
    script.raw(JSON.stringify({ type: `${type}.delta`, text: 'a', stash: 'b', words: 'none' }));
    script.raw(JSON.stringify({ type: `${type}.completed`, transcript: null, usage: 3 }));
    expect(await collect(socket)).toEqual([
      { type: 'unknown', raw: { type: 'mood', value: 1 } },
      { type: 'partial', segment: 0, text: 'ab' },
      { type: 'final', segment: 0, text: 'ab', startMs: 0, endMs: 100, words: [] },
    ]);
  });

  test('word times that count from the session are seen to', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await ready(server, vad);
    socket.write(noise(9000));
    await script.when(() => script.samples.length === 9 * RATE);
    script.speech('started', 'a', 5000);
    script.speech('stopped', 'a', 6000);
    script.completed('a', 'x', { words: [{ word: 'x', start: 5.2, end: 5.9 }] });
    expect((await collectSome(socket, 3)).at(-1)).toMatchObject({
      words: [{ startMs: 5200, endMs: 5900 }],
    });
    await socket.return();
  });

  test('a service that is silent while something is due is given up', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script, clock } = await connect(server, { keepAliveMs: false });
    const greeting = collectUntilFailure(socket);
    await clock.advance(60_000);
    expect((await greeting).failure).toMatchObject({ phase: 'first-byte' });

    const other = await ready(server);
    other.socket.write(noise(100));
    // Nothing is due: it may be silent.
    await other.script.until('input_audio_buffer.append');
    await other.clock.advance(600_000);
    other.socket.commit();
    const failed = collectUntilFailure(other.socket);
    await other.clock.advance(30_000);
    expect((await failed).failure).toMatchObject({ phase: 'idle' });
    await script.untilClosed();
    await other.script.untilClosed();
    expect(other.clock.pending).toBe(0);
  });

  test.each([
    [1000, '', /before end\(\) \(code 1000\)/],
    [1011, 'max_idle_timeout', /code 1011: max_idle_timeout/],
    [4001, 'x', /code 4001: x/],
  ])('a close with %i before the end is an error', async (code, reason, message) => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await ready(server, vad);
    socket.write(noise(100));
    await script.until('input_audio_buffer.append');
    script.socket.close(code, reason);
    const { failure } = await collectUntilFailure(socket);
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({ closeCode: code });
    expect((failure as Error).message).toMatch(message);
  });

  test('a close when all is said is the end; before, it is not', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script } = await ready(server, vad);
    socket.write(noise(2000));
    socket.end();
    await script.when(() => script.samples.length === 2 * RATE + 700 * 16);
    script.speech('started', 'a', 0);
    script.completed('a', 'x');
    script.socket.terminate();
    expect((await collect(socket)).map(({ type }) => type)).toEqual(['speech-started', 'final']);

    const other = await ready(server, vad);
    other.socket.write(noise(2000));
    other.socket.end();
    await other.script.until('input_audio_buffer.append');
    other.script.speech('started', 'a', 0);
    other.script.socket.close(1000);
    const { failure } = await collectUntilFailure(other.socket);
    expect(failure).toMatchObject({ code: 'socket_closed', closeCode: 1000 });
  });

  test('a refused handshake says why', async () => {
    await using server = await ScriptedServer.start();
    server.refusals.push({ status: 404 });
    const { transcription } = createTranscription(server, { plan: 'step-plan' });
    await expect(transcription.connect()).rejects.toBeInstanceOf(CapabilityError);
  });

  test('whatever a server sends, the outcome is events or an error of ours', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.object(), { maxLength: 3 }),
      fc.object(),
    );
    const T = 'conversation.item.input_audio_transcription';
    const message = fc.record(
      {
        type: fc.constantFrom(
          'session.created',
          'session.updated',
          'conversation.item.created',
          `${T}.delta`,
          `${T}.completed`,
          `${T}.failed`,
          'input_audio_buffer.committed',
          'input_audio_buffer.speech_started',
          'input_audio_buffer.speech_stopped',
          'transcript.response.error',
          'error',
          'mood',
        ),
        event_id: value,
        item_id: fc.oneof(fc.constantFrom('a', 'b'), value),
        item: value,
        text: value,
        stash: value,
        words: value,
        transcript: value,
        audio_start_ms: value,
        audio_end_ms: value,
        start_time: value,
        end_time: value,
        usage: value,
        error: value,
        data: value,
        meta: value,
      },
      { requiredKeys: ['type'] },
    );
    await using server = await ScriptedServer.start();
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 8 }), async (messages) => {
        const { socket, script, clock } = await ready(server, vad);
        socket.write(noise(100));
        await script.until('input_audio_buffer.append');
        for (const one of messages) script.raw(JSON.stringify(one));
        script.socket.close(1000);
        const finals = new Set<number>();
        try {
          for await (const event of socket) {
            if (event.type !== 'final') continue;
            expect(finals.has(event.segment)).toBe(false);
            finals.add(event.segment);
          }
        } catch (error) {
          if (!StepAudioError.isInstance(error)) throw error;
        }
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

function bytesOf(text: string): Int16Array {
  return new Int16Array(Uint8Array.from(Buffer.from(text)).buffer);
}

async function collectSome<T>(events: AsyncIterator<T>, count: number): Promise<T[]> {
  const some: T[] = [];
  while (some.length < count) some.push((await events.next()).value as T);
  return some;
}
