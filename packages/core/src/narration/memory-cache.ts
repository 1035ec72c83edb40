import type { SpeechCache } from './speech-cache.ts';

export type MemoryCacheOptions = {
  /** Default 64 MiB: 23 minutes at 24 kHz. */
  maxBytes?: number | undefined;
};

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * A store that lasts as long as the program. What was not used for longest goes first.
 *
 * @throws {RangeError} for a size below 0.
 */
export function createMemoryCache({
  maxBytes = DEFAULT_MAX_BYTES,
}: MemoryCacheOptions = {}): SpeechCache {
  if (!(maxBytes >= 0)) throw new RangeError('maxBytes must be 0 or more.');
  // A map keeps the order of insertion: the first is what was not used for longest.
  const entries = new Map<string, Uint8Array>();
  let bytes = 0;

  function drop(key: string): void {
    bytes -= entries.get(key)?.length ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined) {
        entries.delete(key);
        entries.set(key, value);
      }
      return Promise.resolve(value);
    },
    has: (key) => Promise.resolve(entries.has(key)),
    set(key, value) {
      drop(key);
      if (value.length <= maxBytes) {
        entries.set(key, value);
        bytes += value.length;
      }
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) break;
        drop(oldest);
      }
      return Promise.resolve();
    },
  };
}
