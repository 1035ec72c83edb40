import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../net/clock.ts';
import type { Clock } from '../../net/clock.ts';
import type { SpeechCache } from '../../narration/speech-cache.ts';
import type { FolderCacheOptions } from './folder-cache.ts';

type FolderStoreOptions = FolderCacheOptions & { maxBytes: number; maxAgeMs: number };

type StoredFile = { path: string; bytes: number; usedAt: number };

/** A file's time says when it was used; to write it at each use would wear the disk for nothing. */
const TOUCH_AFTER_MS = 60_000;
/** What somebody is still writing is younger. */
const ABANDONED_AFTER_MS = 3_600_000;
/** A full folder is emptied to this share of its size, so that not every new file empties it again. */
const KEPT_SHARE = 0.9;
const KEY = /^[0-9a-f]{64}$/;
const SUFFIX = '.speech';

/** See {@link createFolderCache}, which loads it with its first use. */
export class FolderStore implements SpeechCache {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  readonly #onProblem: (error: Error) => void;
  readonly #clock: Pick<Clock, 'now'>;
  #hasProblem = false;
  /** An estimate, since others may write too; looked up again when it says that the folder is full. */
  #bytes: number | undefined;
  /** While room is being made, which may have been seen or not. */
  #addedMeanwhile = 0;
  #isPruning = false;

  constructor(
    folder: string,
    { maxBytes, maxAgeMs, onProblem = () => {}, clock = systemClock }: FolderStoreOptions,
  ) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#maxAgeMs = maxAgeMs;
    this.#onProblem = onProblem;
    this.#clock = clock;
  }

  async has(key: string): Promise<boolean> {
    const file = await this.#look(this.#pathOf(key));
    return file !== undefined && !this.#isTooOld(file);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(key);
    const file = await this.#look(path);
    if (file === undefined || this.#isTooOld(file)) return undefined;
    try {
      const value = await readFile(path);
      const now = this.#clock.now();
      if (now - file.usedAt > TOUCH_AFTER_MS) await this.#touch(path, now);
      return value;
    } catch (error) {
      // Between the look and the reading another process may have made room.
      if (!isMissing(error)) this.#tell(error);
      return undefined;
    }
  }

  async set(key: string, value: Uint8Array): Promise<void> {
    const path = this.#pathOf(key);
    if (value.length > this.#maxBytes) return;
    const draft = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(join(path, '..'), { recursive: true });
      // Not forced to the disk: after a power failure the entry’s own checksum tells what is not whole.
      await writeFile(draft, value, { flag: 'wx' });
      // The clock decides what is old, also where it is not the file system's.
      await this.#touch(draft, this.#clock.now());
      await rename(draft, path);
      this.#hasProblem = false;
      this.#count(value.length);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      this.#tell(error);
    }
  }

  #pathOf(key: string): string {
    if (!KEY.test(key)) throw new RangeError('A key of the cache has 64 hexadecimal digits.');
    return join(this.#folder, key.slice(0, 2), key + SUFFIX);
  }

  async #look(path: string): Promise<StoredFile | undefined> {
    try {
      const { size, mtimeMs } = await stat(path);
      return { path, bytes: size, usedAt: mtimeMs };
    } catch (error) {
      if (!isMissing(error)) this.#tell(error);
      return undefined;
    }
  }

  #isTooOld({ usedAt }: StoredFile): boolean {
    return this.#clock.now() - usedAt > this.#maxAgeMs;
  }

  /** A folder that cannot be written can still be read from. */
  async #touch(path: string, now: number): Promise<void> {
    await utimes(path, now / 1000, now / 1000).catch(() => {});
  }

  /** Nobody waits for room to be made: what they hold meanwhile would be more than what it is made of. */
  #count(added: number): void {
    this.#addedMeanwhile += added;
    if (this.#bytes !== undefined) this.#bytes += added;
    if (this.#bytes !== undefined && this.#bytes <= this.#maxBytes) return;
    if (this.#isPruning) return;
    this.#isPruning = true;
    void this.#prune()
      .catch((error: unknown) => this.#tell(error))
      .finally(() => {
        this.#isPruning = false;
        if (this.#addedMeanwhile > 0) this.#count(0);
      });
  }

  async #prune(): Promise<void> {
    this.#addedMeanwhile = 0;
    const files = await this.#list();
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const most = bytes > this.#maxBytes ? this.#maxBytes * KEPT_SHARE : this.#maxBytes;
    for (const file of files.toSorted((one, other) => one.usedAt - other.usedAt)) {
      if (bytes <= most && !this.#isTooOld(file)) break;
      await rm(file.path, { force: true });
      bytes -= file.bytes;
    }
    this.#bytes = bytes + this.#addedMeanwhile;
  }

  async #list(): Promise<StoredFile[]> {
    const files: StoredFile[] = [];
    for (const shelf of await readdir(this.#folder, { withFileTypes: true })) {
      if (!shelf.isDirectory() || !/^[0-9a-f]{2}$/.test(shelf.name)) continue;
      const path = join(this.#folder, shelf.name);
      for (const name of await readdir(path)) {
        const file = await this.#look(join(path, name));
        if (file === undefined) continue;
        if (name.endsWith(SUFFIX)) files.push(file);
        else if (name.endsWith('.tmp') && this.#clock.now() - file.usedAt > ABANDONED_AFTER_MS) {
          await rm(file.path, { force: true });
        }
      }
    }
    return files;
  }

  #tell(error: unknown): void {
    if (this.#hasProblem) return;
    this.#hasProblem = true;
    this.#onProblem(error instanceof Error ? error : new Error(String(error)));
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
