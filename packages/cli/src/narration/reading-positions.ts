import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SavedPosition } from '@stepvoice/core/narration';

/** Where reading ended: in which of the files, and where in it. */
export type ReadingPosition = { readonly file: string; readonly position: SavedPosition };

type Stored = ReadingPosition & { readonly savedAt: number };

const MOST_REMEMBERED = 200;

/**
 * Remembers where reading ended, for each set of files that were read together. It holds a few words of each text, so
 * that the place is found again in a text that has changed, and is readable by its owner only. What cannot be kept is
 * forgotten: it is a convenience.
 */
export class ReadingPositions {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = path.join(folder, 'positions.json');
  }

  async find(files: readonly string[]): Promise<ReadingPosition | undefined> {
    return (await this.#read())[keyOf(files)];
  }

  async keep(files: readonly string[], position: ReadingPosition): Promise<void> {
    const all = await this.#read();
    const entry: Stored = { ...position, savedAt: Date.now() };
    const others = Object.entries(all).filter(([key]) => key !== keyOf(files));
    const newest = [...others, [keyOf(files), entry] as const]
      .toSorted(([, one], [, other]) => other.savedAt - one.savedAt)
      .slice(0, MOST_REMEMBERED);
    await this.#write(Object.fromEntries(newest));
  }

  async forget(files: readonly string[]): Promise<void> {
    const { [keyOf(files)]: known, ...rest } = await this.#read();
    if (known !== undefined) await this.#write(rest);
  }

  async #read(): Promise<Record<string, Stored>> {
    try {
      const parsed: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      if (typeof parsed !== 'object' || parsed === null) return {};
      return Object.fromEntries(Object.entries(parsed).filter(([, value]) => isStored(value)));
    } catch {
      return {};
    }
  }

  async #write(all: Record<string, Stored>): Promise<void> {
    const draft = `${this.#file}.${randomUUID()}.tmp`;
    try {
      await mkdir(path.dirname(this.#file), { recursive: true });
      await writeFile(draft, JSON.stringify(all), { mode: 0o600 });
      await rename(draft, this.#file);
    } catch {
      await rm(draft, { force: true }).catch(() => {});
    }
  }
}

function keyOf(files: readonly string[]): string {
  return files.map((file) => path.resolve(file)).join('\n');
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false;
  const { file, position, savedAt } = value as Partial<Stored>;
  return (
    typeof file === 'string' &&
    typeof savedAt === 'number' &&
    typeof position?.sourceOffset === 'number'
  );
}
