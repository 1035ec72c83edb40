import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRenderFiles } from './render-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'render-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fileIn = (name: string) => join(folder, name);
const lockOf = (pid: number, host = hostname()) => `${JSON.stringify({ pid, host, id: 'x' })}\n`;

test('files are written anywhere, cut and read, and those left empty are removed', async () => {
  const path = fileIn('book.wav');
  const files = await openRenderFiles(path, { beside: ['srt', 'vtt', 'words'] });
  const { sound, srt, journal } = files;
  await sound.writeAt(4, Uint8Array.of(5, 6, 7));
  await sound.writeAt(0, Uint8Array.of(1, 2));
  expect(await sound.size()).toBe(7);
  expect([...(await sound.readAt(3, 100))]).toEqual([0, 5, 6, 7]);
  await sound.truncate(5);
  await sound.truncate(50);
  await sound.flush();
  expect(await sound.size()).toBe(5);
  await srt!.writeAt(0, Uint8Array.of(1));
  await journal!.writeAt(0, Uint8Array.of(1));
  await journal!.truncate(0);
  await files.close();
  await files.close();
  expect([...(await readFile(path))]).toEqual([1, 2, 0, 0, 5]);
  expect((await readdir(folder)).toSorted()).toEqual(['book.srt', 'book.wav']);
});

test('what is there is kept', async () => {
  const path = fileIn('kept.mp3');
  await writeFile(path, 'abc');
  {
    await using files = await openRenderFiles(path);
    expect(await files.sound.size()).toBe(3);
    expect(files.srt).toBeUndefined();
  }
  expect(await readFile(path, 'utf8')).toBe('abc');
});

test('a second render of a file is refused, until the first has closed it', async () => {
  const path = fileIn('twice.wav');
  const first = await openRenderFiles(path);
  const busy = {
    code: 'render_busy',
    message: expect.stringContaining('twice.wav.stepvoice-lock'),
  };
  await expect(openRenderFiles(path)).rejects.toMatchObject(busy);
  await first.close();
  const second = await openRenderFiles(path);
  await second.close();
});

test('the lock of a process that lives is kept to, and of one that has ended taken over', async () => {
  const path = fileIn('crashed.wav');
  const lock = `${path}.stepvoice-lock`;
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  await writeFile(lock, lockOf(child.pid!));
  await expect(openRenderFiles(path)).rejects.toMatchObject({ code: 'render_busy' });
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await using files = await openRenderFiles(path);
  expect(await files.sound.size()).toBe(0);
});

test.each([
  // In a container each program may have the same number.
  ['of this process, which knows nothing of it', () => lockOf(process.pid), true],
  ['of another machine', () => lockOf(process.pid, 'elsewhere.invalid'), false],
  ['that is just being written', () => '', false],
])('a lock %s', async (name, content, isTaken) => {
  const path = fileIn(`${name}.wav`);
  await writeFile(`${path}.stepvoice-lock`, content());
  const opened = openRenderFiles(path).then(
    async (files) => {
      await files.close();
      return true;
    },
    (error: { code: string }) => error.code,
  );
  expect(await opened).toBe(isTaken ? true : 'render_busy');
});

test('of several that find a stale lock, one gets it', async () => {
  const path = fileIn('race.wav');
  await writeFile(`${path}.stepvoice-lock`, lockOf(process.pid));
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => openRenderFiles(path)));
  const opened = results.filter((result) => result.status === 'fulfilled');
  expect(opened).toHaveLength(1);
  await opened[0]!.value.close();
  await expect(stat(`${path}.stepvoice-lock`)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('what the system refuses is said in words, and leaves nothing', async () => {
  const missing = openRenderFiles(join(folder, 'no', 'such', 'book.wav'));
  await expect(missing).rejects.toMatchObject({
    code: 'file_failed',
    message: expect.stringMatching(
      /^book\.wav\.stepvoice-lock cannot be written: its folder is not there/,
    ),
  });
  const inFile = fileIn('plain');
  await writeFile(inFile, '');
  await expect(openRenderFiles(join(inFile, 'book.wav'))).rejects.toMatchObject({
    code: 'file_failed',
    message: expect.stringContaining('its folder is a file'),
  });
  const taken = fileIn('folder.srt');
  await writeFile(fileIn('folder.wav'), 'x');
  await mkdir(taken);
  await expect(openRenderFiles(fileIn('folder.wav'), { beside: ['srt'] })).rejects.toMatchObject({
    code: 'file_failed',
    message: expect.stringContaining('it is a folder'),
  });
  const left = (await readdir(folder)).filter((name) => name.startsWith('folder.'));
  expect(left.toSorted()).toEqual(['folder.srt', 'folder.wav']);
});
