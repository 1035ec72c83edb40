import { connect } from 'node:net';
import { decodeBase64, decodePcm16, readWav, rmsDbfs } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createManualClock } from '../clock.ts';
import { startEmulator, startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { SPEECH, bearer, errorOf, eventsOf, speak, until } from '../testing/raw-client.ts';
import { hearDataSpeech } from '../voice/index.ts';
import { createToneEngine, toneOf } from '../testing/tone-engine.ts';

const clock = createManualClock();
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ clock });
});
afterAll(() => emulator.close());

type Subtitle = {
  text: string;
  request_id: string;
  timestamp: number;
  items: { text: string; start_time: number; end_time: number }[];
};

async function samplesOf(body: Record<string, unknown>): Promise<Int16Array> {
  const answer = await speak(emulator, body);
  expect(answer.status).toBe(200);
  return decodePcm16(new Uint8Array(await answer.arrayBuffer()));
}

describe('binary', () => {
  test('answers with the trace ids, never as JSON, and streams what it speaks', async () => {
    const answer = await speak(emulator, { response_format: 'pcm' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('transfer-encoding')).toBe('chunked');
    expect(answer.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const samples = decodePcm16(new Uint8Array(await answer.arrayBuffer()));
    expect(samples.length / 24_000).toBeGreaterThan(0.5);
    expect(rmsDbfs(samples)).toBeGreaterThan(-35);
  });

  test.each([
    ['mp3', 'audio/mpeg'],
    ['wav', 'audio/wav'],
    ['flac', 'audio/flac'],
    ['opus', 'audio/ogg'],
  ])('%s is %s', async (format, contentType) => {
    const answer = await speak(emulator, { response_format: format });
    expect(answer.headers.get('content-type')).toBe(contentType);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(1000);
  });

  test('a wav says its real length, at every rate', async () => {
    await using toned = await startEmulatorWith({}, createToneEngine);
    for (const rate of [8000, 16_000, 22_050, 24_000, 48_000]) {
      const answer = await speak(toned, {
        response_format: 'wav',
        sample_rate: rate,
        input: 'tone',
      });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      expect(Number(answer.headers.get('content-length'))).toBe(bytes.length);
      expect(new DataView(bytes.buffer).getUint32(40, true)).toBe(bytes.length - 44);
      const wav = readWav(bytes);
      expect(wav.sampleRate).toBe(rate);
      expect(wav.samples).toEqual(toneOf('tone', rate));
    }
  });

  test('speed and volume are heard', async () => {
    const plain = await samplesOf({});
    const fast = await samplesOf({ speed: 2 });
    expect(fast.length / plain.length).toBeLessThan(0.7);
    const quiet = await samplesOf({ volume: 0.1 });
    expect(rmsDbfs(quiet)).toBeLessThan(rmsDbfs(plain) - 15);
  });

  test('a direction is not spoken on 2.5 and is on older models', async () => {
    const text = '(speak softly and with great care) Good morning.';
    const bare = await samplesOf({ input: 'Good morning.' });
    const directed = await samplesOf({ input: text });
    expect(directed.length / bare.length).toBeLessThan(1.6);
    const spoken = await samplesOf({ input: text, model: 'step-tts-2' });
    expect(spoken.length / bare.length).toBeGreaterThan(2);
  });

  test('both prefixes and a trailing slash serve the same', async () => {
    for (const path of [
      '/step_plan/v1/audio/speech',
      '/v1/audio/speech/',
      '/v1/audio/speech?a=b',
    ]) {
      const answer = await fetch(`${emulator.url}${path}`, {
        method: 'POST',
        headers: bearer(emulator),
        body: JSON.stringify(SPEECH),
      });
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
  });
});

describe('sse', () => {
  test('is data lines only; the deltas joined are the file, cut also inside a sample', async () => {
    await using toned = await startEmulatorWith({}, createToneEngine);
    const body = { stream_format: 'sse', input: 'a tone', sample_rate: 48_000 };
    const answer = await speak(toned, body);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const text = await answer.text();
    for (const line of text.split('\n')) expect(line).toMatch(/^(data: .+)?$/);
    const events = eventsOf(text);
    expect(events.at(-1)).toBe('[DONE]');
    expect(events.at(-2)).toEqual({ type: 'speech.audio.done', audio: '' });
    const deltas = events.slice(0, -2).map((event) => {
      expect(event).toEqual({ type: 'speech.audio.delta', audio: expect.any(String) });
      return decodeBase64((event as { audio: string }).audio);
    });
    expect(deltas.every((delta) => delta.length > 0)).toBe(true);
    expect(deltas.some((delta) => delta.length % 2 === 1)).toBe(true);
    expect(decodePcm16(new Uint8Array(Buffer.concat(deltas)))).toEqual(toneOf('a tone', 48_000));
  });

  test('subtitles come between the audio, with the times of its words', async () => {
    const input = '早上好。火车到了，快走吧！我们不能再等了，他们已经走了。';
    const answer = await speak(emulator, { input, stream_format: 'sse', timestamp: true });
    const events = eventsOf(await answer.text()) as {
      type: string;
      event_id: string;
      data: Subtitle;
    }[];
    const types = events.map((event) => event.type);
    const first = types.indexOf('response.subtitle');
    expect(first).toBeGreaterThan(0);
    expect(types.slice(first)).toContain('speech.audio.delta');
    const subtitles = events.filter(({ type }) => type === 'response.subtitle');
    expect(subtitles.length).toBeGreaterThan(1);
    expect(subtitles.map(({ data }) => data.text).join('')).toBe(input);
    for (const { event_id: id, data } of subtitles) {
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      expect(data.request_id).toMatch(/^[0-9a-f]{32}\.[0-9a-f]{32}$/);
      expect(data.request_id).not.toContain(id);
      expect(data.timestamp).toBe(clock.now());
      expect(data.items.map((item) => item.text).join('')).toBe(data.text);
    }
    const items = subtitles.flatMap(({ data }) => data.items);
    // Each Han character is a token of its own, with the punctuation after it.
    expect(items.every(({ text }) => /^\p{Script=Han}\P{L}*$/u.test(text))).toBe(true);
    const seconds = (await samplesOf({ input })).length / 24_000;
    let last = 0;
    for (const { start_time: start, end_time: end } of items) {
      expect([start >= last, end >= start]).toEqual([true, true]);
      last = end;
    }
    expect(last / 1000).toBeLessThanOrEqual(seconds + 0.04);
    expect(last / 1000).toBeGreaterThan(seconds * 0.7);
  });

  test('without timestamp there are no subtitles', async () => {
    const answer = await speak(emulator, { stream_format: 'sse' });
    expect(await answer.text()).not.toContain('subtitle');
  });

  test('what is wrong with the request is a plain refusal', async () => {
    const answer = await speak(emulator, { stream_format: 'sse', voice: 'alloy' });
    expect([answer.status, await errorOf(answer)]).toEqual([
      400,
      { message: 'voice alloy is not valid', type: 'request_params_invalid' },
    ]);
  });
});

test('many requests at once do not mix', async () => {
  await using toned = await startEmulatorWith({}, createToneEngine);
  const texts = Array.from({ length: 20 }, (_, index) => 'x'.repeat(index + 1));
  const heard = await Promise.all(
    texts.map(async (input, index) => {
      const answer = await speak(toned, {
        input,
        sample_rate: 8000,
        ...(index % 2 === 0 && { return_url: true }),
      });
      if (index % 2 === 1) return decodePcm16(new Uint8Array(await answer.arrayBuffer()));
      const { data } = (await answer.json()) as { data: { url: string } };
      return decodePcm16(new Uint8Array(await (await fetch(data.url)).arrayBuffer()));
    }),
  );
  expect(heard).toEqual(texts.map((text) => toneOf(text, 8000)));
});

test('data speech is heard to the letter', async () => {
  const input = 'Any text: 任何文字，1, 2 😀!';
  const samples = await samplesOf({ input, voice: 'data-voice' });
  expect(await hearDataSpeech({ samples, sampleRate: 24_000 })).toBe(input);
});

describe('return_url', () => {
  type UrlAnswer = { created: number; data: { url: string; subtitles?: Subtitle[] } };

  test('gives an address that works without a key, for twelve hours', async () => {
    await using toned = await startEmulatorWith({ clock }, createToneEngine);
    const answer = await speak(toned, { response_format: 'wav', return_url: true, input: 'tone' });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const body = (await answer.json()) as UrlAnswer;
    expect(body.created).toBe(Math.floor(clock.now() / 1000));
    expect(Object.keys(body.data)).toEqual(['url']);
    const file = await fetch(body.data.url);
    expect(file.headers.get('content-type')).toBe('audio/wav');
    const bytes = new Uint8Array(await file.arrayBuffer());
    expect(readWav(bytes).samples).toEqual(toneOf('tone', 24_000));

    const part = await fetch(body.data.url, { headers: { range: 'bytes=44-47' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 44-47/${bytes.length}`,
    ]);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(44, 48));
    const tail = await fetch(body.data.url, { headers: { range: 'bytes=-10' } });
    expect(new Uint8Array(await tail.arrayBuffer())).toEqual(bytes.slice(-10));
    const beyond = await fetch(body.data.url, { headers: { range: `bytes=${bytes.length}-` } });
    expect(beyond.status).toBe(416);
    const head = await fetch(body.data.url, { method: 'HEAD' });
    expect([head.status, Number(head.headers.get('content-length'))]).toEqual([200, bytes.length]);
    expect((await fetch(body.data.url, { method: 'POST' })).status).toBe(405);

    clock.advance(12 * 3600 * 1000 - 1);
    expect((await fetch(body.data.url)).status).toBe(200);
    clock.advance(1);
    expect((await fetch(body.data.url)).status).toBe(404);
  });

  test('has the subtitles beside it when they are asked for', async () => {
    const input = 'Good morning, everybody. The train is here.';
    const answer = await speak(emulator, { input, return_url: true, timestamp: true });
    const { subtitles = [] } = ((await answer.json()) as UrlAnswer).data;
    expect(subtitles.map(({ text }) => text).join('')).toBe(input);
    const ids = subtitles.map((entry) => /^([0-9a-f]{32})-(\d+)$/.exec(entry.request_id));
    expect(ids.map((id) => id?.[2])).toEqual(subtitles.map((_, index) => String(index)));
    expect(new Set(ids.map((id) => id?.[1])).size).toBe(1);
    expect(subtitles[0]?.timestamp).toBe(clock.now());
  });
});

test.each([
  ['binary', {}],
  ['sse', { stream_format: 'sse' }],
])('a client that does not read stops the voice (%s)', async (_, body) => {
  const engine = createToneEngine();
  await using toned = await startEmulatorWith({}, () => engine);
  const text = JSON.stringify({ ...SPEECH, ...body, input: 'x'.repeat(1000), sample_rate: 48_000 });
  const { port, hostname } = new URL(toned.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /v1/audio/speech HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${toned.apiKey}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
  let stuck = 0;
  let turns = 0;
  await until(() => {
    turns = engine.said === stuck ? turns + 1 : 0;
    stuck = engine.said;
    return stuck > 0 && turns > 30;
  });
  expect(stuck).toBeLessThan(1000);
  const other = await speak(toned, { input: 'Hello' });
  await other.arrayBuffer();
  expect(engine.said).toBe(stuck + 'Hello'.length);
  socket.resume();
  await until(() => engine.said === 1000 + 'Hello'.length);
  socket.destroy();
});

describe('stops when nobody listens any more', () => {
  const long = { input: 'All work and no play makes a dull day. '.repeat(12), sample_rate: 48_000 };

  test.each([
    ['binary', {}],
    ['sse', { stream_format: 'sse' }],
  ])('%s', async (_, body) => {
    emulator.resetCounters();
    const whole = await speak(emulator, long);
    await whole.arrayBuffer();
    const allSeconds = emulator.counters.audioSeconds;
    emulator.resetCounters();
    const controller = new AbortController();
    const answer = await speak(emulator, { ...long, ...body }, {}, controller.signal);
    const reader = answer.body?.getReader();
    await reader?.read();
    controller.abort();
    await until(() => emulator.counters.abortedRequests === 1);
    expect(emulator.log[0]).toMatchObject({ outcome: 'aborted', status: 200 });
    await expect(reader?.read()).rejects.toThrow('abort');
    const atAbort = emulator.counters.audioSeconds;
    expect(atAbort).toBeLessThan(allSeconds * 0.8);
    await samplesOf({});
    const since = emulator.counters.audioSeconds - atAbort;
    expect(since).toBeLessThan(3);
    expect(emulator.counters.openRequests).toBe(0);
  });
});
