import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeDemoFile } from './demo-file.ts';

const SOUND = Uint8Array.of(1, 2, 3, 4);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = async (audio: Uint8Array) => path.basename(await writeDemoFile(folder, audio));

test('the sound is in demo.wav', async () => {
  expect(await write(SOUND)).toBe('demo.wav');
  expect(new Uint8Array(await readFile(path.join(folder, 'demo.wav')))).toEqual(SOUND);
});

test('an earlier demo is replaced, anything else is not', async () => {
  await write(SOUND);
  expect(await write(Uint8Array.of(5, 6, 7, 8))).toBe('demo.wav');
  expect((await readFile(path.join(folder, 'demo.wav')))[0]).toBe(5);

  await writeFile(path.join(folder, 'demo.wav'), 'somebody’s own');
  await mkdir(path.join(folder, 'demo-2.wav'));
  expect(await write(SOUND)).toBe('demo-3.wav');
  expect(await readFile(path.join(folder, 'demo.wav'), 'utf8')).toBe('somebody’s own');
  expect(await readdir(folder)).toHaveLength(3);
});
