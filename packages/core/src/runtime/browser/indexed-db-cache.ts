import { systemClock } from '../../net/clock.ts';
import type { Clock } from '../../net/clock.ts';
import type { SpeechCache } from '../../narration/speech-cache.ts';

export type IndexedDbCacheOptions = {
  /** Name of the database; default `stepvoice-speech`. */
  name?: string | undefined;
  /** Default 256 MiB: an hour and a half at 24 kHz. The browser may allow less. */
  maxBytes?: number | undefined;
  /** What was not used for so long goes. Default 90 days. */
  maxAgeMs?: number | undefined;
  /** Told when the database cannot be used (private mode, quota), once until it works again. */
  onProblem?: ((error: Error) => void) | undefined;
  clock?: Pick<Clock, 'now'> | undefined;
};

/** A {@link SpeechCache} that can be let go and emptied. */
export interface IndexedDbCache extends SpeechCache {
  clear(): Promise<void>;
  close(): void;
}

type Use = { key: string; bytes: number; usedAt: number };

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const DEFAULT_MAX_AGE_MS = 90 * 86_400_000;
const TOUCH_AFTER_MS = 60_000;
const KEPT_SHARE = 0.9;
const SOUNDS = 'sounds';
/** Beside the sounds, so that what was used when can be looked through without reading them. */
const USES = 'uses';
const BY_USE = 'by-use';

/**
 * A store in the browser's database, shared by all pages of an origin. The database is opened with its first use.
 *
 * @throws {RangeError} for a limit below 0.
 */
export function createIndexedDbCache(options: IndexedDbCacheOptions = {}): IndexedDbCache {
  return new DatabaseCache(options);
}

class DatabaseCache implements IndexedDbCache {
  readonly #name: string;
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  readonly #onProblem: (error: Error) => void;
  readonly #clock: Pick<Clock, 'now'>;
  #database: Promise<IDBDatabase> | undefined;
  #bytes: number | undefined;
  #hasProblem = false;

  constructor({
    name = 'stepvoice-speech',
    maxBytes = DEFAULT_MAX_BYTES,
    maxAgeMs = DEFAULT_MAX_AGE_MS,
    onProblem = () => {},
    clock = systemClock,
  }: IndexedDbCacheOptions) {
    if (!(maxBytes >= 0)) throw new RangeError('maxBytes must be 0 or more.');
    if (!(maxAgeMs >= 0)) throw new RangeError('maxAgeMs must be 0 or more.');
    this.#name = name;
    this.#maxBytes = maxBytes;
    this.#maxAgeMs = maxAgeMs;
    this.#onProblem = onProblem;
    this.#clock = clock;
  }

  has(key: string): Promise<boolean> {
    return this.#guard(false, async () => {
      const use = await this.#run([USES], 'readonly', (store) => store(USES).get(key));
      return use !== undefined && !this.#isTooOld(use as Use);
    });
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#guard(undefined, async () => {
      const use = (await this.#run([USES], 'readonly', (store) => store(USES).get(key))) as
        | Use
        | undefined;
      if (use === undefined || this.#isTooOld(use)) return undefined;
      const sound: unknown = await this.#run([SOUNDS], 'readonly', (store) =>
        store(SOUNDS).get(key),
      );
      const usedAt = this.#clock.now();
      if (usedAt - use.usedAt > TOUCH_AFTER_MS) {
        await this.#run([USES], 'readwrite', (store) => store(USES).put({ ...use, usedAt }));
      }
      return sound instanceof Uint8Array ? sound : undefined;
    });
  }

  set(key: string, value: Uint8Array): Promise<void> {
    if (value.length > this.#maxBytes) return Promise.resolve();
    return this.#guard(undefined, async () => {
      try {
        await this.#put(key, value);
      } catch (error) {
        if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
        // The browser allows less than we hoped: half of what is there makes room, once.
        await this.#prune((await this.#countBytes()) / 2);
        await this.#put(key, value);
      }
      this.#hasProblem = false;
      this.#bytes =
        this.#bytes === undefined ? await this.#countBytes() : this.#bytes + value.length;
      if (this.#bytes > this.#maxBytes) await this.#prune(this.#maxBytes * KEPT_SHARE);
    });
  }

  clear(): Promise<void> {
    return this.#guard(undefined, async () => {
      await this.#run([SOUNDS, USES], 'readwrite', (store) => {
        store(SOUNDS).clear();
        return store(USES).clear();
      });
      this.#bytes = 0;
    });
  }

  close(): void {
    const database = this.#database;
    this.#database = undefined;
    database?.then(
      (open) => open.close(),
      () => {},
    );
  }

  #put(key: string, value: Uint8Array): Promise<unknown> {
    const use: Use = { key, bytes: value.length, usedAt: this.#clock.now() };
    return this.#run([SOUNDS, USES], 'readwrite', (store) => {
      // A view would store the whole buffer that it looks into.
      store(SOUNDS).put(value.slice(), key);
      return store(USES).put(use);
    });
  }

  /** Deletes what was not used for longest, down to so many bytes, and all that is too old. */
  async #prune(most: number): Promise<void> {
    let bytes = await this.#countBytes();
    await this.#eachUse('readwrite', (use, { sounds, drop }) => {
      if (bytes <= most && !this.#isTooOld(use)) return false;
      bytes -= use.bytes;
      sounds.delete(use.key);
      drop();
      return true;
    });
    this.#bytes = bytes;
  }

  async #countBytes(): Promise<number> {
    let bytes = 0;
    await this.#eachUse('readonly', (use) => {
      bytes += use.bytes;
      return true;
    });
    return bytes;
  }

  /** From what was used longest ago on, until the visitor says no. */
  async #eachUse(
    mode: IDBTransactionMode,
    visit: (use: Use, at: { sounds: IDBObjectStore; drop: () => void }) => boolean,
  ): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction([SOUNDS, USES], mode);
    const sounds = transaction.objectStore(SOUNDS);
    const request = transaction.objectStore(USES).index(BY_USE).openCursor();
    await new Promise<void>((resolve, reject) => {
      settleWith(transaction, resolve, reject);
      request.addEventListener('success', () => {
        const cursor = request.result;
        if (cursor === null) return;
        if (visit(cursor.value as Use, { sounds, drop: () => cursor.delete() })) cursor.continue();
      });
    });
  }

  #isTooOld({ usedAt }: Use): boolean {
    return this.#clock.now() - usedAt > this.#maxAgeMs;
  }

  /** The result of the request that `ask` makes, once the whole transaction is kept. */
  async #run(
    stores: string[],
    mode: IDBTransactionMode,
    ask: (store: (name: string) => IDBObjectStore) => IDBRequest,
  ): Promise<unknown> {
    const database = await this.#open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(stores, mode);
      const request = ask((name) => transaction.objectStore(name));
      settleWith(transaction, () => resolve(request.result), reject);
    });
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= openDatabase(this.#name, () => {
      this.#database = undefined;
    });
    return this.#database;
  }

  async #guard<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.#hasProblem) {
        this.#hasProblem = true;
        this.#onProblem(error instanceof Error ? error : new Error(String(error)));
      }
      return otherwise;
    }
  }
}

function openDatabase(name: string, onGone: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = globalThis.indexedDB.open(name, 1);
    request.addEventListener('upgradeneeded', () => {
      request.result.createObjectStore(SOUNDS);
      const uses = request.result.createObjectStore(USES, { keyPath: 'key' });
      uses.createIndex(BY_USE, 'usedAt');
    });
    request.addEventListener('success', () => {
      const database = request.result;
      // Another page wants to delete or upgrade it, or the browser took it away: opened again with the next use.
      database.addEventListener('versionchange', () => {
        database.close();
        onGone();
      });
      database.addEventListener('close', onGone);
      resolve(database);
    });
    request.addEventListener('error', () => {
      onGone();
      reject(request.error ?? new Error('The database cannot be opened.'));
    });
    request.addEventListener('blocked', () => {
      onGone();
      reject(new Error('Another page holds an older version of the database open.'));
    });
  }).catch((error: unknown) => {
    onGone();
    throw error;
  }) as Promise<IDBDatabase>;
}

function settleWith(
  transaction: IDBTransaction,
  resolve: () => void,
  reject: (error: Error) => void,
): void {
  const fail = (): void => reject(transaction.error ?? new Error('The database gave up.'));
  transaction.addEventListener('complete', resolve);
  transaction.addEventListener('abort', fail);
  transaction.addEventListener('error', fail);
}
