import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { decodeBase64, decodePcm16 } from '@stepvoice/core/audio';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createManualClock } from '../clock.ts';
import { startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import {
  SPEECH,
  bearer,
  errorOf,
  eventsOf,
  readPieces,
  speak,
  until,
} from '../testing/raw-client.ts';
import { createToneEngine, toneOf } from '../testing/tone-engine.ts';

const TEXT = { input: 'twenty characters ok' };
const SSE = { ...TEXT, stream_format: 'sse', sample_rate: 8000 };
const WHOLE_BYTES = TEXT.input.length * 4800;

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulatorWith({}, createToneEngine);
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

async function eventsWith(fault: string, body: Record<string, unknown> = SSE) {
  const { pieces, error, status } = await readPieces(emulator, body, fault);
  const text = Buffer.concat(pieces).toString();
  return { text, error, status };
}

function struck(fault: string): void {
  emulator.faults.add({ fault, times: 1 });
}

describe('instead of an answer', () => {
  test.each([
    ['status:401', 401, 'invalid_api_key', 'Incorrect API key provided'],
    [
      'status:451',
      451,
      'censorship_block',
      'The content you provided or machine outputted is blocked.',
    ],
    ['status:429,message=slow down,type=quota_exceeded', 429, 'quota_exceeded', 'slow down'],
    ['status:402', 402, 'insufficient_balance', expect.any(String)],
    ['status:500', 500, 'internal_error', expect.any(String)],
    ['status:200', 200, 'server_error', expect.any(String)],
  ])('%s has the service’s body', async (fault, status, type, message) => {
    const answer = await speak(emulator, {}, { 'x-emulator-fault': fault });
    expect([answer.status, await errorOf(answer)]).toEqual([status, { type, message }]);
    expect(answer.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([
    ['html', /^text\/html/, /^<html>[^]*502/],
    ['text', /^text\/plain/, /status 502/],
    ['json', /^application\/json/, /^\{"message"/],
    ['empty', /^text\/plain/, /^$/],
  ])('status with a body of %s', async (body, contentType, text) => {
    struck(`status:502,body=${body}`);
    const answer = await speak(emulator);
    expect(answer.status).toBe(502);
    expect(answer.headers.get('content-type')).toMatch(contentType);
    expect(await answer.text()).toMatch(text);
    expect((await speak(emulator)).status).toBe(200);
  });

  test('Retry-After, in seconds or as a date', async () => {
    const inSeconds = await speak(emulator, {}, { 'x-emulator-fault': 'status:429,retry-after=2' });
    expect(inSeconds.headers.get('retry-after')).toBe('2');
    const date = 'Fri, 31 Dec 2027 23:59:59 GMT';
    const fault = JSON.stringify({ kind: 'status', status: 503, retryAfter: date });
    const later = await speak(emulator, {}, { 'x-emulator-fault': fault });
    expect(later.headers.get('retry-after')).toBe(date);
  });

  test('redirect goes to another origin, with the status asked for', async () => {
    await using elsewhere = await startEmulatorWith({}, createToneEngine);
    struck(`redirect:${elsewhere.url}/v1/audio/speech,status=308`);
    const sent = request(`${emulator.url}/v1/audio/speech`, {
      method: 'POST',
      headers: bearer(emulator),
    });
    sent.end(JSON.stringify(SPEECH));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect([answer.statusCode, answer.headers.location]).toEqual([
      308,
      `${elsewhere.url}/v1/audio/speech`,
    ]);
    struck(`redirect:${elsewhere.url}/v1/audio/speech`);
    // fetch follows, and leaves the key behind where the origin changes.
    expect((await speak(emulator)).status).toBe(401);
    expect(elsewhere.log[0]).toMatchObject({ authorization: 'none' });
  });

  test('a fault that cannot be understood is a 400 that says so', async () => {
    const answer = await speak(emulator, {}, { 'x-emulator-fault': 'explode' });
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).message).toMatch(/^x-emulator-fault: A fault: kind/);
  });

  test('without the key no fault is obeyed', async () => {
    const answer = await speak(
      emulator,
      {},
      { authorization: 'Bearer no', 'x-emulator-fault': 'status:503' },
    );
    expect(answer.status).toBe(401);
  });
});

describe('on the clock', () => {
  test('latency comes before the first byte', async () => {
    const clock = createManualClock();
    await using slow = await startEmulatorWith({ clock }, createToneEngine);
    const answer = speak(slow, {}, { 'x-emulator-fault': 'latency:5000' });
    let isAnswered = false;
    void answer.then(() => (isAnswered = true));
    await until(() => clock.pending === 1);
    clock.advance(4999);
    await speak(slow);
    expect(isAnswered).toBe(false);
    clock.advance(1);
    expect((await answer).status).toBe(200);
  });

  test('jitter lies between the pieces, and is the same for the same seed', async () => {
    const waits = async (seed: number): Promise<number> => {
      const clock = createManualClock();
      await using slow = await startEmulatorWith({ clock, seed }, createToneEngine);
      const answer = await speak(slow, TEXT, { 'x-emulator-fault': 'jitter:100' });
      const body = answer.arrayBuffer();
      let isDone = false;
      void body.then(() => (isDone = true));
      const begin = clock.now();
      while (!isDone) {
        await until(() => isDone || clock.pending > 0);
        if (!isDone) clock.advance(1);
      }
      expect((await body).byteLength).toBe(WHOLE_BYTES);
      return clock.now() - begin;
    };
    const first = await waits(3);
    expect(first).toBeGreaterThan(100);
    expect(first).toBeLessThan(2000);
    expect(await waits(3)).toBe(first);
    expect(await waits(4)).not.toBe(first);
  });

  test('slow-read waits for each piece of the request', async () => {
    const clock = createManualClock();
    await using slow = await startEmulatorWith({ clock }, createToneEngine);
    const answer = speak(slow, {}, { 'x-emulator-fault': 'slow-read:1000' });
    await until(() => clock.pending === 1);
    clock.advance(1000);
    await until(() => clock.pending === 1);
    clock.advance(1000);
    expect((await answer).status).toBe(200);
  });
});

describe('in the bytes', () => {
  test.each([
    ['cut:bytes=10001', 10_001, 'ECONNRESET'],
    ['cut:bytes=10001,how=fin', 10_001, 'ECONNRESET'],
    ['cut:bytes=10001,how=reset', 10_001, 'ECONNRESET'],
    ['cut:bytes=10001,how=end', 10_001, undefined],
    ['cut', 0, 'ECONNRESET'],
    ['cut:how=end', 0, undefined],
    ['cut:bytes=9999999', WHOLE_BYTES, undefined],
  ])('%s', async (fault, length, code) => {
    const { status, pieces, error } = await readPieces(emulator, TEXT, fault);
    expect([status, Buffer.concat(pieces).length, error]).toEqual([200, length, code]);
    const outcome = length === WHOLE_BYTES ? 'complete' : 'cut';
    await until(() => emulator.log.at(-1)?.outcome === outcome);
  });

  test('a wav that ends properly but too early has no length to hold it to', async () => {
    const { pieces, error } = await readPieces(
      emulator,
      { ...TEXT, response_format: 'wav' },
      'cut:bytes=100,how=end',
    );
    expect([Buffer.concat(pieces).length, error]).toEqual([100, undefined]);
  });

  test.each([
    ['stall', undefined, 0],
    ['stall:bytes=0', 200, 0],
    ['stall:bytes=5000', 200, 5000],
  ])('%s lasts until the client leaves', async (fault, status, bytesSent) => {
    emulator.resetCounters();
    const controller = new AbortController();
    const answer = speak(emulator, TEXT, { 'x-emulator-fault': fault }, controller.signal);
    const body = answer.then((response) => response.arrayBuffer());
    await until(
      () => emulator.log[0]?.status === status && emulator.log[0]?.bytesSent === bytesSent,
    );
    controller.abort();
    await expect(body).rejects.toThrow('abort');
    await until(() => emulator.counters.openRequests === 0);
    expect(emulator.log[0]).toMatchObject({ outcome: 'aborted', status, bytesSent });
  });

  test('tiny-writes come one by one, and are the same bytes', async () => {
    const { pieces } = await readPieces(emulator, { input: 'a', sample_rate: 8000 }, 'tiny-writes');
    expect(pieces).toHaveLength(1600);
    expect(decodePcm16(new Uint8Array(Buffer.concat(pieces)))).toEqual(toneOf('a', 8000));
  });

  test('odd-splits fall inside samples', async () => {
    const { pieces } = await readPieces(emulator, TEXT, 'odd-splits');
    expect(pieces.filter(({ length }) => length % 2 === 1).length).toBeGreaterThan(10);
    expect(decodePcm16(new Uint8Array(Buffer.concat(pieces)))).toEqual(toneOf(TEXT.input, 24_000));
  });

  test('huge goes on for as many bytes as it is told, and leaves JSON as it is', async () => {
    const { pieces } = await readPieces(emulator, TEXT, 'huge:bytes=5000000');
    expect(Buffer.concat(pieces).length).toBe(WHOLE_BYTES + 5_000_000);
    const models = await fetch(`${emulator.url}/v1/models`, {
      headers: { ...bearer(emulator), 'x-emulator-fault': 'huge:bytes=300000' },
    });
    const text = await models.text();
    expect(text.length).toBeGreaterThan(300_000);
    expect(JSON.parse(text)).toMatchObject({ object: 'list' });
  });

  test('strike other endpoints too', async () => {
    emulator.faults.add({ fault: 'cut:bytes=10', endpoint: 'models', times: 1 });
    const answer = await fetch(`${emulator.url}/v1/models`, { headers: bearer(emulator) });
    await expect(answer.text()).rejects.toThrow('terminated');
  });
});

describe('in the events', () => {
  const delta = { type: 'speech.audio.delta', audio: expect.any(String) };
  const done = { type: 'speech.audio.done', audio: '' };

  test('missing-end leaves out [DONE], or the event before it too', async () => {
    const marker = eventsOf((await eventsWith('missing-end')).text);
    expect(marker.at(-1)).toEqual(done);
    const both = eventsOf((await eventsWith('missing-end:done')).text);
    expect(both.at(-1)).toEqual(delta);
  });

  test('error-event ends the stream properly, without an end', async () => {
    const { text, error } = await eventsWith('error-event:engine on fire,code=503');
    expect(error).toBeUndefined();
    expect(eventsOf(text)).toEqual([
      delta,
      { type: 'speech.audio.error', error: { message: 'engine on fire', code: '503' } },
    ]);
    const third = eventsOf((await eventsWith('error-event:events=3')).text);
    expect(third).toEqual([
      delta,
      delta,
      delta,
      { type: 'speech.audio.error', error: { message: 'engine overloaded' } },
    ]);
  });

  test('malformed events', async () => {
    const json = (await eventsWith('malformed:json')).text.split('\n\n');
    expect(() => JSON.parse(json[0]?.slice(6) ?? '') as unknown).toThrow(SyntaxError);
    expect(json.at(-2)).toBe('data: [DONE]');
    const base64 = eventsOf((await eventsWith('malformed:base64,events=2')).text);
    expect(base64.slice(0, 3)).toEqual([
      delta,
      delta,
      { type: 'speech.audio.delta', audio: '*not base64*' },
    ]);
    expect(base64.at(-1)).toBe('[DONE]');
    const half = await eventsWith('malformed:half,events=1');
    expect(half.error).toBeUndefined();
    expect(half.text.split('\n\n')).toHaveLength(2);
    expect(half.text).toMatch(/\n\ndata: \{"type":"speech.audio.delta","audio":"[^"]+$/);
  });

  test('an empty delta is there beside the others', async () => {
    const events = eventsOf((await eventsWith('empty-delta')).text);
    expect(events.slice(0, 2)).toEqual([{ type: 'speech.audio.delta', audio: '' }, delta]);
    expect(events.filter((event) => event !== '[DONE]' && event['audio'] === '')).toHaveLength(2);
  });

  test.each([
    ['crlf', '\r\n'],
    ['cr', '\r'],
  ])('line ends of %s', async (name, lineEnd) => {
    const { text } = await eventsWith(`line-ends:${name}`);
    expect(text.replaceAll(lineEnd, '')).not.toMatch(/[\r\n]/);
    expect(eventsOf(text.replaceAll(lineEnd, '\n')).at(-1)).toBe('[DONE]');
  });

  test.each([
    ['cut:events=2', 'ECONNRESET'],
    ['cut:events=2,how=reset', 'ECONNRESET'],
    ['cut:events=2,how=end', undefined],
  ])('%s', async (fault, code) => {
    const { text, error } = await eventsWith(fault);
    expect([eventsOf(text).length, error]).toEqual([2, code]);
  });

  test('odd-splits cut the audio of the events too, and the whole is the same', async () => {
    const { text } = await eventsWith('odd-splits');
    const parts = eventsOf(text).flatMap((event) =>
      event === '[DONE]' ? [] : [decodeBase64(event['audio'] as string)],
    );
    expect(parts.filter(({ length }) => length === 997).length).toBeGreaterThan(10);
    expect(decodePcm16(new Uint8Array(Buffer.concat(parts)))).toEqual(toneOf(TEXT.input, 8000));
  });

  test('tiny-writes cut the events themselves', async () => {
    const { pieces } = await readPieces(emulator, { ...SSE, input: 'a' }, 'tiny-writes:bytes=3');
    expect(pieces.every(({ length }) => length <= 3)).toBe(true);
    expect(eventsOf(Buffer.concat(pieces).toString()).at(-1)).toBe('[DONE]');
  });

  test('huge is one event with a line of blanks before its own', async () => {
    const { text } = await eventsWith('huge:bytes=200000');
    const first = text.slice(0, text.indexOf('\n\n'));
    expect(first.length).toBeGreaterThan(200_000);
    const data = first
      .split('\n')
      .map((line) => line.replace(/^data: /, ''))
      .join('\n');
    expect(JSON.parse(data)).toEqual(delta);
  });
});
