import { mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { wavHeader } from '@stepvoice/core/audio';

const HEADER_BYTES = 44;
const LARGEST_WAV_BYTES = 0xffffffff - 36;

/**
 * A WAV file in a folder of its own, readable by its owner only, that a player can follow while it grows. It lets the
 * network run ahead of the ear, a second player start over, and the sound survive where none works.
 */
export class AudioSpool {
  readonly file: string;
  readonly #folder: string;
  readonly #handle: FileHandle;
  readonly #sampleRate: number;
  #audioBytes = 0;
  #ended = false;
  #wake = Promise.withResolvers<void>();

  constructor(folder: string, file: string, handle: FileHandle, sampleRate: number) {
    this.#folder = folder;
    this.file = file;
    this.#handle = handle;
    this.#sampleRate = sampleRate;
  }

  get seconds(): number {
    return this.#audioBytes / 2 / this.#sampleRate;
  }

  /** Takes the next PCM (16 bit, little endian, mono). */
  async append(audio: Uint8Array): Promise<void> {
    for (let offset = 0; offset < audio.length;) {
      const position = HEADER_BYTES + this.#audioBytes;
      const length = audio.length - offset;
      const { bytesWritten } = await this.#handle.write(audio, offset, length, position);
      offset += bytesWritten;
      this.#audioBytes += bytesWritten;
    }
    this.#notify();
  }

  /** No more will come. Afterwards the file is a WAV of known length. */
  async end(): Promise<void> {
    if (this.#ended) return;
    const isKnown = this.#audioBytes <= LARGEST_WAV_BYTES;
    const samples = isKnown ? Math.floor(this.#audioBytes / 2) : undefined;
    const header = wavHeader({ sampleRate: this.#sampleRate, samples });
    await this.#handle.write(header, 0, header.length, 0);
    this.#ended = true;
    this.#notify();
  }

  /** The PCM from its beginning, waiting for what is still to come. */
  async *follow(signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const abort = (): void => this.#notify();
    signal.addEventListener('abort', abort);
    try {
      for (let position = 0; ;) {
        signal.throwIfAborted();
        const waiting = Math.min(this.#audioBytes - position, 64 * 1024);
        if (waiting > 0) {
          const chunk = new Uint8Array(waiting);
          const { bytesRead } = await this.#handle.read(chunk, 0, waiting, HEADER_BYTES + position);
          position += bytesRead;
          yield chunk.subarray(0, bytesRead);
        } else if (this.#ended) {
          return;
        } else {
          await this.#wake.promise;
        }
      }
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Settles when all sound is there. */
  async ended(signal: AbortSignal): Promise<void> {
    const abort = (): void => this.#notify();
    signal.addEventListener('abort', abort);
    try {
      while (!this.#ended) {
        signal.throwIfAborted();
        await this.#wake.promise;
      }
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async close(options: { keep: boolean }): Promise<void> {
    await this.#handle.close();
    if (!options.keep) await rm(this.#folder, { recursive: true, force: true });
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

export async function createAudioSpool(sampleRate: number): Promise<AudioSpool> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-'));
  const file = path.join(folder, 'speech.wav');
  const handle = await open(file, 'wx+', 0o600);
  return new AudioSpool(folder, file, handle, sampleRate);
}
