import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

export type ShelvedFile = { bytes: Uint8Array; contentType: string };

/** The life of a `return_url`, by the service's documentation. */
const LIFE_MS = 12 * 60 * 60 * 1000;
const MOST_BYTES = 256 * 1024 * 1024;

/** Keeps answers to `return_url` for twelve hours, and the newest 256 MiB of them at most. */
export class FileShelf {
  readonly #files = new Map<string, ShelvedFile & { expiresAtMs: number }>();
  readonly #clock: Clock;
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Answers the file's name, which nobody can guess: like the service's, its address works without a key. */
  put(file: ShelvedFile, extension: string): string {
    const name = `${randomBytes(16).toString('hex')}.${extension}`;
    this.#files.set(name, { ...file, expiresAtMs: this.#clock.now() + LIFE_MS });
    this.#bytes += file.bytes.length;
    for (const [oldest, { expiresAtMs }] of this.#files) {
      if (this.#bytes <= MOST_BYTES && expiresAtMs > this.#clock.now()) break;
      if (oldest !== name) this.#remove(oldest);
    }
    return name;
  }

  get(name: string): ShelvedFile | undefined {
    const file = this.#files.get(name);
    if (file === undefined || file.expiresAtMs > this.#clock.now()) return file;
    this.#remove(name);
    return undefined;
  }

  #remove(name: string): void {
    this.#bytes -= this.#files.get(name)?.bytes.length ?? 0;
    this.#files.delete(name);
  }
}
