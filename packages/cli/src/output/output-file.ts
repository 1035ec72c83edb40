import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { CliError, UsageError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Translate } from '../language/translate.ts';
import { reasonOf } from '../system-error.ts';

export type OutputFileOptions = {
  path: string;
  /** Whether a file that is there may be replaced. */
  force: boolean;
};

/**
 * A file that gets its name when it is complete: until then it stands beside it under another one, and what is usable
 * of a run that broke off stays as `name.part.ext`. A device or a pipe is written as it is.
 *
 * @throws {UsageError} for a folder, and for a file that is there without `force`.
 */
export async function createOutputFile(
  options: OutputFileOptions,
  t: Translate,
): Promise<OutputFile> {
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
    return new OutputFile(handle, written, target, options, t);
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

export class OutputFile {
  readonly #handle: FileHandle;
  readonly #written: string;
  readonly #target: string;
  readonly #options: OutputFileOptions;
  readonly #t: Translate;
  #bytes = 0;
  #closed = false;

  /** Made by `createOutputFile()`. */
  constructor(
    handle: FileHandle,
    written: string,
    target: string,
    options: OutputFileOptions,
    t: Translate,
  ) {
    this.#handle = handle;
    this.#written = written;
    this.#target = target;
    this.#options = options;
    this.#t = t;
  }

  /** As the user named it. */
  get path(): string {
    return this.#options.path;
  }

  /** Whether what is written can be changed later: a device or a pipe cannot. */
  get isPlain(): boolean {
    return this.#written !== this.#target;
  }

  /** @throws {CliError} where it cannot be written. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let offset = 0; offset < bytes.length;) {
        const { bytesWritten } = await this.#handle.write(bytes, offset);
        offset += bytesWritten;
        this.#bytes += bytesWritten;
      }
    } catch (error) {
      throw unwritable(this.path, error, this.#t);
    }
  }

  /** Overwrites the beginning. */
  async patch(bytes: Uint8Array): Promise<void> {
    try {
      await this.#handle.write(bytes, 0, bytes.length, 0);
    } catch (error) {
      throw unwritable(this.path, error, this.#t);
    }
  }

  /** It is complete: closes it and gives it its name. */
  async finish(): Promise<void> {
    try {
      await this.#close();
      if (this.isPlain) await this.#takeName();
    } catch (error) {
      throw error instanceof CliError ? error : unwritable(this.path, error, this.#t);
    }
  }

  /**
   * It broke off. Never throws.
   *
   * @returns where what was written stays; `undefined` where there is none.
   */
  async abandon(): Promise<string | undefined> {
    await this.#close().catch(() => {});
    if (!this.isPlain) return undefined;
    if (this.#bytes === 0) {
      await rm(this.#written, { force: true }).catch(() => {});
      return undefined;
    }
    const { dir, name, ext } = path.parse(this.#target);
    for (let number = 1; number < 100; number++) {
      const kept = path.join(dir, `${name}.part${number === 1 ? '' : `-${number}`}${ext}`);
      if ((await stat(kept).catch(() => undefined)) !== undefined) continue;
      try {
        await rename(this.#written, kept);
        return kept;
      } catch {
        break;
      }
    }
    return this.#written;
  }

  async #takeName(): Promise<void> {
    // Speech can take minutes: another program may have written there meanwhile.
    const isTaken = (await stat(this.#target).catch(() => undefined)) !== undefined;
    if (isTaken && !this.#options.force) {
      throw new UsageError(
        this.#t('error.outExists', { file: this.path }),
        this.#t('advice.force'),
      );
    }
    await rename(this.#written, this.#target);
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }
}
