import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { readWav, writeWav } from '../audio/index.ts';
import type { StepAudioOptions } from '../client.ts';
import {
  AuthenticationError,
  ConnectionError,
  ModerationError,
  ProtocolError,
  RateLimitError,
  ServiceError,
  TimeoutError,
} from '../errors.ts';
import { createPlatformRuntime } from '../net/runtime.ts';
import type { Runtime } from '../net/runtime.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import { createNodeRuntime } from '../runtime/node/node-runtime.ts';
import type { SpeechConnectOptions } from './speech-options.ts';
import { SESSION, SocketScript } from './testing/socket-script.ts';
import { collect, collectUntilFailure } from '../net/testing/collect.ts';
import { base64, createSpeech } from './testing/speech-server.ts';

const voice = { voice: 'ruyananshi' };
const samples = (...values: number[]) => new Uint8Array(Int16Array.from(values).buffer);
const audio = (...values: number[]) => ({
  type: 'audio',
  audio: samples(...values),
  durationSeconds: values.length / 24_000,
});

const WAYS: [string, () => Runtime, StepAudioOptions][] = [
  ['ws', createNodeRuntime, {}],
  ['the platform’s socket', createPlatformRuntime, { apiKey: undefined }],
];

describe.each(WAYS)('over %s', (_way, createRuntime, defaults) => {
  /** Connects to a service that is spoken for by `script`. */
  async function connect(
    server: ScriptedServer,
    options: Partial<SpeechConnectOptions> = {},
    client: StepAudioOptions = {},
  ) {
    let script: SocketScript | undefined;
    server.socketScript = (socket) => (script = new SocketScript(socket));
    const { speech, clock } = createSpeech(server, { ...defaults, ...client }, createRuntime);
    const socket = await speech.connect({ ...voice, ...options });
    await server.until(() => script !== undefined);
    return { socket, clock, script: script! };
  }

  test('a session as it is documented', async () => {
    await using server = await ScriptedServer.start();
    const { socket, script, clock } = await connect(server, {
      speed: 1.1,
      mode: 'sentence',
      timestamps: true,
    });
    socket.write('火车在八点到站。');
    socket.flush();
    socket.end();
    expect(script.received).toEqual([]);
    script.send('tts.connection.done');
    await script.until('tts.create');
    expect(script.received).toEqual([
      {
        type: 'tts.create',
        data: {
          session_id: SESSION,
          voice_id: 'ruyananshi',
          response_format: 'pcm',
          sample_rate: 24_000,
          speed_ratio: 1.1,
          mode: 'sentence',
          timestamp: true,
        },
      },
    ]);
    script.send('tts.response.created');
    await script.until('tts.text.done');
    expect(script.received.slice(1)).toEqual([
      { type: 'tts.text.delta', data: { session_id: SESSION, text: '火车在八点到站。' } },
      { type: 'tts.text.flush', data: { session_id: SESSION } },
      { type: 'tts.text.done', data: { session_id: SESSION } },
    ]);
    const request_id = `${SESSION}-tts.019c22d0b1f07ac2a7f1c3d0e5b64f11`;
    script.send('tts.response.sentence.start', {
      text: '火车在八点到站。',
      request_id,
      timestamp: 1_790_000_001_200,
      started_at: 1_790_000_001_200,
    });
    script.audio([0, 0, 1, 0], { duration: 0.4 });
    script.send('tts.text.flushed');
    script.audio([2, 0], { status: 'finished' });
    script.send('tts.response.sentence.end', { text: '火车在八点到站。', request_id });
    const items = [{ text: '火', start_time: 0, end_time: 160 }];
    script.send(
      'tts.response.subtitle',
      { text: '火车在八点到站。', request_id, items },
      { timestamp: 1_790_000_002_345 },
    );
    script.send('tts.response.audio.done', { audio: base64([0, 0, 1, 0, 2, 0]) });
    expect(await collect(socket)).toEqual([
      { type: 'sentence-start', text: '火车在八点到站。', requestId: request_id },
      audio(0, 1),
      { type: 'flushed' },
      audio(2),
      { type: 'sentence-end', text: '火车在八点到站。', requestId: request_id },
      {
        type: 'subtitle',
        text: '火车在八点到站。',
        requestId: request_id,
        words: [{ text: '火', startMs: 0, endMs: 160 }],
      },
    ]);
    await script.untilClosed();
    expect(server.handshakes[0]!.url).toBe('/v1/realtime/audio?model=stepaudio-2.5-tts');
    await server.untilAllClosed();
    expect(clock.pending).toBe(0);
  });

  test('older and other names of the same events', async () => {
    for (const last of ['tts.response.audio.done', 'response.audio.done', 'tts.response.done']) {
      await using server = await ScriptedServer.start();
      const { socket, script } = await connect(server);
      socket.write('一。');
      socket.end();
      script.send('tts.connection.done');
      await script.until('tts.create');
      // The name that an older page prints for tts.response.created.
      script.send('tts.connection.done');
      await script.until('tts.text.done');
      script.send('tts.response.sentence.start', {
        text: '一。',
        sentence_id: 7,
        started_at: '12',
      });
      script.audio([1, 0]);
      script.audio([], { audio: '' });
      script.audio([], { audio: null });
      script.raw(JSON.stringify({ type: 'tts.response.audio.paused', data: {} }));
      script.raw(JSON.stringify({ type: last, data: null }));
      expect(await collect(socket)).toEqual([
        { type: 'sentence-start', text: '一。', requestId: undefined },
        audio(1),
        { type: 'unknown', raw: { type: 'tts.response.audio.paused', data: {} } },
      ]);
      await server.untilAllClosed();
    }
  });

  describe('audio', () => {
    async function run(
      options: Partial<SpeechConnectOptions>,
      pieces: Uint8Array[],
      last?: Uint8Array,
    ) {
      await using server = await ScriptedServer.start();
      const { socket, script } = await connect(server, options);
      await script.open();
      socket.write('一。');
      socket.end();
      await script.until('tts.text.done');
      for (const piece of pieces) script.audio(piece, { duration: 0.25 });
      script.send('tts.response.audio.done', { audio: last === undefined ? '' : base64(last) });
      return collect(socket);
    }

    const parts = [Int16Array.of(1, 2, 3), Int16Array.of(4, 5), Int16Array.of(6)];
    const files = parts.map((part) => writeWav({ samples: part, sampleRate: 24_000 }));
    const join = (pieces: { audio?: Uint8Array }[]) =>
      new Uint8Array(pieces.flatMap((piece) => [...(piece.audio ?? [])]));

    test('WAV files become one', async () => {
      const events = await run({ format: 'wav' }, files);
      expect(readWav(join(events as { audio: Uint8Array }[])).samples).toEqual(
        Int16Array.of(1, 2, 3, 4, 5, 6),
      );
    });

    test('samples cut inside one are whole again', async () => {
      const events = await run({}, [Uint8Array.of(1), Uint8Array.of(0, 2, 0, 3), Uint8Array.of(0)]);
      expect(events).toEqual([audio(1, 2), audio(3)]);
    });

    test('streaming formats are passed on, files of their own are marked', async () => {
      const pieces = [Uint8Array.of(1, 2), Uint8Array.of(3)];
      expect(await run({ format: 'opus_stream' }, pieces)).toEqual([
        { type: 'audio', audio: pieces[0], durationSeconds: 0.25 },
        { type: 'audio', audio: pieces[1], durationSeconds: 0.25 },
      ]);
      expect(await run({ format: 'mp3' }, pieces)).toEqual([
        { type: 'clip', format: 'mp3', audio: pieces[0], durationSeconds: 0.25 },
        { type: 'clip', format: 'mp3', audio: pieces[1], durationSeconds: 0.25 },
      ]);
    });

    test('that comes with the last event counts only where none came before', async () => {
      expect(await run({}, [], samples(1, 2))).toEqual([audio(1, 2)]);
      expect(await run({}, [samples(1, 2)], samples(1, 2))).toEqual([audio(1, 2)]);
      expect(await run({ format: 'flac' }, [], Uint8Array.of(9))).toEqual([
        { type: 'clip', format: 'flac', audio: Uint8Array.of(9), durationSeconds: undefined },
      ]);
    });

    test('alone, and refused where it cannot be joined', async () => {
      await using server = await ScriptedServer.start();
      const { socket, script } = await connect(server);
      await script.open();
      socket.write('一。');
      socket.end();
      await script.until('tts.text.done');
      script.send('tts.response.sentence.start', { text: '一。' });
      script.audio(samples(1));
      script.audio(samples(2));
      script.send('tts.response.audio.done');
      expect(await collect(socket.audio())).toEqual([samples(1), samples(2)]);
      const clips = await connect(server, { format: 'mp3' });
      expect(() => clips.socket.audio()).toThrow(/mp3_stream/);
      await clips.socket.return();
    });
  });

  describe('the end', () => {
    type Ending = [string, (script: SocketScript) => void];
    const closes: Ending[] = [
      ...[1000, 1001, 1008, 1011, 1013, 4000].map((code): Ending => [
        `close ${code}`,
        (script) => script.socket.close(code),
      ]),
      ['close without a code (1005)', (script) => script.socket.close()],
      ['a broken connection (1006)', (script) => script.socket.terminate()],
    ];

    test.each(closes)('%s after the last event is success', async (_, close) => {
      await using server = await ScriptedServer.start();
      const { socket, script, clock } = await connect(server);
      await script.open();
      socket.write('一。');
      socket.end();
      await script.until('tts.text.done');
      script.audio(samples(1));
      script.send('tts.response.audio.done');
      close(script);
      expect(await collect(socket)).toEqual([audio(1)]);
      expect(clock.pending).toBe(0);
    });

    test.each(closes)(
      '%s after all sentences, without the last event, is success',
      async (_, close) => {
        await using server = await ScriptedServer.start();
        const { socket, script } = await connect(server);
        await script.open();
        socket.write('一。');
        socket.end();
        await script.until('tts.text.done');
        script.send('tts.response.sentence.start', { text: '一。' });
        script.audio(samples(1));
        script.send('tts.response.sentence.end', { text: '一。' });
        // What a connection that breaks has not sent yet is lost.
        await new Promise<void>((resolve) =>
          script.socket.ping(undefined, undefined, () => resolve()),
        );
        const first = await socket.next();
        await socket.next();
        await socket.next();
        close(script);
        expect(first.done).toBe(false);
        expect(await socket.next()).toEqual({ value: undefined, done: true });
        await server.untilAllClosed();
      },
    );

    const states: [string, (script: SocketScript) => Promise<void> | void][] = [
      ['before the greeting', () => undefined],
      [
        'before the session is accepted',
        async (script) => {
          script.send('tts.connection.done');
          await script.until('tts.create');
        },
      ],
      ['before any text', (script) => script.open()],
      [
        'before end()',
        async (script) => {
          await script.open();
          await script.until('tts.text.delta');
          script.audio(samples(1));
        },
      ],
      [
        'inside a sentence after end()',
        async (script) => {
          await script.open();
          await script.until('tts.text.done');
          script.send('tts.response.sentence.start', { text: '一。' });
          script.audio(samples(1));
        },
      ],
      [
        'after end() with a sentence missing',
        async (script) => {
          await script.open();
          await script.until('tts.text.done');
          script.send('tts.response.sentence.start', { text: '一' });
          script.audio(samples(1));
          script.send('tts.response.sentence.end', { text: '一' });
        },
      ],
      [
        'after end() without any audio',
        async (script) => {
          await script.open();
          await script.until('tts.text.done');
        },
      ],
    ];

    test.each(states)('any close %s is a failure', async (state, reach) => {
      for (const [name, close] of closes) {
        await using server = await ScriptedServer.start();
        const { socket, script, clock } = await connect(server);
        if (state !== 'before any text') socket.write('一。二。');
        if (state.includes('after end()')) socket.end();
        const reached = reach(script);
        const collected = collectUntilFailure(socket);
        await reached;
        close(script);
        const { failure } = await collected;
        expect(failure, name).toBeInstanceOf(ConnectionError);
        expect(failure).toMatchObject({ code: 'socket_closed', retryable: true });
        const { closeCode } = failure as ConnectionError;
        expect(String(name)).toContain(String(closeCode));
        expect(clock.pending).toBe(0);
        await server.untilAllClosed();
      }
    });

    test('comes by itself where the service completes an idle session', async () => {
      await using server = await ScriptedServer.start();
      const { socket, script } = await connect(server);
      await script.open();
      socket.write('一。');
      await script.until('tts.text.delta');
      script.audio(samples(1));
      script.send('tts.response.audio.done');
      expect(await collect(socket)).toEqual([audio(1)]);
      expect(() => socket.write('二。')).toThrow(
        expect.objectContaining({ code: 'socket_closed' }),
      );
      socket.end();
    });

    test.each([[[]], [['']], [[' ', '\n']]])(
      'of a session without text (%j) needs no audio',
      async (writes) => {
        await using server = await ScriptedServer.start();
        const { socket, script, clock } = await connect(server);
        await script.open();
        for (const text of writes) socket.write(text);
        socket.end();
        expect(await collect(socket)).toEqual([]);
        await script.untilClosed();
        expect(clock.pending).toBe(0);
      },
    );

    test('without audio for a text is a failure', async () => {
      await using server = await ScriptedServer.start();
      const { socket, script } = await connect(server);
      await script.open();
      socket.write('一。');
      socket.end();
      await script.until('tts.text.done');
      script.send('tts.response.audio.done', { audio: '' });
      expect((await collectUntilFailure(socket)).failure).toMatchObject({ code: 'no_audio' });
      await server.untilAllClosed();
    });
  });

  describe('a failure', () => {
    test.each<[string, unknown, string, unknown, RegExp]>([
      [
        'as documented',
        {
          type: 'tts.response.error',
          data: { code: '503', message: 'engine overloaded', details: { error: 'x' } },
        },
        '503',
        ServiceError,
        /engine overloaded/,
      ],
      [
        'with a number for a code',
        { type: 'tts.response.error', data: { code: 429, message: 'slow down' } },
        '429',
        RateLimitError,
        /slow down/,
      ],
      [
        'with a word for a code',
        { type: 'tts.response.error', data: { code: 'provider_busy', message: '' } },
        'provider_busy',
        ServiceError,
        /no reason given/,
      ],
      [
        'with details alone',
        { type: 'tts.response.error', data: { details: { error: 'voice x is not valid' } } },
        'service_error',
        ServiceError,
        /voice x is not valid/,
      ],
      [
        'of the key',
        { type: 'tts.response.error', data: { code: '401', message: 'bad key' } },
        '401',
        AuthenticationError,
        /bad key/,
      ],
      [
        'of moderation',
        { type: 'tts.response.error', data: { code: 451, message: 'blocked' } },
        '451',
        ModerationError,
        /Change the text/,
      ],
      [
        'of a relay',
        { error: 'connection_timeout' },
        'service_error',
        ServiceError,
        /connection_timeout/,
      ],
      [
        'of a relay, with a code',
        { error: { code: 401, message: 'no key' }, message: 'no key' },
        '401',
        AuthenticationError,
        /no key/,
      ],
      [
        'that repeats the text',
        { type: 'tts.response.error', data: { code: '400', message: 'cannot say 机密文件。' } },
        '400',
        ServiceError,
        /cannot say \[…\]/,
      ],
    ])('%s', async (_, event, code, kind, message) => {
      await using server = await ScriptedServer.start();
      const { socket, script, clock } = await connect(server);
      await script.open();
      socket.write('机密文件。');
      await script.until('tts.text.delta');
      script.audio(samples(1));
      script.raw(JSON.stringify(event));
      const { events, failure } = await collectUntilFailure(socket);
      expect(failure).toBeInstanceOf(kind);
      expect((failure as ServiceError).code).toBe(code);
      expect((failure as Error).message).toMatch(message);
      expect(events).toEqual([audio(1)]);
      await script.untilClosed();
      expect(clock.pending).toBe(0);
      expect(() => socket.write('x')).toThrow(ConnectionError);
    });

    test.each([
      ['no JSON', '{"type": geheim', 'malformed_event'],
      ['no object', '7', 'malformed_message'],
      [
        'broken base64',
        JSON.stringify({ type: 'tts.response.audio.delta', data: { audio: '!geheim!' } }),
        'invalid_base64',
      ],
      [
        'a greeting without a session',
        '{"type":"tts.connection.done","data":{}}',
        'malformed_message',
      ],
    ])('%s', async (_, message, code) => {
      await using server = await ScriptedServer.start();
      const { socket, script } = await connect(server);
      script.raw(message);
      const { failure } = await collectUntilFailure(socket);
      expect(failure).toBeInstanceOf(ProtocolError);
      expect(failure).toMatchObject({ code });
      expect(String(failure)).not.toContain('geheim');
      await script.untilClosed();
    });
  });

  describe('a limit of time', () => {
    test('until the service is ready', async () => {
      await using server = await ScriptedServer.start();
      const { socket, script, clock } = await connect(
        server,
        {},
        { timeouts: { firstByteMs: 700 } },
      );
      const failed = collectUntilFailure(socket);
      await clock.timer(700);
      await clock.advance(700);
      expect((await failed).failure).toBeInstanceOf(TimeoutError);
      expect((await failed).failure).toMatchObject({ phase: 'first-byte', timeoutMs: 700 });
      await script.untilClosed();
      expect(clock.pending).toBe(0);
    });

    test.each<[string, (script: SocketScript) => Promise<void>]>([
      ['after end()', (script) => script.until('tts.text.done')],
      ['after flush()', (script) => script.until('tts.text.flush')],
      [
        'inside a sentence',
        async (script) => {
          await script.until('tts.text.delta');
          script.send('tts.response.sentence.start', { text: '一。' });
        },
      ],
    ])('while something is due: %s', async (state, reach) => {
      await using server = await ScriptedServer.start();
      const { socket, script, clock } = await connect(server, {}, { timeouts: { idleMs: 900 } });
      await script.open();
      socket.write('一。');
      if (state.includes('flush')) socket.flush();
      if (state.includes('end')) socket.end();
      const failed = collectUntilFailure(socket);
      await reach(script);
      await clock.timer(900);
      await clock.advance(900);
      expect((await failed).failure).toMatchObject({ phase: 'idle', timeoutMs: 900 });
      await server.untilAllClosed();
    });

    test('while nothing is, only well after the service would have closed', async () => {
      await using server = await ScriptedServer.start();
      const { socket, script, clock } = await connect(server, {}, { timeouts: { idleMs: 900 } });
      await script.open();
      socket.write('一');
      await script.until('tts.text.delta');
      const failed = collectUntilFailure(socket);
      await clock.timer(60_900);
      await clock.advance(60_899);
      expect(server.openConnections).toBe(1);
      await clock.advance(1);
      expect((await failed).failure).toMatchObject({ phase: 'idle' });
      expect(clock.pending).toBe(0);
    });
  });

  describe('leaving', () => {
    const reach = async (script: SocketScript, state: string) => {
      if (state === 'greeted') script.send('tts.connection.done');
      if (state === 'ready' || state === 'speaking') await script.open();
      if (state === 'speaking') {
        await script.until('tts.text.delta');
        script.send('tts.response.sentence.start', { text: '一。' });
      }
    };

    test.each(['silent', 'greeted', 'ready', 'speaking'])('by return() while %s', async (state) => {
      await using server = await ScriptedServer.start();
      const abort = new AbortController();
      const { socket, script, clock } = await connect(server, { signal: abort.signal });
      if (state === 'speaking') socket.write('一。');
      await reach(script, state);
      if (state === 'speaking') await socket.next();
      const pending = socket.next();
      expect(await socket.return()).toEqual({ value: undefined, done: true });
      expect(await socket.return()).toEqual({ value: undefined, done: true });
      expect(await pending).toEqual({ value: undefined, done: true });
      await script.untilClosed();
      expect(script.closeCode).toBe(1000);
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
      expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
      expect(() => socket.write('x')).toThrow(/closed/);
      expect(() => socket.flush()).toThrow(/closed/);
    });

    test.each(['silent', 'greeted', 'ready', 'speaking'])(
      'by the signal while %s',
      async (state) => {
        await using server = await ScriptedServer.start();
        const abort = new AbortController();
        const { socket, script, clock } = await connect(server, { signal: abort.signal });
        if (state === 'speaking') socket.write('一。');
        await reach(script, state);
        if (state === 'speaking') await socket.next();
        const pending = socket.next().catch((thrown: unknown) => thrown);
        const reason = { my: 'reason' };
        abort.abort(reason);
        expect(await pending).toBe(reason);
        expect(await socket.next()).toEqual({ value: undefined, done: true });
        await script.untilClosed();
        await server.untilAllClosed();
        expect(clock.pending).toBe(0);
        expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
        let thrown: unknown;
        try {
          socket.write('x');
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBe(reason);
      },
    );

    test('by await using', async () => {
      await using server = await ScriptedServer.start();
      {
        await using socket = (await connect(server)).socket;
        expect(socket.format).toBe('pcm');
      }
      await server.untilAllClosed();
    });

    test('aborted or invalid before it began, nothing leaves', async () => {
      await using server = await ScriptedServer.start();
      const { speech } = createSpeech(server, defaults, createRuntime);
      await expect(speech.connect({ ...voice, signal: AbortSignal.abort('no') })).rejects.toBe(
        'no',
      );
      await expect(speech.connect({ ...voice, speed: 9 })).rejects.toMatchObject({ path: 'speed' });
      expect(server.connections).toBe(0);
    });
  });
});

test('long text leaves in pieces, cut between sentences', async () => {
  await using server = await ScriptedServer.start();
  let script: SocketScript | undefined;
  server.socketScript = (socket) => (script = new SocketScript(socket));
  const { speech } = createSpeech(server);
  const socket = await speech.connect(voice);
  await script!.open();
  const text = '火车在八点到站，请大家准备好。'.repeat(200);
  socket.write(text);
  socket.end();
  await script!.until('tts.text.done');
  expect(script!.texts.join('')).toBe(text);
  expect(script!.texts.map((piece) => piece.length)).toEqual([990, 990, 990, 30]);
  await socket.return();
});

test('a socket that can be paused leaves the rest at the service while nobody reads', async () => {
  await using server = await ScriptedServer.start();
  let script: SocketScript | undefined;
  server.socketScript = (socket) => (script = new SocketScript(socket));
  const { speech } = createSpeech(server);
  const socket = await speech.connect(voice);
  await script!.open();
  socket.write('一。');
  socket.end();
  await script!.until('tts.text.done');
  const second = base64(new Uint8Array(48_000));
  for (let count = 0; count < 600; count += 1) {
    script!.send('tts.response.audio.delta', { audio: second });
  }
  script!.send('tts.response.audio.done');
  await socket.next();
  for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  // Two kernel buffers hold some megabytes; ten minutes of audio in base64 are 38.
  expect(script!.socket.bufferedAmount).toBeGreaterThan(20_000_000);
  let bytes = 48_000;
  for await (const piece of socket.audio()) bytes += piece.length;
  expect(bytes).toBe(600 * 48_000);
});

test('a socket that cannot be paused gets its text as the audio is taken: ten seconds at most are held', async () => {
  await using server = await ScriptedServer.start();
  let script: SocketScript | undefined;
  // Speaks four characters a second, at once, whenever a sentence is complete.
  let pendingText = '';
  server.socketScript = (socket) => {
    script = new SocketScript(socket);
    socket.on('message', (data: Buffer) => {
      const event = JSON.parse(data.toString()) as { type: string; data: { text: string } };
      if (event.type === 'tts.text.delta') {
        pendingText += event.data.text;
        const end = pendingText.lastIndexOf('。') + 1;
        for (let at = 0; at < end; at += 4) {
          script!.audio(new Uint8Array(Math.min(4, end - at) * 12_000));
        }
        pendingText = pendingText.slice(end);
      }
      if (event.type === 'tts.text.done') script!.send('tts.response.audio.done');
    });
  };
  const { speech, clock } = createSpeech(server, { apiKey: undefined }, createPlatformRuntime);
  const socket = await speech.connect(voice);
  await script!.open();
  socket.write('火车在八点到站，请大家准备好。'.repeat(40));
  socket.end();
  const sentSeconds = () => script!.texts.join('').length / 4;
  let taken = 0;
  let mostHeld = 0;
  for (;;) {
    await clock.advance(0);
    mostHeld = Math.max(mostHeld, sentSeconds() - taken);
    const { value, done } = await socket.next();
    if (done === true) break;
    if (value.type === 'audio') taken += value.durationSeconds ?? 0;
  }
  expect(taken).toBeCloseTo(600 / 4, 3);
  expect(mostHeld).toBeLessThanOrEqual(10);
  expect(mostHeld).toBeGreaterThan(4);
});
