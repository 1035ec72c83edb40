import { createIndexedDbCache } from '@stepvoice/core/browser';
import type { IndexedDbCacheOptions } from '@stepvoice/core/browser';
import { expect, test } from 'vitest';

const HOUR_MS = 3_600_000;

let count = 0;

/** A database of its own for each test. */
function setUp(options: IndexedDbCacheOptions = {}) {
  const clock = { time: 1_790_000_000_000, now: () => clock.time };
  const name = `test-${performance.timeOrigin}-${(count += 1)}`;
  const open = () => createIndexedDbCache({ name, clock, ...options });
  return { clock, name, open, cache: open() };
}

function bytes(length: number, value = 7): Uint8Array {
  return new Uint8Array(length).fill(value);
}

test('what was stored is there for the next page', async () => {
  const { cache, open } = setUp();
  expect(await cache.has('a')).toBe(false);
  expect(await cache.get('a')).toBeUndefined();
  await cache.set('a', bytes(5));
  cache.close();
  const next = open();
  expect(await next.has('a')).toBe(true);
  expect(await next.get('a')).toEqual(bytes(5));
  next.close();
});

test('only what a view shows is stored', async () => {
  const { cache } = setUp();
  await cache.set('a', new Uint8Array(1_000_000).subarray(10, 20));
  expect((await cache.get('a'))!.buffer.byteLength).toBe(10);
});

test('when it is full, what was not used for longest goes', async () => {
  const { cache, clock } = setUp({ maxBytes: 3000 });
  for (const key of ['a', 'b', 'c']) {
    await cache.set(key, bytes(1000));
    clock.time += HOUR_MS;
  }
  await cache.get('a');
  clock.time += HOUR_MS;
  await cache.set('d', bytes(1000));
  const left = await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.has(key)));
  expect(left).toEqual([true, false, false, true]);
});

test('a page that opens a full database counts what is there', async () => {
  const { cache, open, clock } = setUp({ maxBytes: 3000 });
  await cache.set('a', bytes(1500));
  clock.time += 1;
  await cache.set('b', bytes(1200));
  clock.time += 1;
  const next = open();
  await next.set('c', bytes(1000));
  const left = await Promise.all(['a', 'b', 'c'].map((key) => next.has(key)));
  expect(left).toEqual([false, true, true]);
});

test('what is too old is not given', async () => {
  const { cache, clock } = setUp({ maxAgeMs: 10 * HOUR_MS });
  await cache.set('a', bytes(10));
  clock.time += 9 * HOUR_MS;
  expect(await cache.get('a')).toEqual(bytes(10));
  clock.time += 9 * HOUR_MS;
  expect(await cache.has('a')).toBe(true);
  clock.time += 2 * HOUR_MS;
  expect(await cache.get('a')).toBeUndefined();
});

test('it is emptied, and goes on after the database was deleted under it', async () => {
  const { cache, name } = setUp();
  await cache.set('a', bytes(10));
  await cache.clear();
  expect(await cache.has('a')).toBe(false);
  await cache.set('b', bytes(10));
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.addEventListener('success', resolve);
    request.addEventListener('error', reject);
  });
  expect(await cache.get('b')).toBeUndefined();
  await cache.set('c', bytes(10));
  expect(await cache.get('c')).toEqual(bytes(10));
});

test('a database that cannot be opened is told once and costs nothing but the store', async () => {
  const { name } = setUp();
  await new Promise((resolve) => {
    indexedDB.open(name, 9).addEventListener('success', (event) => {
      (event.target as IDBOpenDBRequest).result.close();
      resolve(undefined);
    });
  });
  const problems: Error[] = [];
  const cache = createIndexedDbCache({ name, onProblem: (error) => problems.push(error) });
  await cache.set('a', bytes(10));
  expect(await cache.get('a')).toBeUndefined();
  expect(await cache.has('a')).toBe(false);
  expect(problems.map((problem) => problem.name)).toEqual(['VersionError']);
});
