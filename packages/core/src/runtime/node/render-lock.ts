import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import { StepAudioError } from '../../errors.ts';
import { fileError } from './file-error.ts';

/** Far longer than it takes to write a line. */
const WRITING_MS = 5000;

/** Locks of this process: after a crash in a container, the next process may have the same number. */
const held = new Set<string>();
/** Who is taking one at this moment. */
const taking = new Map<string, Promise<unknown>>();

/**
 * Takes a lock for this process: a file with its number. The lock of a process that has ended is taken over.
 *
 * @returns what gives it back.
 * @throws {StepAudioError} `render_busy` where a process that lives has it; `file_failed` where it cannot be written.
 */
export async function takeRenderLock(path: string): Promise<() => Promise<void>> {
  // One after the other within this process: who takes a stale lock away must not meet who has just made a new one.
  const before = taking.get(path);
  const lock = (before ?? Promise.resolve()).then(() => takeLock(path));
  const isOver = lock.catch(() => {});
  taking.set(path, isOver);
  try {
    return await lock;
  } finally {
    if (taking.get(path) === isOver) taking.delete(path);
  }
}

async function takeLock(path: string): Promise<() => Promise<void>> {
  const content = `${JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })}\n`;
  while (!(await create(path, content))) await removeStale(path);
  held.add(path);
  return async () => {
    held.delete(path);
    const isOurs = (await readFile(path, 'utf8').catch(() => '')) === content;
    if (isOurs) await rm(path, { force: true });
  };
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fileError(path, error);
  }
}

async function removeStale(path: string): Promise<void> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === undefined) return;
  if (await isAlive(path, found)) {
    throw new StepAudioError(
      `Another program is rendering this file. Wait for it; if it is not running any more, delete ${basename(path)}.`,
      { code: 'render_busy' },
    );
  }
  // Two may find it stale at once: who moves it away looks at what it was that was moved.
  const moved = `${path}.${randomUUID()}`;
  try {
    await rename(path, moved);
  } catch {
    return;
  }
  const isOther = (await readFile(moved, 'utf8').catch(() => found)) !== found;
  if (isOther) await copyFile(moved, path, constants.COPYFILE_EXCL).catch(() => {});
  await rm(moved, { force: true });
}

async function isAlive(path: string, content: string): Promise<boolean> {
  const { pid, host } = parse(content);
  if (pid === undefined) return isBeingWritten(path);
  // Of a process on another machine nothing can be told.
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Between a file's making and its writing it is empty; one that a crash has left so stays empty. */
async function isBeingWritten(path: string): Promise<boolean> {
  const written = await stat(path).catch(() => undefined);
  return written !== undefined && Date.now() - written.mtimeMs < WRITING_MS;
}

function parse(content: string): { pid?: number; host?: string } {
  try {
    return JSON.parse(content) as { pid?: number; host?: string };
  } catch {
    return {};
  }
}
