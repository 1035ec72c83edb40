import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { writeWav } from '../audio/index.ts';
import {
  AuthenticationError,
  ProtocolError,
  ServiceError,
  StepAudioError,
  ValidationError,
} from '../errors.ts';
import type { FetchAnswer } from '../net/fetch-transport.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import type { SpeechFile } from './speech-events.ts';
import { DONE, END, RUNTIMES, beginEvents, createSpeech, delta } from './testing/speech-server.ts';

const request = { text: '火车在八点到站。', voice: 'ruyananshi' };

/** Two frames of silence in MPEG-2 layer III, 24 kHz, 64 kbit/s. */
const mp3 = new Uint8Array(384);
mp3.set([0xff, 0xf3, 0x84, 0xc4], 0);
mp3.set([0xff, 0xf3, 0x84, 0xc4], 192);
const wav = writeWav({
  samples: Int16Array.from({ length: 100 }, (_, index) => index),
  sampleRate: 24_000,
});
const ogg = Uint8Array.from('OggS\u0000\u0002 and more', (character) => character.charCodeAt(0));

// Written by hand from the service's documentation.
const LINK = {
  created: 1_790_000_000,
  data: {
    url: 'https://files.example/tts/8f3a.mp3',
    subtitles: [
      {
        text: '早上好。',
        request_id: '5d0c9c0a8f2e4a1fb0c17b1e3c9d2a77-0',
        items: [{ text: '早', start_time: 0, end_time: 160 }],
        timestamp: 1_790_000_000_321,
      },
    ],
  },
};

describe.each(RUNTIMES)('over %s', (_, createRuntime) => {
  test('a file', async () => {
    await using server = await ScriptedServer.start((__, answer) => {
      answer.writeHead(200, { 'content-type': 'audio/mpeg', 'x-trace-id': 't-1' }).end(mp3);
    });
    const { speech, clock } = createSpeech(server, {}, createRuntime);
    expect(await speech.create(request)).toEqual({
      audio: mp3,
      format: 'mp3',
      sampleRate: 24_000,
      subtitles: [],
      requestId: 't-1',
    });
    expect(server.lastRequest.json).toEqual({
      model: 'stepaudio-2.5-tts',
      input: '火车在八点到站。',
      voice: 'ruyananshi',
      response_format: 'mp3',
      sample_rate: 24_000,
    });
    expect(clock.pending).toBe(0);
  });

  test('with its times comes over an event stream', async () => {
    await using server = await ScriptedServer.start((__, answer) => {
      const subtitle = `data: ${JSON.stringify({ type: 'response.subtitle', data: LINK.data.subtitles[0] })}\n\n`;
      beginEvents(
        answer,
        delta(mp3.subarray(0, 99)),
        subtitle,
        delta(mp3.subarray(99)),
        DONE,
        END,
      ).end();
    });
    const { speech } = createSpeech(server, {}, createRuntime);
    expect(await speech.create({ ...request, timestamps: true })).toEqual({
      audio: mp3,
      format: 'mp3',
      sampleRate: 24_000,
      subtitles: [
        {
          text: '早上好。',
          words: [{ text: '早', startMs: 0, endMs: 160 }],
          requestId: '5d0c9c0a8f2e4a1fb0c17b1e3c9d2a77-0',
        },
      ],
      requestId: 't-1',
    });
    expect(server.lastRequest.json).toMatchObject({ stream_format: 'sse', timestamp: true });
  });

  test.each<[string, Uint8Array, 'mp3' | 'wav' | 'pcm' | 'opus', string, string]>([
    ['a WAV that is called something else', wav, 'mp3', 'application/octet-stream', 'wav'],
    ['an MP3 without any type', mp3, 'mp3', '', 'mp3'],
    ['an MP3 that is called JSON', mp3, 'mp3', 'application/json', 'mp3'],
    ['Opus in Ogg', ogg, 'opus', 'audio/ogg', 'opus'],
    ['samples', Uint8Array.of(1, 2, 3, 4), 'pcm', 'audio/L16', 'pcm'],
    ['samples that begin like text', Uint8Array.of(0x7b, 0xff, 3, 4), 'pcm', 'text/plain', 'pcm'],
    ['samples that begin like an MP3 frame', mp3, 'pcm', 'application/octet-stream', 'pcm'],
    ['a WAV in place of samples', wav, 'pcm', 'audio/wav', 'wav'],
  ])('%s is taken for what it is', async (__, body, format, type, expected) => {
    await using server = await ScriptedServer.start((___, answer) => {
      answer.writeHead(200, type === '' ? {} : { 'content-type': type }).end(body);
    });
    const { speech } = createSpeech(server, {}, createRuntime);
    const file = await speech.create({ ...request, format });
    expect(file).toMatchObject({ format: expected });
    expect(file.audio).toEqual(new Uint8Array(body));
  });

  test('half a sample at the end of samples is left out', async () => {
    await using server = await ScriptedServer.start((__, answer) =>
      answer.end(Buffer.from([1, 2, 3])),
    );
    const { speech } = createSpeech(server, {}, createRuntime);
    expect((await speech.create({ ...request, format: 'pcm' })).audio).toEqual(Uint8Array.of(1, 2));
  });

  describe('silence is no success', () => {
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
        'audio/mpeg',
        '{"error":{"message":"no such voice"}}',
        ServiceError,
        /no such voice/,
      ],
      [
        'a JSON error about the key',
        'application/json',
        '{"error":{"message":"x","code":"401"}}',
        AuthenticationError,
        /key/,
      ],
      ['a page', 'text/html', '<html>geheim', ProtocolError, /a page of text/],
      ['text', 'text/plain', 'upstream busy', ProtocolError, /a page of text/],
      ['nothing', 'audio/mpeg', '', ProtocolError, /empty/],
    ])('%s with status 200', async (__, type, body, kind, message) => {
      await using server = await ScriptedServer.start((___, answer) => {
        answer.writeHead(200, { 'content-type': type, 'x-trace-id': 't-2' }).end(body);
      });
      const { speech } = createSpeech(server, {}, createRuntime);
      for (const format of ['mp3', 'pcm'] as const) {
        const failure: unknown = await speech
          .create({ ...request, format })
          .catch((thrown: unknown) => thrown);
        expect(failure).toBeInstanceOf(kind);
        expect(failure).toMatchObject({ requestId: 't-2' });
        expect((failure as Error).message).toMatch(message);
        expect((failure as Error).message).not.toContain('geheim');
      }
    });

    test('a file that was cut keeps what had come', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        answer.writeHead(200, { 'content-length': '1000' }).write(mp3);
        setImmediate(() => answer.socket?.end());
      });
      const { speech, clock } = createSpeech(server, {}, createRuntime);
      const failure = await speech.create(request).catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ name: 'ConnectionError', code: 'connection_cut' });
      expect((failure as StepAudioError).partial).toEqual(mp3);
      expect(server.requests).toHaveLength(1);
      expect(clock.pending).toBe(0);
    });

    test('with its times, too', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        beginEvents(answer, delta(mp3)).end();
      });
      const { speech } = createSpeech(server, {}, createRuntime);
      const failure = await speech
        .create({ ...request, timestamps: true })
        .catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ code: 'stream_cut', partial: mp3 });
    });
  });

  test('more than the bound is refused, and the rest is not read', async () => {
    await using server = await ScriptedServer.start((__, answer) => {
      const send = () => void (answer.writable && answer.write(new Uint8Array(65_536), send));
      answer.writeHead(200, { 'content-type': 'audio/mpeg' });
      send();
    });
    const { speech, clock } = createSpeech(server, {}, createRuntime);
    await expect(speech.create({ ...request, maxBytes: 1_000_000 })).rejects.toMatchObject({
      code: 'answer_too_large',
    });
    await server.untilAllClosed();
    expect(clock.pending).toBe(0);
  });

  test('an abort closes the connection and gives the reason as it is', async () => {
    await using server = await ScriptedServer.start((__, answer) => {
      answer.writeHead(200).write(mp3);
    });
    const { speech, clock } = createSpeech(server, {}, createRuntime);
    const abort = new AbortController();
    const failed = speech
      .create({ ...request, signal: abort.signal })
      .catch((thrown: unknown) => thrown);
    await server.until(() => server.requests.length === 1);
    abort.abort('stop');
    expect(await failed).toBe('stop');
    await server.untilAllClosed();
    expect(clock.pending).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  test('what is invalid or aborted never leaves', async () => {
    await using server = await ScriptedServer.start();
    const { speech } = createSpeech(server, {}, createRuntime);
    await expect(speech.create({ ...request, speed: 3 })).rejects.toBeInstanceOf(ValidationError);
    await expect(speech.create({ ...request, signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(server.connections).toBe(0);
  });

  describe('an address', () => {
    test('as it is documented', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        answer
          .writeHead(200, { 'content-type': 'application/json', 'x-trace-id': 't-4' })
          .end(JSON.stringify(LINK));
      });
      const { speech } = createSpeech(server, {}, createRuntime);
      const link = await speech.create({ ...request, returnUrl: true, timestamps: true });
      expect(link).toMatchObject({
        url: 'https://files.example/tts/8f3a.mp3',
        createdAt: new Date(1_790_000_000_000),
        requestId: 't-4',
        subtitles: [{ text: '早上好。', words: [{ text: '早', startMs: 0, endMs: 160 }] }],
      });
      expect(server.lastRequest.json).toMatchObject({ return_url: true, timestamp: true });
      expect(server.lastRequest.json).not.toHaveProperty('stream_format');
    });

    test('is downloaded when asked, without the key', async () => {
      await using store = await ScriptedServer.start((__, answer) => answer.end(mp3));
      await using server = await ScriptedServer.start((__, answer) => {
        answer.end(JSON.stringify({ data: { url: `${store.url}/f.mp3` } }));
      });
      const { speech, clock } = createSpeech(server, {}, createRuntime);
      const link = await speech.create({ ...request, returnUrl: true });
      expect(link).toMatchObject({ createdAt: undefined, subtitles: [] });
      expect(store.requests).toHaveLength(0);
      expect(await link.download()).toMatchObject({
        audio: mp3,
        format: 'mp3',
        sampleRate: 24_000,
      });
      expect(store.lastRequest.headers).not.toHaveProperty('authorization');
      await expect(link.download({ maxBytes: 100 })).rejects.toMatchObject({
        code: 'answer_too_large',
      });
      await expect(link.download({ signal: AbortSignal.abort('no') })).rejects.toBe('no');
      expect(clock.pending).toBe(0);
    });

    test.each<[string, string, RegExp]>([
      ['in its older place', '{"url":"https://files.example/a.mp3"}', /^$/],
      ['missing', '{"data":{}}', /a JSON answer/],
      ['an error', '{"error":{"message":"no such voice"}}', /no such voice/],
      ['no JSON', 'audio?', /a page of text/],
    ])('%s', async (__, body, message) => {
      await using server = await ScriptedServer.start((___, answer) => answer.end(body));
      const { speech } = createSpeech(server, {}, createRuntime);
      const result = await speech.create({ ...request, returnUrl: true }).then(
        (link) => link.url,
        (thrown: Error) => thrown.message,
      );
      expect(result).toMatch(message.source === '^$' ? /^https:\/\/files/ : message);
    });

    test('that was cut has no audio that could be kept', async () => {
      await using server = await ScriptedServer.start((__, answer) => {
        answer.writeHead(200, { 'content-length': '1000' }).write('{"data":');
        setImmediate(() => answer.socket?.end());
      });
      const { speech } = createSpeech(server, {}, createRuntime);
      const failure = await speech
        .create({ ...request, returnUrl: true })
        .catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ code: 'connection_cut', partial: undefined });
    });

    test.each(['http://files.example/a.mp3', 'file:///etc/passwd', 'javascript:0'])(
      'like %s is not downloaded from',
      async (url) => {
        await using server = await ScriptedServer.start((__, answer) => {
          answer.end(JSON.stringify({ data: { url } }));
        });
        const { speech } = createSpeech(server, {}, createRuntime);
        const link = await speech.create({ ...request, returnUrl: true });
        await expect(link.download()).rejects.toMatchObject({ code: 'unsafe_url' });
      },
    );
  });
});

describe('over a fetch that gives whole answers', () => {
  function createBuffered() {
    const answers: ((body: Uint8Array | string) => void)[] = [];
    const { speech, clock } = createSpeech(
      { url: 'http://127.0.0.1:9' },
      {
        buffered: true,
        fetch: () =>
          new Promise<FetchAnswer>((resolve) => {
            answers.push((body) => {
              const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
              const copy = new Uint8Array(bytes).buffer;
              resolve({
                status: 200,
                headers: new Headers(),
                arrayBuffer: () => Promise.resolve(copy),
              });
            });
          }),
      },
    );
    const late: SpeechFile[] = [];
    return {
      speech,
      clock,
      answers,
      late,
      onLateAnswer: (file: SpeechFile) => void late.push(file),
    };
  }

  test('a file and a stream arrive', async () => {
    const { speech, clock, answers } = createBuffered();
    const file = speech.create(request);
    await clock.timer(120_000);
    answers[0]!(mp3);
    expect((await file).audio).toEqual(mp3);
    const stream = speech.stream({ ...request, format: 'mp3' });
    const first = stream.next();
    await clock.timer(120_000);
    answers[1]!(delta(mp3) + DONE + END);
    expect(await first).toMatchObject({ value: { type: 'audio', audio: mp3 } });
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(clock.pending).toBe(0);
  });

  test('what comes too late is handed to whoever wants it', async () => {
    const { speech, clock, answers, late, onLateAnswer } = createBuffered();
    const abort = new AbortController();
    const file = speech
      .create({ ...request, signal: abort.signal, onLateAnswer })
      .catch((thrown: unknown) => thrown);
    await clock.timer(120_000);
    const stream = speech.stream({ ...request, format: 'mp3', onLateAnswer });
    const first = stream.next();
    await clock.advance(0);
    abort.abort('stop');
    expect(await file).toBe('stop');
    await stream.return();
    expect(await first).toEqual({ value: undefined, done: true });
    answers[0]!(mp3);
    answers[1]!(delta(mp3) + DONE);
    await clock.advance(0);
    expect(late.map(({ audio, format }) => [audio.length, format])).toEqual([
      [384, 'mp3'],
      [384, 'mp3'],
    ]);
  });

  test('but not what is no audio', async () => {
    const { speech, clock, answers, late, onLateAnswer } = createBuffered();
    for (const body of ['{"error":{"message":"no"}}', '', '<html>', DONE + END]) {
      const abort = new AbortController();
      const before = answers.length;
      const calls = [
        speech.create({ ...request, signal: abort.signal, onLateAnswer }),
        speech.stream({ ...request, signal: abort.signal, onLateAnswer }).next(),
      ].map((call) => call.catch((thrown: unknown) => thrown));
      await clock.advance(0);
      abort.abort('stop');
      expect(await Promise.all(calls)).toEqual(['stop', 'stop']);
      for (const answer of answers.slice(before)) answer(body);
      await clock.advance(0);
    }
    expect(late).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
