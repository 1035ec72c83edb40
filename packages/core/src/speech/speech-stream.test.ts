import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { encodePcm16, readWav, writeWav } from '../audio/index.ts';
import {
  AuthenticationError,
  ConnectionError,
  ModerationError,
  ProtocolError,
  ServiceError,
  ValidationError,
} from '../errors.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import type { SpeechStream } from './speech-stream.ts';
import { collect, collectUntilFailure } from '../net/testing/collect.ts';
import {
  DONE,
  END,
  RUNTIMES,
  base64,
  beginEvents,
  createSpeech,
  delta,
} from './testing/speech-server.ts';

const request = { text: '早上好。', voice: 'ruyananshi' };

// Written by hand from the service's documentation.
const SUBTITLE =
  'data: {"type":"response.subtitle","event_id":"019c22d0f1a27b3c9d4e5f60718293a4","data":{"text":"早上好。","request_id":"9b1e4c77.019c22d0","items":[{"text":"早","start_time":0,"end_time":160},{"text":"上","start_time":160,"end_time":320},{"text":"好。","start_time":320,"end_time":720}],"timestamp":1790000000321}}\n\n';

const audio = (...bytes: number[]) => ({
  type: 'audio',
  audio: Uint8Array.from(bytes),
  durationSeconds: bytes.length / 48_000,
});
const sixteen = Array.from({ length: 16 }, (_, index) => index + 1);

describe.each(RUNTIMES)('over %s', (_, createRuntime) => {
  const stream = (server: { url: string }, options = {}) => {
    const { speech, clock, connection } = createSpeech(server, {}, createRuntime);
    return { stream: speech.stream({ ...request, ...options }), clock, connection, speech };
  };

  test('audio and subtitles, as they are documented', async () => {
    await using server = await ScriptedServer.start((__, answer) => {
      beginEvents(answer, delta(sixteen), SUBTITLE, delta([17, 18]), DONE, END).end();
    });
    const { stream: speech, clock } = stream(server, { timestamps: true });
    expect(await collect(speech)).toEqual([
      audio(...sixteen),
      {
        type: 'subtitle',
        text: '早上好。',
        requestId: '9b1e4c77.019c22d0',
        words: [
          { text: '早', startMs: 0, endMs: 160 },
          { text: '上', startMs: 160, endMs: 320 },
          { text: '好。', startMs: 320, endMs: 720 },
        ],
      },
      audio(17, 18),
    ]);
    expect(speech).toMatchObject({ requestId: 't-1', format: 'pcm', sampleRate: 24_000 });
    expect(server.lastRequest.json).toEqual({
      model: 'stepaudio-2.5-tts',
      input: '早上好。',
      voice: 'ruyananshi',
      response_format: 'pcm',
      sample_rate: 24_000,
      stream_format: 'sse',
      timestamp: true,
    });
    expect(server.lastRequest.headers.accept).toBe('text/event-stream');
    expect(clock.pending).toBe(0);
    expect(await speech.next()).toEqual({ value: undefined, done: true });
  });

  test('nothing leaves before the first read, and nothing ever for what is invalid', async () => {
    await using server = await ScriptedServer.start();
    const { stream: speech, speech: api } = stream(server);
    expect(await speech.return()).toEqual({ value: undefined, done: true });
    expect(await speech.next()).toEqual({ value: undefined, done: true });
    expect(() => api.stream({ ...request, text: ' ' })).toThrow(ValidationError);
    const aborted = api.stream({ ...request, signal: AbortSignal.abort('no') });
    await expect(aborted.next()).rejects.toBe('no');
    expect(await aborted.next()).toEqual({ value: undefined, done: true });
    expect(server.connections).toBe(0);
  });

  test('the body may be cut at any byte', async () => {
    const body = Buffer.from(delta(sixteen) + SUBTITLE + delta([17, 18]) + DONE + END);
    let cut = 0;
    await using server = await ScriptedServer.start(async (__, answer) => {
      beginEvents(answer).write(body.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      answer.end(body.subarray(cut));
    });
    const { speech } = createSpeech(server, {}, createRuntime);
    for (cut = 1; cut < body.length; cut += 7) {
      const events = await collect(speech.stream(request));
      expect(events.map(({ type }) => type)).toEqual(['audio', 'subtitle', 'audio']);
    }
  });

  describe('the end', () => {
    test.each([
      ['with [DONE]', [delta(sixteen), DONE, END]],
      ['without [DONE]', [delta(sixteen), DONE]],
      ['with [DONE] alone', [delta(sixteen), END]],
      ['with CRLF', [delta(sixteen), DONE, END].map((event) => event.replaceAll('\n', '\r\n'))],
      [
        'without the space',
        [delta(sixteen), DONE].map((event) => event.replace('data: ', 'data:')),
      ],
      ['without the last blank line', [delta(sixteen), DONE.trimEnd()]],
      ['with more behind it', [delta(sixteen), DONE, delta([9, 9]), END, 'data: nonsense\n\n']],
    ])('%s', async (__, events) => {
      await using server = await ScriptedServer.start((___, answer) => {
        beginEvents(answer, ...events).end();
      });
      expect(await collect(stream(server).stream)).toEqual([audio(...sixteen)]);
    });

    test('is there when the service said so, whatever becomes of the connection', async () => {
      await using server = await ScriptedServer.start(async (__, answer) => {
        beginEvents(answer, delta(sixteen));
        await new Promise((resolve) => setImmediate(resolve));
        answer.write(DONE, () => answer.socket?.resetAndDestroy());
      });
      expect(await collect(stream(server).stream)).toEqual([audio(...sixteen)]);
    });

    test('is not waited for when the service said so and then keeps the connection', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen), DONE, END);
      });
      const { stream: speech, clock } = stream(server);
      const collected = collect(speech);
      await clock.timer(1000);
      await clock.advance(1000);
      expect(await collected).toEqual([audio(...sixteen)]);
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
    });

    test('holds all audio only where none came before', async () => {
      const whole = `data: ${JSON.stringify({ type: 'speech.audio.done', audio: base64(sixteen) })}\n\n`;
      await using server = await ScriptedServer.start((__, answer) => {
        const events = server.requests.length === 1 ? [whole] : [delta(sixteen), whole];
        beginEvents(answer, ...events).end();
      });
      const { speech } = createSpeech(server, {}, createRuntime);
      expect(await collect(speech.stream(request))).toEqual([audio(...sixteen)]);
      expect(await collect(speech.stream(request))).toEqual([audio(...sixteen)]);
    });

    test('leaves the connection to the next one', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen), DONE, END).end();
      });
      const { speech } = createSpeech(server, {}, createRuntime);
      for (let count = 0; count < 4; count += 1) await collect(speech.stream(request));
      expect(server.connections).toBeLessThanOrEqual(2);
    });
  });

  describe('silence is no success', () => {
    test.each([
      ['ends before done', [delta(sixteen)], 'stream_cut', 1],
      ['ends inside an event', [delta(sixteen), DONE.slice(0, 30)], 'stream_cut', 1],
      ['ends at once', [], 'stream_cut', 0],
      ['says done without audio', [DONE, END], 'no_audio', 0],
      ['says [DONE] without audio', [END], 'no_audio', 0],
    ])('%s', async (__, events, code, heard) => {
      await using server = await ScriptedServer.start((___, answer) => {
        beginEvents(answer, ...events).end();
      });
      const { stream: speech, clock } = stream(server);
      const result = await collectUntilFailure(speech);
      expect(result.failure).toMatchObject({ code });
      expect(result.events).toHaveLength(heard);
      expect(await speech.next()).toEqual({ value: undefined, done: true });
      expect(clock.pending).toBe(0);
    });

    test('the connection breaks', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen));
        setImmediate(() => answer.socket?.destroy());
      });
      const { events, failure } = await collectUntilFailure(stream(server).stream);
      expect(failure).toBeInstanceOf(ConnectionError);
      expect(failure).toMatchObject({ code: 'connection_cut', requestId: 't-1', retryable: true });
      expect(events).toEqual([audio(...sixteen)]);
      expect(server.requests).toHaveLength(1);
    });

    test.each<[string, string, unknown, RegExp]>([
      [
        '{"type":"speech.audio.error","error":{"message":"engine overloaded"}}',
        'service_error',
        ServiceError,
        /engine overloaded/,
      ],
      [
        '{"type":"speech.audio.error","message":"engine overloaded"}',
        'service_error',
        ServiceError,
        /engine overloaded/,
      ],
      [
        '{"type":"speech.audio.error","error":"engine overloaded"}',
        'speech.audio.error',
        ServiceError,
        /engine overloaded/,
      ],
      [
        '{"type":"speech.audio.error","error":{"message":"x","type":"censorship_block"}}',
        'censorship_block',
        ModerationError,
        /moderation/,
      ],
      ['{"type":"speech.audio.error","error":{"code":503}}', '503', ServiceError, /failed/],
      ['{"type":"speech.audio.error"}', 'service_error', ServiceError, /no reason given/],
      [
        '{"error":{"message":"Incorrect API key provided","type":"invalid_api_key","code":"401"}}',
        'invalid_api_key',
        AuthenticationError,
        /key/,
      ],
      [
        '{"type":"error","message":"早上好。 is not sayable"}',
        'service_error',
        ServiceError,
        /\[…\] is not sayable/,
      ],
    ])('%s', async (event, code, kind, message) => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen), `data: ${event}\n\n`).write(delta([1, 2]));
      });
      const { stream: speech, clock } = stream(server);
      const { events, failure } = await collectUntilFailure(speech);
      expect(failure).toBeInstanceOf(kind);
      expect(failure).toMatchObject({ requestId: 't-1' });
      expect((failure as Error).message).toMatch(message);
      expect((failure as ServiceError).code).toBe(code);
      expect(events).toEqual([audio(...sixteen)]);
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
    });

    test.each([
      ['no JSON', 'data: {"type": "geheim\n\n', 'malformed_event'],
      ['no object', 'data: 17\n\n', 'malformed_message'],
      ['a missing field', 'data: {"type":"speech.audio.delta"}\n\n', 'malformed_message'],
      [
        'broken base64',
        'data: {"type":"speech.audio.delta","audio":"ge!heim="}\n\n',
        'invalid_base64',
      ],
    ])('%s', async (__, event, code) => {
      await using server = await ScriptedServer.start((___, answer) => {
        beginEvents(answer, delta(sixteen), event);
      });
      const { events, failure } = await collectUntilFailure(stream(server).stream);
      expect(failure).toBeInstanceOf(ProtocolError);
      expect(failure).toMatchObject({ code });
      expect(String(failure) + String((failure as Error).cause)).not.toContain('geheim');
      expect(events).toEqual([audio(...sixteen)]);
      await server.untilAllClosed();
    });

    test.each<[string, string, string, unknown, RegExp]>([
      [
        'a JSON error',
        'application/json',
        '{"error":{"message":"no such voice","type":"request_params_invalid"}}',
        ServiceError,
        /no such voice/,
      ],
      [
        'a JSON error without its type',
        'text/event-stream',
        ' {"error":{"message":"no such voice"}}',
        ServiceError,
        /no such voice/,
      ],
      [
        'JSON of another kind',
        'application/json; charset=utf-8',
        '{"ok":true}',
        ProtocolError,
        /a JSON answer/,
      ],
      [
        'a page',
        'text/html',
        '<!doctype html><p>Log in to the hotel',
        ProtocolError,
        /a page of text/,
      ],
      [
        'a page without its type',
        'application/octet-stream',
        '\n<html>',
        ProtocolError,
        /a page of text/,
      ],
    ])('%s with status 200', async (__, type, body, kind, message) => {
      await using server = await ScriptedServer.start((___, answer) => {
        answer
          .writeHead(200, { 'content-type': type, 'x-trace-id': 't-2' })
          .write(body.slice(0, 3));
        setImmediate(() => answer.end(body.slice(3)));
      });
      const { events, failure } = await collectUntilFailure(stream(server).stream);
      expect(failure).toBeInstanceOf(kind);
      expect(failure).toMatchObject({ requestId: 't-2' });
      expect((failure as Error).message).toMatch(message);
      expect(events).toEqual([]);
    });

    test('the service refuses', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        answer
          .writeHead(401)
          .end('{"error":{"message":"Incorrect API key provided","type":"invalid_api_key"}}');
      });
      const { events, failure } = await collectUntilFailure(stream(server).stream);
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect(events).toEqual([]);
    });

    test('the service falls silent', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen));
      });
      const { stream: speech, clock } = stream(server);
      const collected = collectUntilFailure(speech);
      await server.until(() => server.requests.length === 1);
      await clock.timer(30_000);
      await clock.advance(30_000);
      expect((await collected).failure).toMatchObject({ phase: 'idle', requestId: 't-1' });
      expect((await collected).events).toEqual([audio(...sixteen)]);
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
    });
  });

  describe('leaving', () => {
    const until: [string, (answer: import('node:http').ServerResponse) => void, number][] = [
      ['before the head', () => undefined, 0],
      ['before the first event', (answer) => void beginEvents(answer), 0],
      ['in the middle', (answer) => void beginEvents(answer, delta(sixteen)), 1],
      ['after done', (answer) => void beginEvents(answer, delta(sixteen), DONE), 1],
    ];

    /** Reads so many events and begins one more read, which waits. */
    async function read(server: ScriptedServer, speech: SpeechStream, count: number) {
      for (let index = 0; index < count; index += 1) {
        expect(await speech.next()).toMatchObject({ done: false });
      }
      const pending = speech.next().catch((thrown: unknown) => thrown);
      await server.until(() => server.requests.length === 1);
      return { pending };
    }

    test.each(until)('by return() while a read waits, %s', async (__, begin, count) => {
      await using server = await ScriptedServer.start((___, answer) => begin(answer));
      const abort = new AbortController();
      const { stream: speech, clock } = stream(server, { signal: abort.signal });
      const { pending } = await read(server, speech, count);
      await clock.timer();
      expect(await speech.return()).toEqual({ value: undefined, done: true });
      expect(await speech.return()).toEqual({ value: undefined, done: true });
      expect(await pending).toEqual({ value: undefined, done: true });
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
      expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    });

    test.each(until)('by the signal while a read waits, %s', async (__, begin, count) => {
      await using server = await ScriptedServer.start((___, answer) => begin(answer));
      const abort = new AbortController();
      const { stream: speech, clock } = stream(server, { signal: abort.signal });
      const { pending } = await read(server, speech, count);
      await clock.timer();
      const reason = { my: 'reason' };
      abort.abort(reason);
      expect(await pending).toBe(reason);
      expect(await speech.next()).toEqual({ value: undefined, done: true });
      await server.untilAllClosed();
      expect(clock.pending).toBe(0);
      expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    });

    test('by break', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        const send = () =>
          void (answer.writable && answer.write(delta(new Uint8Array(4800)), send));
        beginEvents(answer);
        send();
      });
      for await (const event of stream(server).stream) {
        expect(event.type).toBe('audio');
        break;
      }
      await server.untilAllClosed();
    });

    test('by the signal overtakes what is unread', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen), delta([1, 2]), delta([3, 4]), DONE, END).end();
      });
      const abort = new AbortController();
      const { stream: speech } = stream(server, { signal: abort.signal });
      await speech.next();
      abort.abort('stop');
      await expect(speech.next()).rejects.toBe('stop');
      expect(await speech.next()).toEqual({ value: undefined, done: true });
    });

    test('by await using', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen));
      });
      {
        await using speech = stream(server).stream;
        expect(await speech.next()).toMatchObject({ done: false });
      }
      await server.untilAllClosed();
    });

    test('between two attempts', async () => {
      await using server = await ScriptedServer.start((__, answer) => answer.writeHead(503).end());
      const { stream: speech, clock } = stream(server);
      const pending = speech.next();
      await clock.timer(250);
      await speech.return();
      expect(await pending).toEqual({ value: undefined, done: true });
      await clock.advance(10_000);
      expect(clock.pending).toBe(0);
      expect(server.requests).toHaveLength(1);
    });
  });

  test('an event of a new kind is handed on', async () => {
    await using server = await ScriptedServer.start((__, answer) => {
      const mood = 'data: {"type":"speech.audio.mood","mood":"calm","error":null}\n\n';
      beginEvents(answer, delta(sixteen), mood, DONE).end();
    });
    expect(await collect(stream(server).stream)).toEqual([
      audio(...sixteen),
      { type: 'unknown', raw: { type: 'speech.audio.mood', mood: 'calm', error: null } },
    ]);
  });

  test('an attempt that failed before the first event is repeated and not noticed', async () => {
    await using server = await ScriptedServer.start((__, answer) => {
      if (server.requests.length === 1) answer.socket?.destroy();
      else beginEvents(answer, delta(sixteen), DONE).end();
    });
    const { stream: speech, clock } = stream(server);
    const collected = collect(speech);
    await clock.timer(250);
    await clock.advance(250);
    expect(await collected).toEqual([audio(...sixteen)]);
  });

  test('a slow reader keeps the rest at the service, and hears all of it', async () => {
    const piece = new Uint8Array(48_000);
    let sent = 0;
    await using server = await ScriptedServer.start((__, answer) => {
      beginEvents(answer);
      const write = () => {
        while (sent < 600) {
          sent += 1;
          if (!answer.write(delta(piece))) {
            answer.once('drain', write);
            return;
          }
        }
        answer.end(DONE);
      };
      write();
    });
    const { stream: speech } = stream(server);
    let bytes = 0;
    for (let count = 0; count < 3; count += 1) {
      const { value } = await speech.next();
      if (value?.type === 'audio') bytes += value.audio.length;
    }
    // Turns of the event loop enough for whatever can move.
    for (let turn = 0; turn < 2000; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBeLessThan(400);
    for await (const event of speech) if (event.type === 'audio') bytes += event.audio.length;
    expect(bytes).toBe(600 * piece.length);
  });

  describe('the audio alone', () => {
    test('by iterating', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, SUBTITLE, delta(sixteen), SUBTITLE, delta([1, 2]), DONE).end();
      });
      const pieces = await collect(stream(server).stream.audio());
      expect(pieces).toEqual([Uint8Array.from(sixteen), Uint8Array.of(1, 2)]);
    });

    test('leaving it closes the connection, also while a read waits', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen));
      });
      const { stream: speech, clock } = stream(server);
      const iterator = speech.audio();
      await iterator.next();
      const pending = iterator.next();
      await clock.timer();
      await iterator.return?.();
      expect(await pending).toEqual({ value: undefined, done: true });
      await server.untilAllClosed();
    });

    test('as a platform stream, to its end and to a failure', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen));
        if (server.requests.length === 1) answer.end(DONE);
        else answer.end();
      });
      const { speech } = createSpeech(server, {}, createRuntime);
      const first = await new Response(speech.stream(request).toReadableStream()).arrayBuffer();
      expect(new Uint8Array(first)).toEqual(Uint8Array.from(sixteen));
      await expect(
        new Response(speech.stream(request).toReadableStream()).arrayBuffer(),
      ).rejects.toThrow(/before it said/);
    });

    test('as a platform stream that is cancelled', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(sixteen));
      });
      const { stream: speech, clock } = stream(server);
      const reader = speech.toReadableStream().getReader();
      await reader.read();
      await reader.cancel();
      await server.untilAllClosed();
      expect(await reader.read()).toMatchObject({ done: true });
      expect(clock.pending).toBe(0);
    });

    test('a stream of WAV is one WAV', async () => {
      const samples = Int16Array.from({ length: 500 }, (__, index) => index * 60);
      const file = writeWav({ samples, sampleRate: 16_000 });
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(file.subarray(0, 333)), delta(file.subarray(333)), DONE).end();
      });
      const { stream: speech } = stream(server, { format: 'wav', sampleRate: 16_000 });
      const pieces = await collect(speech.audio());
      const whole = new Uint8Array(pieces.flatMap((piece) => [...piece]));
      expect(readWav(whole)).toMatchObject({ sampleRate: 16_000, truncated: false, samples });
      expect(encodePcm16(samples)).toHaveLength(1000);
    });
  });
});
