import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { wavHeader } from '@stepvoice/core/audio';
import type { SpeechFormat } from '@stepvoice/core/protocol';
import { CliError, UsageError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Translate } from '../language/translate.ts';
import { reasonOf } from '../system-error.ts';
import type { AudioSink, SinkReport } from './audio-sink.ts';

const LARGEST_WAV_BYTES = 0xffffffff - 36;

export type AudioFileOptions = {
  path: string;
  /** `wav` takes PCM and puts the header before it. */
  format: SpeechFormat;
  sampleRate: number;
  /** Whether a file that is there may be replaced. */
  force: boolean;
};

/**
 * A file that gets its name when it is complete: until then it stands beside it under another one, and what is usable
 * of a run that broke off stays as `name.part.ext`. A device or a pipe is written as it is.
 *
 * @throws {UsageError} for a folder, and for a file that is there without `force`.
 */
export async function createAudioFile(options: AudioFileOptions, t: Translate): Promise<AudioFile> {
  const found = await stat(options.path).catch(() => undefined);
  if (found?.isDirectory()) throw new UsageError(t('error.outFolder', { file: options.path }));
  if (found?.isFile() && !options.force) {
    throw new UsageError(t('error.outExists', { file: options.path }), t('advice.force'));
  }
  // Renaming onto a link would replace the link, and onto a device the device.
  const isPlain = found === undefined || found.isFile();
  const target = found?.isFile() ? await realpath(options.path) : options.path;
  const written = isPlain ? unusedName(target) : target;
  try {
    const handle = await open(written, isPlain ? 'wx' : 'w');
    return new AudioFile(handle, written, target, options, t);
  } catch (error) {
    throw unwritable(options.path, error, t);
  }
}

/** A name in the same folder, which a rename does not leave. */
function unusedName(target: string): string {
  const { dir, name, ext } = path.parse(target);
  return path.join(dir, `${name}.${randomBytes(3).toString('hex')}.part${ext}`);
}

function unwritable(file: string, error: unknown, t: Translate): CliError {
  return new CliError(t('error.outUnwritable', { file, reason: reasonOf(error, t) }), {
    exitCode: EXIT.failure,
    cause: error,
  });
}

export class AudioFile implements AudioSink {
  readonly isLive = false;
  readonly #handle: FileHandle;
  readonly #written: string;
  readonly #target: string;
  readonly #options: AudioFileOptions;
  readonly #t: Translate;
  #audioBytes = 0;
  #closed = false;

  constructor(
    handle: FileHandle,
    written: string,
    target: string,
    options: AudioFileOptions,
    t: Translate,
  ) {
    this.#handle = handle;
    this.#written = written;
    this.#target = target;
    this.#options = options;
    this.#t = t;
  }

  async write(audio: Uint8Array): Promise<void> {
    if (audio.length === 0) return;
    try {
      if (this.#audioBytes === 0 && this.#options.format === 'wav') {
        await writeAll(this.#handle, wavHeader({ sampleRate: this.#options.sampleRate }));
      }
      this.#audioBytes += audio.length;
      await writeAll(this.#handle, audio);
    } catch (error) {
      throw unwritable(this.#options.path, error, this.#t);
    }
  }

  async room(): Promise<void> {}

  async finish(): Promise<SinkReport> {
    try {
      await this.#close();
      if (this.#written !== this.#target) await this.#takeName();
    } catch (error) {
      throw error instanceof CliError ? error : unwritable(this.#options.path, error, this.#t);
    }
    return { file: this.#options.path };
  }

  async abandon(): Promise<SinkReport> {
    if (this.#written === this.#target) {
      await this.#handle.close().catch(() => {});
      return {};
    }
    await this.#close().catch(() => {});
    if (this.#audioBytes === 0) {
      await rm(this.#written, { force: true }).catch(() => {});
      return {};
    }
    const { dir, name, ext } = path.parse(this.#target);
    for (let number = 1; number < 100; number++) {
      const kept = path.join(dir, `${name}.part${number === 1 ? '' : `-${number}`}${ext}`);
      if ((await stat(kept).catch(() => undefined)) !== undefined) continue;
      try {
        await rename(this.#written, kept);
        return { file: kept };
      } catch {
        break;
      }
    }
    return { file: this.#written };
  }

  async #takeName(): Promise<void> {
    // Speech can take minutes: another program may have written there meanwhile.
    const isTaken = (await stat(this.#target).catch(() => undefined)) !== undefined;
    if (isTaken && !this.#options.force) {
      throw new UsageError(
        this.#t('error.outExists', { file: this.#options.path }),
        this.#t('advice.force'),
      );
    }
    await rename(this.#written, this.#target);
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#isWavWithLength()) {
        const samples = Math.floor(this.#audioBytes / 2);
        const header = wavHeader({ sampleRate: this.#options.sampleRate, samples });
        await this.#handle.write(header, 0, header.length, 0);
      }
    } finally {
      await this.#handle.close();
    }
  }

  #isWavWithLength(): boolean {
    const { format } = this.#options;
    if (format !== 'wav' || this.#written === this.#target) return false;
    return this.#audioBytes > 0 && this.#audioBytes <= LARGEST_WAV_BYTES;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, offset);
    offset += bytesWritten;
  }
}
