import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePcm16, writeWav } from '../audio/index.ts';
import {
  AuthenticationError,
  ConnectionError,
  ModerationError,
  ProtocolError,
  ServiceError,
  StepAudioError,
  ValidationError,
} from '../errors.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import type { Script } from '../net/testing/scripted-server.ts';
import { collect, collectUntilFailure } from '../net/testing/collect.ts';
import {
  RUNTIMES,
  bodyOf,
  createTranscription,
  delta,
  done,
  event,
  samplesOf,
} from './testing/transcription-server.ts';
import type { TranscriptionInput, TranscriptionStreamOptions } from './transcription-options.ts';

const RATE = 16_000;
const noise = (seconds: number, sampleRate = RATE) =>
  Int16Array.from({ length: seconds * sampleRate }, (_, i) => ((i * 7919) % 2001) - 1000);
const pcm = { samples: noise(0.5), sampleRate: RATE };

function begin(answer: ServerResponse): ServerResponse {
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'x-trace-id': 't-1' });
  answer.flushHeaders();
  return answer;
}

const answering =
  (...events: string[]): Script =>
  (_, answer) =>
    begin(answer).end(events.join(''));

describe.each(RUNTIMES)('over %s', (_name, createRuntime) => {
  const start = (
    server: { url: string },
    input: TranscriptionInput = pcm,
    options: TranscriptionStreamOptions = {},
  ) => {
    const made = createTranscription(server, {}, createRuntime);
    return { ...made, stream: made.transcription.stream(input, options) };
  };

  test('a call as it is documented', async () => {
    await using server = await ScriptedServer.start(
      answering(
        'data: {"type":"transcript.text.delta","meta":{"session_id":"sse_1790000000123456789","timestamp":1790000000123},"delta":"今天"}\n\n',
        'data: {"type":"transcript.text.delta","meta":{"session_id":"sse_1790000000123456789","timestamp":1790000000130},"delta":"开会"}\n\n',
        'data: {"type":"transcript.text.done","meta":{"session_id":"sse_1790000000123456789","timestamp":1790000000456},"text":"今天开会。","usage":{"type":"realtime_asr","input_tokens":400,"input_token_details":{"text_tokens":0,"audio_tokens":400},"output_tokens":6,"total_tokens":406}}\n\n',
      ),
    );
    const { stream, clock } = start(server, pcm, {
      model: 'stepaudio-3-asr-max',
      language: 'zh',
      hotwords: ['阶跃'],
      itn: true,
    });
    const usage = { inputTokens: 400, audioTokens: 400, outputTokens: 6, totalTokens: 406 };
    expect(await collect(stream)).toEqual([
      { type: 'partial', segment: 0, text: '今天' },
      { type: 'partial', segment: 0, text: '今天开会' },
      { type: 'final', segment: 0, text: '今天开会。', startMs: 0, endMs: 500, words: [], usage },
      { type: 'progress', audioMs: 500, totalMs: 500 },
    ]);
    expect(stream.requestId).toBe('t-1');
    expect(stream.transcript).toEqual({
      text: '今天开会。',
      segments: [{ text: '今天开会。', startMs: 0, endMs: 500, words: [] }],
      words: [],
      usage,
    });
    expect(server.lastRequest.url).toBe('/v1/audio/asr/sse');
    expect(server.lastRequest.headers.accept).toBe('text/event-stream');
    expect(bodyOf(server.lastRequest).input).toEqual({
      transcription: {
        model: 'stepaudio-3-asr-max',
        language: 'zh',
        hotwords: ['阶跃'],
        enable_itn: true,
      },
      format: { type: 'pcm', codec: 'pcm_s16le', rate: RATE, bits: 16, channel: 1 },
    });
    expect(samplesOf(server.lastRequest)).toEqual(pcm.samples);
    expect(clock.pending).toBe(0);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test('words have their times, and the last text counts', async () => {
    await using server = await ScriptedServer.start(
      answering(
        delta('hello ', { item_id: 'item_5', content_index: 0, start_time: 480, end_time: 960 }),
        delta('wrold', { item_id: 'item_5', content_index: 0, start_time: '960', end_time: 1400 }),
        delta('', { start_time: 1400, end_time: 1400 }),
        done('Hello world.', { usage: { type: 'tokens', total_tokens: 5 } }),
        'data: [DONE]\n\n',
      ),
    );
    const transcript = await start(server, pcm, { timestamps: true }).stream.text();
    expect(transcript).toMatchObject({
      text: 'Hello world.',
      words: [
        { text: 'hello', startMs: 480, endMs: 960 },
        { text: 'wrold', startMs: 960, endMs: 1400 },
      ],
      usage: { totalTokens: 5 },
    });
    expect(bodyOf(server.lastRequest).input.transcription).toMatchObject({
      enable_timestamp: true,
    });
  });

  describe('the end', () => {
    test.each([
      ['with [DONE]', delta('好') + done('好。') + 'data: [DONE]\n\n', '好。'],
      ['without', delta('好') + done('好。'), '好。'],
      ['with CRLF', (delta('好') + done('好。')).replaceAll('\n', '\r\n'), '好。'],
      ['with [DONE] alone', delta('好') + 'data: [DONE]\n\n', '好'],
      ['nothing was said', done(''), ''],
      ['no text at all', event({ type: 'transcript.text.done' }), ''],
      ['with null', delta('好') + event({ type: 'transcript.text.done', text: null }), '好'],
      ['with more behind it', done('好。') + delta('x') + 'data: nonsense\n\n', '好。'],
      ['unknown events', event({ type: 'transcript.mood' }) + done('好。'), '好。'],
    ])('%s', async (_case, body, text) => {
      await using server = await ScriptedServer.start(answering(body));
      expect(await start(server).stream.text()).toMatchObject({ text });
    });

    test.each([
      ['cut off', delta('好'), ConnectionError, /transcript is incomplete/],
      ['[DONE] alone', 'data: [DONE]\n\n', ProtocolError, /no transcript/],
      ['nothing', '', ConnectionError, /incomplete/],
      ['no JSON', 'data: oops\n\n', ProtocolError, /no JSON/],
      ['a list', 'data: []\n\n', ConnectionError, /incomplete/],
      ['a number', 'data: 3\n\n', ProtocolError, /number/],
      ['a wrong delta', event({ type: 'transcript.text.delta', delta: 3 }), ProtocolError, /delta/],
      ['an error', event({ type: 'error', message: 'too short' }), ServiceError, /too short/],
      ['no reason', event({ type: 'error' }), ServiceError, /no reason/],
      ['a wrapped error', event({ error: { message: 'oh', code: '500' } }), ServiceError, /oh/],
      [
        'moderation',
        event({ type: 'error', message: 'content blocked by policy' }),
        ModerationError,
        /moderation/,
      ],
    ])('%s fails', async (_case, body, kind, message) => {
      await using server = await ScriptedServer.start(answering(body));
      const { failure } = await collectUntilFailure(start(server).stream);
      expect(failure).toBeInstanceOf(kind);
      expect((failure as Error).message).toMatch(message);
      expect(failure).toMatchObject({ stoppedAtMs: 0 });
    });

    test('an answer that is no event stream says what it is', async () => {
      await using server = await ScriptedServer.start((_request, answer) => {
        answer.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      });
      await expect(start(server).stream.text()).rejects.toThrow(/asked for transcript/);
    });

    test('a refusal is what its status says, without the words that were expected', async () => {
      await using server = await ScriptedServer.start((_request, answer) => {
        answer.writeHead(401).end('{"error":{"message":"no 秘密计划 for you"}}');
      });
      const { stream } = start(server, pcm, { hotwords: ['秘密计划'] });
      const { failure } = await collectUntilFailure(stream);
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect((failure as Error).message).not.toMatch(/秘密计划|geheim/);
    });
  });

  test('return() and the signal close the connection while the service is silent', async () => {
    await using server = await ScriptedServer.start((_request, answer) => {
      begin(answer).write(delta('好'));
    });
    const { stream } = start(server);
    expect((await stream.next()).value).toMatchObject({ text: '好' });
    const pending = stream.next();
    await stream.return();
    expect(await pending).toEqual({ value: undefined, done: true });
    await server.untilAllClosed();

    const controller = new AbortController();
    const { stream: other, clock } = start(server, pcm, { signal: controller.signal });
    await other.next();
    const waiting = other.next();
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    expect(await other.next()).toEqual({ value: undefined, done: true });
    await server.untilAllClosed();
    expect(clock.pending).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('nothing leaves before the first read, or after an abort', async () => {
    await using server = await ScriptedServer.start();
    let reads = 0;
    const input = new ReadableStream<Uint8Array>(
      { pull: () => void (reads += 1) },
      { highWaterMark: 0 },
    );
    const aborted = start(server, input, {
      format: 'pcm',
      sampleRate: RATE,
      signal: AbortSignal.abort('no'),
    });
    await expect(aborted.stream.next()).rejects.toBe('no');
    const { stream } = start(server);
    await stream.return();
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(server.connections).toBe(0);
    expect(reads).toBe(0);
  });
});

describe('input', () => {
  const wav = writeWav(pcm);
  const bytes = encodePcm16(pcm.samples);
  const raw = { format: 'pcm', sampleRate: RATE } as const;
  const stereo = encodePcm16(Int16Array.from({ length: 16_000 }, (_, i) => pcm.samples[i >> 1]!));
  async function* pieces(whole: Uint8Array, size: number) {
    for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
  }

  test.each<[string, () => TranscriptionInput, TranscriptionStreamOptions]>([
    ['samples', () => pcm, {}],
    ['WAV', () => wav, {}],
    ['a Buffer', () => Buffer.from(wav), {}],
    ['an ArrayBuffer', () => wav.buffer, {}],
    ['a Blob', () => new Blob([wav]), {}],
    ['a stream', () => new Blob([wav]).stream(), {}],
    ['an iterable', () => pieces(wav, 333), {}],
    ['one byte at a time', () => pieces(wav.subarray(0, 44 + 2 * 8000), 1), {}],
    ['WAV called mp3', () => wav, { format: 'mp3' }],
    ['WAV called pcm', () => wav, raw],
    ['PCM', () => bytes, raw],
    ['PCM with a rate alone', () => bytes, { sampleRate: RATE }],
    ['PCM in odd pieces', () => pieces(bytes, 777), raw],
    ['stereo', () => stereo, { ...raw, channels: 2 }],
    ['an odd byte at the end', () => Uint8Array.of(...bytes, 1), raw],
  ])('%s', async (_name, input, options) => {
    await using server = await ScriptedServer.start(answering(done('好')));
    const { transcription } = createTranscription(server);
    expect((await transcription.stream(input(), options).text()).text).toBe('好');
    expect(bodyOf(server.lastRequest).input.format).toMatchObject({ type: 'pcm', rate: RATE });
    expect(samplesOf(server.lastRequest)).toEqual(pcm.samples);
  });

  test('higher rates are sent at 16 kHz, lower ones as they are', async () => {
    await using server = await ScriptedServer.start(answering(done('好')));
    const { transcription } = createTranscription(server);
    await transcription.stream({ samples: noise(1, 48_000), sampleRate: 48_000 }).text();
    expect(bodyOf(server.lastRequest).input.format).toMatchObject({ rate: 16_000 });
    expect(samplesOf(server.lastRequest)).toHaveLength(16_000);
    await transcription.stream({ samples: noise(1, 8000), sampleRate: 8000 }).text();
    expect(bodyOf(server.lastRequest).input.format).toMatchObject({ rate: 8000 });
    expect(samplesOf(server.lastRequest)).toHaveLength(8000);
  });

  test('less than the service takes is filled up with silence', async () => {
    await using server = await ScriptedServer.start(answering(done('')));
    const { transcription } = createTranscription(server);
    const transcript = await transcription
      .stream({ samples: noise(0.05), sampleRate: RATE })
      .text();
    expect(samplesOf(server.lastRequest)).toHaveLength(3200);
    expect(transcript.segments).toEqual([{ text: '', startMs: 0, endMs: 50, words: [] }]);
  });

  test.each<[string, unknown, TranscriptionStreamOptions, RegExp]>([
    ['no bytes', new Uint8Array(0), {}, /at least one sample/],
    ['no samples', { samples: new Int16Array(0), sampleRate: RATE }, {}, /at least one sample/],
    ['an empty WAV', writeWav({ samples: new Int16Array(0), sampleRate: RATE }), {}, /sample/],
    ['a header cut short', wav.subarray(0, 30), {}, /WAV/],
    ['what cannot be told', bytes, {}, /format/],
    ['a string', 'sound.wav', {}, /input/],
    ['pieces of text', new Blob(['x']).stream().pipeThrough(new TextDecoderStream()), {}, /pieces/],
    ['floats', { samples: new Float32Array(9), sampleRate: RATE }, {}, /samples, sampleRate/],
    ['a wrong rate', { samples: noise(1), sampleRate: 3 }, {}, /samples, sampleRate/],
    ['FLAC', Uint8Array.from(Buffer.from('fLaC0000000000000000')), {}, /decode/],
    ['nothing', undefined, {}, /input/],
  ])('%s is refused', async (_name, input, options, message) => {
    await using server = await ScriptedServer.start();
    const { transcription } = createTranscription(server);
    const { failure } = await collectUntilFailure(
      transcription.stream(input as TranscriptionInput, options),
    );
    expect(failure).toBeInstanceOf(ValidationError);
    expect((failure as Error).message).toMatch(message);
    expect(server.requests).toHaveLength(0);
  });

  test.each<[object, string]>([
    [{ model: 'stepaudio-2.5-tts' }, 'model'],
    [{ model: 'stepaudio-2.5-asr-stream' }, 'model'],
    [{ model: '' }, 'model'],
    [{ language: '中文' }, 'language'],
    [{ hotwords: 'x' }, 'hotwords'],
    [{ hotwords: ['a', ' '] }, 'hotwords[1]'],
    [{ prompt: 'x' }, 'prompt'],
    [{ model: 'stepaudio-2-asr-pro', prompt: '\ud800' }, 'prompt'],
    [{ format: 'flac' }, 'format'],
    [{ format: 'pcm' }, 'sampleRate'],
    [{ sampleRate: 12 }, 'sampleRate'],
    [{ channels: 3 }, 'channels'],
    [{ maxCallSeconds: 0 }, 'maxCallSeconds'],
    [{ maxCallSeconds: 1801 }, 'maxCallSeconds'],
    [{ concurrency: 9 }, 'concurrency'],
    [{ decode: 'ffmpeg' }, 'decode'],
    [{ enable_itn: true }, 'enable_itn'],
    [{ timestamps: true, model: 'step-asr' }, 'timestamps'],
  ])('%j is refused at once', async (options, path) => {
    const { transcription } = createTranscription({ url: 'http://127.0.0.1:9' });
    expect(() => transcription.stream(pcm, options)).toThrow(
      expect.objectContaining({ name: 'ValidationError', path }),
    );
  });

  test('a stream that fails ends with what it failed with, after what had come', async () => {
    await using server = await ScriptedServer.start(answering(done('好')));
    async function* broken() {
      yield encodePcm16(noise(3));
      throw new Error('the microphone is gone');
    }
    const { transcription } = createTranscription(server);
    const stream = transcription.stream(broken(), { ...raw, maxCallSeconds: 1 });
    const { events, failure } = await collectUntilFailure(stream);
    expect(failure).toEqual(new Error('the microphone is gone'));
    expect(events.some(({ type }) => type === 'final')).toBe(true);
  });
});

describe('files that go as they are', () => {
  const frame = () => {
    const bytes = new Uint8Array(417);
    bytes.set([0xff, 0xfb, 0x90, 0xc0]);
    return bytes;
  };
  /** Each frame is 26.1 ms: MPEG-1 layer III, 128 kbit/s, 44.1 kHz. */
  const mp3 = (frames: number) => Buffer.concat(Array.from({ length: frames }, frame));

  test('MP3 is sent with its name and its length is known', async () => {
    await using server = await ScriptedServer.start(answering(delta('好'), done('好。')));
    const { transcription } = createTranscription(server);
    const events = await collect(transcription.stream(mp3(100)));
    expect(bodyOf(server.lastRequest).input.format).toEqual({ type: 'mp3' });
    expect(Buffer.from(bodyOf(server.lastRequest).data, 'base64')).toEqual(mp3(100));
    expect(events.at(-1)).toEqual({ type: 'progress', audioMs: 2612, totalMs: 2612 });
  });

  test('one that is too long says what helps', async () => {
    await using server = await ScriptedServer.start();
    const { transcription } = createTranscription(server);
    const { failure } = await collectUntilFailure(
      transcription.stream(mp3(500), { maxCallSeconds: 10 }),
    );
    expect(failure).toBeInstanceOf(ValidationError);
    expect((failure as Error).message).toMatch(/input 13.*10 seconds of mp3.*Use decode/);
    expect(server.requests).toHaveLength(0);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['samples at once', { samples: noise(1), sampleRate: RATE }],
    ['pieces of bytes', new Blob([mp3(1)]).stream()],
  ])('a decoder that gives %s is refused', async (_name, decoded) => {
    const { transcription } = createTranscription({ url: 'http://127.0.0.1:9' });
    const decode = () => decoded as AsyncIterable<{ samples: Int16Array; sampleRate: number }>;
    const stream = transcription.stream(mp3(500), { maxCallSeconds: 10, decode });
    await expect(stream.text()).rejects.toMatchObject({ path: 'decode' });
  });

  test('with decode it is cut', async () => {
    await using server = await ScriptedServer.start(answering(done('好')));
    const { transcription } = createTranscription(server);
    let received = 0;
    const stream = transcription.stream(new Blob([mp3(500)]).stream(), {
      maxCallSeconds: 10,
      decode: async function* (file, { container, signal }) {
        expect(container).toBe('mp3');
        expect(signal.aborted).toBe(false);
        for await (const piece of file) received += piece.length;
        for (let i = 0; i < 13; i++) yield { samples: noise(1, 44_100), sampleRate: 44_100 };
      },
    });
    const transcript = await stream.text();
    expect(received).toBe(500 * 417);
    expect(server.requests.length).toBeGreaterThan(1);
    expect(transcript.segments.at(-1)!.endMs).toBeCloseTo(13_000, 0);
    const sent = server.requests.reduce((sum, request) => sum + samplesOf(request).length, 0);
    expect(sent).toBe(13 * RATE);
  });
});

describe('long sound', () => {
  /** Half a second of sound and half a second of silence, again and again. */
  const talking = (seconds: number) =>
    Int16Array.from({ length: seconds * RATE }, (_, i) =>
      i % RATE < RATE / 2 ? 8000 * Math.sin(i / 3) : 0,
    );

  /** Answers each call with how long its sound was and one word in its middle. */
  const measuring: Script = (request, answer) => {
    const ms = samplesOf(request).length / 16;
    begin(answer).end(
      delta(`${ms}`, { start_time: ms / 2, end_time: ms / 2 + 10 }) +
        done(`${ms}`, { usage: { input_tokens: 1, total_tokens: 2 } }),
    );
  };

  test('is cut in its pauses, and put together with its times', async () => {
    await using server = await ScriptedServer.start(measuring);
    const { transcription } = createTranscription(server);
    const samples = talking(47);
    const stream = transcription.stream(writeWav({ samples, sampleRate: RATE }), {
      maxCallSeconds: 10,
      timestamps: true,
    });
    const events = await collect(stream);
    const finals = events.filter((one) => one.type === 'final');
    expect(finals.map(({ segment }) => segment)).toEqual(finals.map((_, index) => index));
    let at = 0;
    for (const final of finals) {
      expect(final.startMs).toBeCloseTo(at, 3);
      at += Number(final.text);
      expect(final.endMs).toBeCloseTo(at, 3);
      expect(Number(final.text)).toBeLessThanOrEqual(10_000);
      // Cut where nothing is said; behind the last there is nothing.
      expect(samples[Math.round(at * 16)] ?? 0).toBe(0);
      const [word] = final.words;
      expect(word!.startMs).toBeCloseTo(final.startMs! + Number(final.text) / 2, 3);
    }
    expect(at).toBeCloseTo(47_000, 3);
    expect(events.at(-1)).toEqual({ type: 'progress', audioMs: 47_000, totalMs: 47_000 });
    expect(stream.transcript.usage).toEqual({
      inputTokens: finals.length,
      totalTokens: 2 * finals.length,
    });
    const sent = server.requests.flatMap((request) => [...samplesOf(request)]);
    expect(Int16Array.from(sent)).toEqual(samples);
  });

  test('a failure in the middle keeps what came before and says from where', async () => {
    await using server = await ScriptedServer.start((request, answer) =>
      server.requests.length < 3
        ? measuring(request, answer)
        : begin(answer).end(delta('cut') + event({ type: 'error', message: 'internal error' })),
    );
    const { transcription } = createTranscription(server);
    const stream = transcription.stream(
      { samples: talking(60), sampleRate: RATE },
      { maxCallSeconds: 10 },
    );
    await expect(stream.text()).rejects.toThrow(/internal error/);
    const { segments } = stream.transcript;
    expect(segments).toHaveLength(2);
    const again = transcription.stream(
      { samples: talking(60), sampleRate: RATE },
      { maxCallSeconds: 10 },
    );
    server.requests.length = 0;
    const { failure } = await collectUntilFailure(again);
    expect(failure).toMatchObject({ stoppedAtMs: Math.round(segments[1]!.endMs!) });
  });

  test('calls may overlap, and their events stay in order', async () => {
    const waiting: (() => void)[] = [];
    await using server = await ScriptedServer.start((request, answer) => {
      waiting.push(() => void measuring(request, answer));
    });
    const { transcription } = createTranscription(server);
    const stream = transcription.stream(
      { samples: talking(60), sampleRate: RATE },
      { maxCallSeconds: 10, concurrency: 3 },
    );
    const result = stream.text();
    await server.until(() => waiting.length === 3);
    expect(server.requests).toHaveLength(3);
    // The third is answered first.
    for (let answered = 0; answered < 6;) {
      const answer = waiting.pop();
      if (answer === undefined) await server.until(() => waiting.length > 0);
      else {
        answer();
        answered += 1;
      }
    }
    server.script = measuring;
    for (const answer of waiting) answer();
    const starts = (await result).segments.map(({ startMs }) => startMs!);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  test('a slow reader stops the calls and the input', async () => {
    let given = 0;
    const input = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          given += 1;
          controller.enqueue(encodePcm16(talking(1)));
          if (given === 600) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const many = Array.from({ length: 2000 }, () => delta('x')).join('') + done('x');
    await using server = await ScriptedServer.start(answering(many));
    const { transcription } = createTranscription(server);
    const stream = transcription.stream(input, { sampleRate: RATE, maxCallSeconds: 10 });
    await stream.next();
    await server.until(() => server.requests.length > 0);
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    // One call with its piece, and the next piece at hand.
    expect(server.requests.length).toBeLessThanOrEqual(2);
    expect(given).toBeLessThan(60);
    await stream.return();
    await server.untilAllClosed();
  });

  test('return() lets go of an input that never answers', async () => {
    await using server = await ScriptedServer.start();
    const letGo = Promise.withResolvers<void>();
    const input = new ReadableStream<Uint8Array>({ cancel: () => letGo.resolve() });
    const { transcription } = createTranscription(server);
    const stream = transcription.stream(input, { sampleRate: RATE });
    const pending = stream.next();
    await stream.return();
    expect(await pending).toEqual({ value: undefined, done: true });
    await letGo.promise;
  });
});

test('whatever a server sends, the outcome is a text or an error of ours', async () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.array(fc.string()),
    fc.object(),
  );
  const message = fc
    .record(
      {
        type: fc.constantFrom('transcript.text.delta', 'transcript.text.done', 'error', 'other'),
        delta: value,
        text: value,
        usage: value,
        meta: value,
        start_time: value,
        end_time: value,
        message: value,
      },
      { requiredKeys: [] },
    )
    .map((one) => event(one));
  let body = '';
  await using server = await ScriptedServer.start((_, answer) => begin(answer).end(body));
  const { transcription } = createTranscription(server);
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 5 }), async (messages) => {
      body = messages.join('') + done('好');
      let finals = 0;
      try {
        for await (const one of transcription.stream(pcm)) finals += one.type === 'final' ? 1 : 0;
      } catch (error) {
        if (!StepAudioError.isInstance(error)) throw error;
        finals = 1;
      }
      expect(finals).toBe(1);
    }),
    { numRuns: 60 },
  );
});
