import { expect, test } from 'vitest';
import { createMemoryCache } from './memory-cache.ts';

test('keeps what fits, and lets go first what was not used for longest', async () => {
  const cache = createMemoryCache({ maxBytes: 30 });
  await cache.set('a', new Uint8Array(10));
  await cache.set('b', new Uint8Array(10));
  await cache.set('c', new Uint8Array(10));
  expect(await cache.get('a')).toHaveLength(10);
  await cache.set('d', new Uint8Array(10));
  expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.has(key)))).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('a value put again replaces the one before, in size too', async () => {
  const cache = createMemoryCache({ maxBytes: 30 });
  for (let time = 0; time < 5; time += 1) await cache.set('a', new Uint8Array(20));
  await cache.set('b', new Uint8Array(10));
  expect(await cache.has('a')).toBe(true);
  expect(await cache.get('b')).toHaveLength(10);
});

test('what is larger than the store is not kept, and throws nothing else out', async () => {
  const cache = createMemoryCache({ maxBytes: 10 });
  await cache.set('a', new Uint8Array(10));
  await cache.set('b', new Uint8Array(11));
  expect(await cache.has('a')).toBe(true);
  expect(await cache.get('b')).toBeUndefined();
});

test('a size below 0 is refused', () => {
  expect(() => createMemoryCache({ maxBytes: -1 })).toThrow(RangeError);
});
