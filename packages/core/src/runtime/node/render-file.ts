import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { RenderFile, RenderFiles } from '../../narration/render/render-file.ts';
import { fileError } from './file-error.ts';
import { takeRenderLock } from './render-lock.ts';

/** The files beside the sound, and how they are called behind its name without extension. */
const EXTENSIONS = { srt: '.srt', vtt: '.vtt', words: '.words.json' } as const;
type SideFile = keyof typeof EXTENSIONS;

export type RenderFilesOptions = {
  /**
   * What to write beside the sound: `srt` and `vtt` subtitles, and the times of words as JSON (`.words.json`). Default:
   * nothing.
   */
  readonly beside?: readonly SideFile[] | undefined;
};

/** Files of a render, to be closed when it has ended, well or not. */
export type OpenRenderFiles = RenderFiles & AsyncDisposable & { close(): Promise<void> };

/** See `open-render-files.ts`, which loads it with its first use. */
export async function openRenderFiles(
  path: string,
  { beside = [] }: RenderFilesOptions = {},
): Promise<OpenRenderFiles> {
  const journalPath = `${path}.stepvoice-journal`;
  const unlock = await takeRenderLock(`${path}.stepvoice-lock`);
  const opened: NodeRenderFile[] = [];
  const close = async (): Promise<void> => {
    for (const file of opened) await file.close();
    await unlock();
  };
  const openNext = async (name: string): Promise<NodeRenderFile> => {
    const file = await NodeRenderFile.open(name);
    opened.push(file);
    return file;
  };
  try {
    const sound = await openNext(path);
    const journal = await openNext(journalPath);
    const stem = path.replace(/\.[^./\\]+$/, '');
    const sides: { [Side in SideFile]?: NodeRenderFile } = {};
    for (const side of beside) sides[side] ??= await openNext(`${stem}${EXTENSIONS[side]}`);
    return { sound, journal, ...sides, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

class NodeRenderFile implements RenderFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #isClosed = false;

  static open(path: string): Promise<NodeRenderFile> {
    return explained(path, async () => {
      try {
        return new NodeRenderFile(path, await open(path, 'r+'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        return new NodeRenderFile(path, await open(path, 'wx+'));
      }
    });
  }

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  size(): Promise<number> {
    return this.#do(async () => (await this.#handle.stat()).size);
  }

  readAt(offset: number, length: number): Promise<Uint8Array> {
    return this.#do(async () => {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const rest = bytes.subarray(filled);
        const { bytesRead } = await this.#handle.read(rest, 0, rest.length, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    });
  }

  writeAt(offset: number, bytes: Uint8Array): Promise<void> {
    return this.#do(async () => {
      let written = 0;
      while (written < bytes.length) {
        const rest = bytes.subarray(written);
        const { bytesWritten } = await this.#handle.write(rest, 0, rest.length, offset + written);
        written += bytesWritten;
      }
    });
  }

  truncate(size: number): Promise<void> {
    return this.#do(async () => {
      // Node's makes a file longer, too.
      if (size < (await this.#handle.stat()).size) await this.#handle.truncate(size);
    });
  }

  flush(): Promise<void> {
    return this.#do(() => this.#handle.datasync());
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const isEmpty = await this.#handle.stat().then(
      ({ size }) => size === 0,
      () => false,
    );
    await this.#handle.close();
    if (isEmpty) await rm(this.#path, { force: true });
  }

  #do<Result>(action: () => Promise<Result>): Promise<Result> {
    return explained(this.#path, action);
  }
}

async function explained<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw fileError(path, error);
  }
}
