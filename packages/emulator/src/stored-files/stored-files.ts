import { MOST_FILES } from '@stepvoice/core/protocol';
import type { Clock } from '../clock.ts';
import { ApiError } from '../http/api-error.ts';
import { createShortId } from '../short-id.ts';

/** A file of the account. */
export type StoredFile = {
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly bytes: Uint8Array;
  readonly createdAtMs: number;
};

/** Of all files together: they are kept in memory. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** The files of the account, for as long as the emulator runs. */
export class StoredFiles {
  readonly #files = new Map<string, StoredFile>();
  readonly #clock: Clock;
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws {ApiError} 400 when there are too many. */
  add(file: Pick<StoredFile, 'filename' | 'purpose' | 'bytes'>): StoredFile {
    if (this.#files.size >= MOST_FILES) {
      throw new ApiError(
        400,
        'quota_exceeded',
        `the account has ${MOST_FILES} files, delete some first`,
      );
    }
    if (this.#bytes + file.bytes.length > MOST_BYTES) {
      throw new ApiError(
        400,
        'quota_exceeded',
        `the emulator keeps ${MOST_BYTES} bytes of files, delete some first`,
      );
    }
    const id = createShortId('file-');
    const stored = { ...file, id, createdAtMs: this.#clock.now() };
    this.#files.set(id, stored);
    this.#bytes += file.bytes.length;
    return stored;
  }

  get(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  /** Newest first. */
  list(): readonly StoredFile[] {
    return [...this.#files.values()].reverse();
  }

  /** Answers whether there was such a file. */
  delete(id: string): boolean {
    this.#bytes -= this.#files.get(id)?.bytes.length ?? 0;
    return this.#files.delete(id);
  }
}
