import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { readByteSource } from './byte-source.ts';
import type { ByteSource } from './byte-source.ts';

const BYTES = Uint8Array.of(1, 2, 3, 4, 5);
const read = (source: ByteSource, options: { maxBytes?: number; signal?: AbortSignal } = {}) =>
  readByteSource(source, { path: 'data', maxBytes: 5, signal: undefined, ...options });

/** Pieces that use the same memory again, as some streams do. */
async function* pieces(): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(2);
  for (const piece of [[1, 2], [3, 4], [5]]) {
    memory.set(piece);
    yield memory.subarray(0, piece.length);
  }
}

const stream = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(BYTES.slice(0, 3));
      controller.enqueue(BYTES.slice(3));
      controller.close();
    },
  });

describe.each<[string, () => ByteSource]>([
  ['bytes', () => BYTES],
  ['a buffer', () => BYTES.buffer],
  ['a blob', () => new Blob([BYTES])],
  ['a file', () => new File([BYTES], 'a.wav')],
  ['a stream', stream],
  ['an iterable', pieces],
])('%s', (_, create) => {
  test('are read whole', async () => {
    expect(await read(create())).toEqual(BYTES);
  });

  test('more than allowed is refused', async () => {
    const refused = read(create(), { maxBytes: 4 });
    await expect(refused).rejects.toThrow(ValidationError);
    await expect(refused).rejects.toMatchObject({ path: 'data', allowed: 'at most 4 bytes' });
  });

  test('an aborted signal is obeyed', async () => {
    const reason = new Error('gone');
    await expect(read(create(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

test('a stream that hangs is left at once, and told so', async () => {
  const abort = new AbortController();
  let cancelled: () => void;
  const isCancelled = new Promise<void>((resolve) => (cancelled = resolve));
  const hanging = new ReadableStream<Uint8Array>({ cancel: () => cancelled() });
  const reading = read(hanging, { signal: abort.signal });
  abort.abort(new Error('gone'));
  await expect(reading).rejects.toThrow('gone');
  await isCancelled;
  expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
});

test('a stream that fails, or holds no bytes, says so', async () => {
  const failing = new ReadableStream<Uint8Array>({ start: (it) => it.error(new Error('disk')) });
  await expect(read(failing)).rejects.toThrow('disk');
  async function* texts() {
    yield 'text' as unknown as Uint8Array;
  }
  await expect(read(texts())).rejects.toThrow(/pieces must be Uint8Array/);
});

test.each([['path.wav'], [42], [null], [{}]])('%j is no source', async (source) => {
  await expect(read(source as unknown as ByteSource)).rejects.toMatchObject({
    code: 'invalid_argument',
    path: 'data',
  });
});
