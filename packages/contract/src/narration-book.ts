import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BookResult, BookTask } from './book-renderer.ts';

const PROGRAM = fileURLToPath(new URL('book-renderer.ts', import.meta.url));
const EXTENSIONS = ['.srt', '.vtt', '.words.json'];

const NODE_OPTIONS = [
  '--conditions=@stepvoice/source',
  '--disable-warning=ExperimentalWarning',
  // V8 would let what is dead lie in as much as a hundred megabytes before it looks; what is measured is what lives.
  '--max-semi-space-size=8',
];

/** A folder in which books are rendered by processes that can be killed. */
export class BookBench implements AsyncDisposable {
  readonly folder: string;

  static async create(): Promise<BookBench> {
    return new BookBench(await mkdtemp(join(tmpdir(), 'book-')));
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  task(name: string, characters: number, format: 'wav' | 'mp3'): BookTask {
    return {
      path: join(this.folder, `${name}.${format}`),
      cacheFolder: join(this.folder, `${name}-cache`),
      logFile: join(this.folder, `${name}.log`),
      characters,
      format,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * Renders in a process of its own.
 *
 * @param killAfter kills it at so many signs of progress.
 * @returns `undefined` when it was killed.
 */
export async function renderInChild(
  task: BookTask,
  killAfter = Number.POSITIVE_INFINITY,
): Promise<BookResult | undefined> {
  const child = spawn(process.execPath, [...NODE_OPTIONS, PROGRAM, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let progress = 0;
  let last = '';
  for await (const line of createInterface(child.stdout)) {
    progress += 1;
    last = line;
    if (progress >= killAfter) child.kill('SIGKILL');
  }
  const [code, signal] = await exited;
  if (signal === 'SIGKILL') return undefined;
  if (code !== 0) throw new Error(`The renderer has ended with ${code ?? signal}.`);
  return JSON.parse(last) as BookResult;
}

/** Digests of the sound and of all that stands beside it. */
export async function digestsOf({ path, format }: BookTask): Promise<string[]> {
  const stem = path.slice(0, -1 - format.length);
  const files = [path, ...EXTENSIONS.map((extension) => `${stem}${extension}`)];
  return Promise.all(
    files.map(async (file) => {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
      return hash.digest('hex');
    }),
  );
}

/** What a render has left behind: nothing, when it was whole. */
export function leftBehind({ path }: BookTask): string[] {
  return [`${path}.stepvoice-journal`, `${path}.stepvoice-lock`].filter(existsSync);
}

/** The sentences that were asked for although all of an answer that had them was stored. */
export function paidTwice({ logFile }: BookTask): string[] {
  const stored = new Set<string>();
  const twice: string[] = [];
  for (const line of readFileSync(logFile, 'utf8').split('\n')) {
    const [what, ...numbers] = line.split(' ');
    if (what === 'asked') twice.push(...numbers.filter((number) => stored.has(number)));
    // The last line of a process that was killed may be half of one.
    if (what === 'stored') for (const number of numbers) stored.add(number);
  }
  return twice;
}
