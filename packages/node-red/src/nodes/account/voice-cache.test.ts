import type { Voice } from '@stepvoice/core/node';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../kit/clock.ts';
import { VoiceCache } from './voice-cache.ts';

const clone = (id: string): Voice => ({
  kind: 'clone',
  id,
  fileId: undefined,
  createdAt: undefined,
});
const TABLE = [clone('table')];
const MINUTE_MS = 60_000;

let nowMs: number;
let timers: Set<() => void>;
let asked: { resolve: (voices: Voice[]) => void; reject: (error: Error) => void }[];
let cache: VoiceCache;

const clock: Clock = {
  now: () => nowMs,
  after(_, callback) {
    timers.add(callback);
    return () => void timers.delete(callback);
  },
};

beforeEach(() => {
  nowMs = 0;
  timers = new Set();
  asked = [];
  cache = new VoiceCache({
    load: () => new Promise((resolve, reject) => asked.push({ resolve, reject })),
    fallback: async () => TABLE,
    clock,
  });
});

async function fill(...ids: string[]): Promise<void> {
  const reading = cache.read({ refresh: true });
  asked.at(-1)?.resolve(ids.map(clone));
  await reading;
}

describe('the first who asks', () => {
  it('waits for the service, and all who ask meanwhile for the same request', async () => {
    const readings = [cache.read(), cache.read(), cache.read({ refresh: true })];
    expect(asked).toHaveLength(1);
    asked[0]?.resolve([clone('one')]);
    const lists = await Promise.all(readings);
    for (const list of lists) {
      expect(list).toMatchObject({ isStale: false, voices: [{ id: 'one' }], problem: undefined });
      expect(list.fetchedAt).toBeInstanceOf(Date);
    }
    expect(timers.size).toBe(0);
  });

  it('gets the table where the service takes its time, and the next one the list', async () => {
    const reading = cache.read();
    for (const fire of timers) fire();
    expect(await reading).toEqual({
      voices: TABLE,
      fetchedAt: undefined,
      isStale: true,
      problem: undefined,
    });
    asked[0]?.resolve([clone('one')]);
    await expect.poll(() => cache.read()).toMatchObject({ voices: [{ id: 'one' }] });
    expect(asked).toHaveLength(1);
  });

  it('gets the table and the reason where the service fails, which is then left alone', async () => {
    const failure = new Error('no key');
    const reading = cache.read();
    asked[0]?.reject(failure);
    expect(await reading).toMatchObject({ voices: TABLE, isStale: true, problem: failure });
    await cache.read();
    expect(asked).toHaveLength(1);
    nowMs += MINUTE_MS;
    const later = cache.read();
    expect(asked).toHaveLength(2);
    asked[1]?.resolve([]);
    expect(await later).toMatchObject({ voices: [], problem: undefined });
  });
});

it('answers from memory, and renews behind what is older than ten minutes', async () => {
  await fill('old');
  nowMs += 9 * MINUTE_MS;
  expect(await cache.read()).toMatchObject({ isStale: false });
  expect(asked).toHaveLength(1);
  nowMs += 2 * MINUTE_MS;
  expect(await cache.read()).toMatchObject({ isStale: true, voices: [{ id: 'old' }] });
  expect(asked).toHaveLength(2);
  asked[1]?.resolve([clone('new')]);
  await expect.poll(() => cache.read()).toMatchObject({ isStale: false, voices: [{ id: 'new' }] });
});

it('keeps the old list where renewing fails, and says why', async () => {
  await fill('old');
  nowMs += 11 * MINUTE_MS;
  await cache.read();
  asked[1]?.reject(new Error('down'));
  await expect
    .poll(() => cache.read())
    .toMatchObject({ isStale: true, voices: [{ id: 'old' }], problem: { message: 'down' } });
});

it('throws what the service says to whoever wants a new list', async () => {
  await fill('old');
  const reading = cache.read({ refresh: true });
  asked[1]?.reject(new Error('down'));
  await expect(reading).rejects.toThrow('down');
});

it('lets one go without taking the list from the others', async () => {
  const leaving = new AbortController();
  const left = cache.read({ refresh: true, signal: leaving.signal });
  const stayed = cache.read({ refresh: true });
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  asked[0]?.resolve([clone('one')]);
  expect(await stayed).toMatchObject({ voices: [{ id: 'one' }] });
});

describe('a new voice', () => {
  it('stands in front at once, and once', async () => {
    await fill('a', 'b');
    cache.add(clone('c'));
    cache.add(clone('a'));
    const { voices } = await cache.read();
    expect(voices.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  });

  it('is not lost to a list that was asked for before', async () => {
    await fill('a');
    const reading = cache.read({ refresh: true });
    cache.add(clone('new'));
    asked[1]?.resolve([clone('a')]);
    expect(await reading).toMatchObject({ voices: [{ id: 'new' }, { id: 'a' }] });
  });
});
