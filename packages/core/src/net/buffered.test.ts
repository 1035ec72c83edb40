import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Connection } from './connection.ts';
import type { ConnectionOptions } from './connection.ts';
import type { WholeAnswer } from './exchange.ts';
import type { FetchAnswer, FetchInit } from './fetch-transport.ts';
import { createLimiter } from './limiter.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { createPlatformRuntime } from './runtime.ts';

/** A `fetch` that answers when it is told to, whole, and never heeds its signal. */
function createDeafFetch() {
  const calls: {
    init: FetchInit;
    answer: (status: number, body: string) => void;
    fail: () => void;
  }[] = [];
  const fetch = (_: string, init: FetchInit) =>
    new Promise<FetchAnswer>((resolve, reject) => {
      calls.push({
        init,
        answer: (status, body) =>
          resolve({
            status,
            headers: new Headers({ 'x-trace-id': 't-5' }),
            arrayBuffer: () => Promise.resolve(new TextEncoder().encode(body).buffer),
          }),
        fail: () => reject(new Error('net::ERR_FAILED')),
      });
    });
  return { calls, fetch };
}

function connect(options: ConnectionOptions = {}) {
  const clock = new ManualClock();
  const deaf = createDeafFetch();
  const connection = new Connection(
    {
      apiKey: 'k',
      fetch: deaf.fetch,
      buffered: true,
      limiter: createLimiter({ concurrency: 1, clock }),
      timeouts: { totalMs: 5000, firstByteMs: 10, idleMs: 10 },
      ...options,
    },
    {
      runtime: { ...createPlatformRuntime(), clock, random: () => 0 },
      readFailure: () => undefined,
    },
  );
  const late: WholeAnswer[] = [];
  const post = (signal?: AbortSignal) =>
    connection.request({
      path: '/audio/speech',
      body: {},
      signal,
      onLateAnswer: (answer) => late.push(answer),
    });
  return { clock, post, late, calls: deaf.calls };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('an answer arrives whole, under one limit of time', async () => {
  const { clock, post, calls, late } = connect();
  const posted = post();
  await clock.timer(5000);
  expect(clock.pending).toBe(1);
  await clock.advance(4999);
  calls[0]!.answer(200, 'audio');
  let heard = '';
  const exchange = await posted;
  expect(exchange.requestId).toBe('t-5');
  await new Promise<void>((resolve, reject) => {
    exchange.consume({
      onData: (chunk) => (heard += text(chunk)),
      onEnd: resolve,
      onError: reject,
    });
  });
  expect(heard).toBe('audio');
  expect(late).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('an abort frees the caller at once; the answer still holds its slot, and is handed on', async () => {
  const { clock, post, calls, late } = connect();
  const abort = new AbortController();
  const posted = post(abort.signal);
  await clock.timer(5000);
  const next = post();
  abort.abort('enough');
  await expect(posted).rejects.toBe('enough');
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  await clock.advance(1000);
  expect(calls).toHaveLength(1);
  calls[0]!.answer(200, 'paid for');
  await clock.advance(0);
  expect(late.map(({ body }) => text(body))).toEqual(['paid for']);
  expect(calls).toHaveLength(2);
  calls[1]!.answer(200, 'next');
  await next;
  expect(late).toHaveLength(1);
});

test('a limit that passed frees the caller, is not tried again, and the answer is handed on', async () => {
  const { clock, post, calls, late } = connect();
  const failed = post().catch((thrown: unknown) => thrown);
  await clock.timer(5000);
  await clock.advance(5000);
  expect(await failed).toMatchObject({ name: 'TimeoutError', phase: 'total', timeoutMs: 5000 });
  await clock.advance(60_000);
  expect(calls).toHaveLength(1);
  calls[0]!.answer(200, 'late');
  await clock.advance(0);
  expect(late.map(({ body }) => text(body))).toEqual(['late']);
  expect(clock.pending).toBe(0);
});

test('a late failure ends the slot and is told to nobody', async () => {
  const { clock, post, calls, late } = connect();
  for (const finish of [
    () => calls.at(-1)!.fail(),
    () => calls.at(-1)!.answer(500, 'no'),
    () => calls.at(-1)!.answer(200, ''),
  ]) {
    const abort = new AbortController();
    const before = calls.length;
    const posted = post(abort.signal);
    await clock.advance(0);
    expect(calls).toHaveLength(before + 1);
    abort.abort('stop');
    await expect(posted).rejects.toBe('stop');
    finish();
    await clock.advance(0);
  }
  expect(late.map(({ body }) => text(body))).toEqual(['']);
});

test('a late refusal still teaches the limiter', async () => {
  const { clock, post, calls } = connect();
  const abort = new AbortController();
  const posted = post(abort.signal);
  await clock.timer(5000);
  abort.abort('stop');
  await expect(posted).rejects.toBe('stop');
  calls[0]!.answer(429, '');
  void post().catch(() => undefined);
  await clock.advance(999);
  expect(calls).toHaveLength(1);
  await clock.advance(1);
  expect(calls).toHaveLength(2);
});

test('a failure on the way is tried again', async () => {
  const { clock, post, calls } = connect();
  const posted = post();
  await clock.timer(5000);
  calls[0]!.fail();
  await clock.timer(0);
  await clock.advance(0);
  await clock.timer(5000);
  calls[1]!.answer(200, 'ok');
  await posted;
  expect(calls).toHaveLength(2);
});

test('aborted before it began, nothing leaves', async () => {
  const { post, calls } = connect();
  await expect(post(AbortSignal.abort('no'))).rejects.toBe('no');
  expect(calls).toEqual([]);
});

test('what is handed to a fetch', async () => {
  const { clock, post, calls } = connect();
  void post();
  await clock.timer(5000);
  expect(calls[0]!.init).toEqual({
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
    body: '{}',
    signal: expect.any(AbortSignal) as unknown,
    redirect: 'manual',
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
  });
});

test('a redirect that the platform hides is refused', async () => {
  const { clock, post } = connect({
    buffered: false,
    fetch: () =>
      Promise.resolve({
        status: 0,
        type: 'opaqueredirect',
        headers: new Headers(),
        arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)),
      }),
  });
  await expect(post()).rejects.toMatchObject({ code: 'redirect_refused', status: undefined });
  expect(clock.pending).toBe(0);
});
