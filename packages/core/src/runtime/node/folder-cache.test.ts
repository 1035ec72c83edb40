import { mkdir, mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import { createFolderCache } from './folder-cache.ts';

const HOUR_MS = 3_600_000;
let folder: string;
let clock: ManualClock;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'stepvoice-')), 'speech');
  clock = new ManualClock();
});

afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

function key(digit: string): string {
  return digit.repeat(64);
}

async function files(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.includes('.')).toSorted();
}

test('what was stored is there for the next process', async () => {
  const value = Uint8Array.of(1, 2, 3);
  const cache = createFolderCache(folder);
  expect(await cache.has(key('a'))).toBe(false);
  expect(await cache.get(key('a'))).toBeUndefined();
  await cache.set(key('a'), value);
  const other = createFolderCache(folder);
  expect(await other.has(key('a'))).toBe(true);
  expect(new Uint8Array((await other.get(key('a')))!)).toEqual(value);
  expect(await files()).toHaveLength(1);
});

test('a key that could name another place is refused', async () => {
  const cache = createFolderCache(folder);
  await expect(cache.set('../../outside', new Uint8Array(1))).rejects.toThrow(RangeError);
  await expect(cache.get('')).rejects.toThrow(RangeError);
});

test('when it is full, what was not used for longest goes', async () => {
  const cache = createFolderCache(folder, { maxBytes: 3000, clock });
  for (const digit of ['a', 'b', 'c']) {
    await cache.set(key(digit), new Uint8Array(1000));
    await clock.advance(HOUR_MS);
  }
  await cache.get(key('a'));
  await clock.advance(HOUR_MS);
  await cache.set(key('d'), new Uint8Array(1000));
  // 90 % of 3000 bytes are two files.
  await expect.poll(files).toHaveLength(2);
  const left = await Promise.all(['a', 'b', 'c', 'd'].map((digit) => cache.has(key(digit))));
  expect(left).toEqual([true, false, false, true]);
});

test('nobody waits for room to be made, and what comes meanwhile is counted', async () => {
  const cache = createFolderCache(folder, { maxBytes: 10_000, clock });
  const sets = Array.from({ length: 64 }, (_, index) =>
    cache.set(
      key((index % 16).toString(16)).replace(/..$/, String(10 + index)),
      new Uint8Array(1000),
    ),
  );
  await Promise.all(sets);
  await clock.advance(HOUR_MS);
  await cache.set(key('a'), new Uint8Array(1000));
  await expect.poll(async () => (await files()).length, { timeout: 10_000 }).toBeLessThanOrEqual(9);
  expect(await cache.has(key('a'))).toBe(true);
});

test('what is too old is not given, and goes with the next look at the folder', async () => {
  const cache = createFolderCache(folder, { maxAgeMs: 10 * HOUR_MS, clock });
  await cache.set(key('a'), new Uint8Array(10));
  await clock.advance(9 * HOUR_MS);
  expect(await cache.get(key('a'))).toHaveLength(10);
  await clock.advance(9 * HOUR_MS);
  expect(await cache.has(key('a'))).toBe(true);
  await clock.advance(2 * HOUR_MS);
  expect(await cache.has(key('a'))).toBe(false);
  expect(await cache.get(key('a'))).toBeUndefined();
  await createFolderCache(folder, { maxAgeMs: 10 * HOUR_MS, clock }).set(
    key('b'),
    new Uint8Array(1),
  );
  await expect.poll(files).toEqual([join('bb', `${key('b')}.speech`)]);
});

test('drafts that nobody writes any more are swept away, those of others are left', async () => {
  await mkdir(join(folder, 'aa'), { recursive: true });
  const [old, fresh] = ['old.tmp', 'fresh.tmp'].map((name) => join(folder, 'aa', name));
  await writeFile(old!, 'x');
  await writeFile(fresh!, 'x');
  await utimes(old!, clock.now() / 1000 - 7200, clock.now() / 1000 - 7200);
  await utimes(fresh!, clock.now() / 1000 - 60, clock.now() / 1000 - 60);
  await createFolderCache(folder, { clock }).set(key('a'), new Uint8Array(1));
  await expect
    .poll(files)
    .toEqual([join('aa', `${key('a')}.speech`), join('aa', 'fresh.tmp')].toSorted());
});

test('two processes that write the same speech at once leave one whole file', async () => {
  const caches = [createFolderCache(folder), createFolderCache(folder)];
  const values = [new Uint8Array(200_000).fill(1), new Uint8Array(200_000).fill(2)];
  const writes = values.flatMap((value, at) =>
    Array.from({ length: 5 }, () => caches[at]!.set(key('a'), value)),
  );
  await Promise.all(writes);
  const value = (await caches[0]!.get(key('a')))!;
  expect(value).toHaveLength(200_000);
  expect(new Set(value).size).toBe(1);
  expect(await files()).toHaveLength(1);
});

test('what another process took away meanwhile is just not there', async () => {
  const [cache, other] = [createFolderCache(folder), createFolderCache(folder, { maxBytes: 0 })];
  await cache.set(key('a'), new Uint8Array(100));
  await other.set(key('b'), new Uint8Array(0));
  await expect.poll(() => cache.get(key('a'))).toBeUndefined();
  await cache.set(key('a'), new Uint8Array(100));
  expect(await cache.get(key('a'))).toHaveLength(100);
});

describe('a folder that cannot be used', () => {
  test('is told once and costs nothing but the store', async () => {
    await writeFile(folder, 'a file stands where the folder should be');
    const problems: string[] = [];
    const cache = createFolderCache(folder, { onProblem: (error) => problems.push(error.message) });
    await cache.set(key('a'), new Uint8Array(10));
    await cache.set(key('b'), new Uint8Array(10));
    expect(await cache.get(key('a'))).toBeUndefined();
    expect(problems).toHaveLength(1);
  });

  test('is told again when it had worked in between', async () => {
    await writeFile(folder, '');
    const problems: Error[] = [];
    const cache = createFolderCache(folder, { onProblem: (error) => problems.push(error) });
    await cache.set(key('a'), new Uint8Array(10));
    await rm(folder);
    await cache.set(key('a'), new Uint8Array(10));
    expect(await cache.has(key('a'))).toBe(true);
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    await cache.set(key('b'), new Uint8Array(10));
    expect(problems).toHaveLength(2);
  });

  test('in part is used in the other, and keeps no drafts', async () => {
    const problems: Error[] = [];
    const cache = createFolderCache(folder, { onProblem: (error) => problems.push(error) });
    await cache.set(key('a'), new Uint8Array(10));
    const inTheWay = join(folder, 'bb', `${key('b')}.speech`, 'x');
    await mkdir(inTheWay, { recursive: true });
    await cache.set(key('b'), new Uint8Array(10));
    expect(problems).toHaveLength(1);
    expect(await cache.get(key('b'))).toBeUndefined();
    expect(await cache.get(key('a'))).toHaveLength(10);
    expect((await files()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test('a file that was cut is given as it is: its reader finds out', async () => {
  const cache = createFolderCache(folder);
  await cache.set(key('a'), new Uint8Array(100));
  await truncate(join(folder, 'aa', `${key('a')}.speech`), 50);
  expect(await cache.get(key('a'))).toHaveLength(50);
});
