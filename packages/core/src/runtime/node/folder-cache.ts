import type { Clock } from '../../net/clock.ts';
import type { SpeechCache } from '../../narration/speech-cache.ts';

export type FolderCacheOptions = {
  /** Default 1 GiB: six hours at 24 kHz. It may be more for the moment in which room is made. */
  maxBytes?: number | undefined;
  /** What was not used for so long goes. Default 90 days. */
  maxAgeMs?: number | undefined;
  /**
   * Told when the folder cannot be read or written (read-only, full, no permission), once until it works again. The
   * narration goes on without it.
   */
  onProblem?: ((error: Error) => void) | undefined;
  clock?: Pick<Clock, 'now'> | undefined;
};

const DEFAULT_MAX_BYTES = 1024 ** 3;
const DEFAULT_MAX_AGE_MS = 90 * 86_400_000;

/**
 * A store in a folder, which several processes may share: files appear whole or not at all, and what was not used for
 * longest goes when there is too much. The folder is made with its first file.
 *
 * @throws {RangeError} for a limit below 0.
 */
export function createFolderCache(folder: string, options: FolderCacheOptions = {}): SpeechCache {
  const { maxBytes = DEFAULT_MAX_BYTES, maxAgeMs = DEFAULT_MAX_AGE_MS } = options;
  if (!(maxBytes >= 0)) throw new RangeError('maxBytes must be 0 or more.');
  if (!(maxAgeMs >= 0)) throw new RangeError('maxAgeMs must be 0 or more.');
  let opened: Promise<SpeechCache> | undefined;
  // Node's modules for files take longer to load than all of the client.
  const open = (): Promise<SpeechCache> =>
    (opened ??= import('./folder-store.ts').then(
      ({ FolderStore }) => new FolderStore(folder, { ...options, maxBytes, maxAgeMs }),
    ));
  return {
    get: async (key) => (await open()).get(key),
    set: async (key, value) => (await open()).set(key, value),
    has: async (key) => (await open()).has(key),
  };
}
