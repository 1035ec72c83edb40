import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BookResult, BookTask } from './book-renderer.ts';
import { BookService } from './book-service.ts';

const PROGRAM = fileURLToPath(new URL('book-renderer.ts', import.meta.url));
const EXTENSIONS = ['.srt', '.vtt', '.words.json'];
const NODE_OPTIONS = [
  '--conditions=@stepvoice/source',
  '--disable-warning=ExperimentalWarning',
  // V8 of Node 24 lets what is dead lie in up to 2 × 64 MB before it looks, and the longer a program has run the more: after
  // eight hours of sound that alone is 130 MB, whatever the program does. What is measured is what the render takes.
  '--max-semi-space-size=8',
];

/** A folder in which books are rendered by processes that can be killed. */
export class BookBench implements AsyncDisposable {
  readonly folder: string;
  readonly service: BookService;

  static async create(): Promise<BookBench> {
    return new BookBench(await mkdtemp(join(tmpdir(), 'book-')), await BookService.start());
  }

  private constructor(folder: string, service: BookService) {
    this.folder = folder;
    this.service = service;
  }

  task(name: string, book: Pick<BookTask, 'characters' | 'format' | 'sampleRate'>): BookTask {
    return {
      ...book,
      path: join(this.folder, `${name}.${book.format}`),
      cacheFolder: join(this.folder, `${name}-cache`),
      url: this.service.url,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
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

/** What is stored by now: files, and which writing of each it is. */
type StoredSpeech = ReadonlyMap<string, string>;

export function storedSpeech({ cacheFolder }: BookTask): StoredSpeech {
  const files = readdirSync(cacheFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.speech'))
    .map((name) => join(cacheFolder, name));
  return new Map(files.map((file) => [file, writingOf(file)]));
}

/** Of what was stored, what has been asked for and stored again. A store may have dropped what was old. */
export function storedAgain(stored: StoredSpeech): string[] {
  return [...stored.keys()].filter(
    (file) => existsSync(file) && writingOf(file) !== stored.get(file),
  );
}

/** Another one has another place on the disk, since the one before is still there when it is written. */
function writingOf(file: string): string {
  const { ino, birthtimeNs } = statSync(file, { bigint: true });
  return `${ino} ${birthtimeNs}`;
}
