import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readWav } from '@stepvoice/core/audio';
import type { SpeechFormat } from '@stepvoice/core/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import { createAudioFile } from './audio-file.ts';

const t = createTranslate('en');
const SOUND = new Uint8Array(Int16Array.of(1, -2, 300, -400).buffer);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function create(name: string, options: { format?: SpeechFormat; force?: boolean } = {}) {
  const { format = 'wav', force = false } = options;
  return createAudioFile({ path: path.join(folder, name), format, sampleRate: 16_000, force }, t);
}

test('a WAV says its length, and has its name only when it is complete', async () => {
  const file = await create('x.wav');
  await file.write(new Uint8Array(0));
  await file.write(SOUND.subarray(0, 3));
  await file.write(SOUND.subarray(3));
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^x\.\w{6}\.part\.wav$/)]);
  expect(await file.finish()).toEqual({ file: path.join(folder, 'x.wav') });
  expect(await readdir(folder)).toEqual(['x.wav']);
  const { samples, sampleRate, truncated } = readWav(await readFile(path.join(folder, 'x.wav')));
  expect({ samples: [...samples], sampleRate, truncated }).toEqual({
    samples: [1, -2, 300, -400],
    sampleRate: 16_000,
    truncated: false,
  });
});

test('other formats are written as they come', async () => {
  const file = await create('x.mp3', { format: 'mp3' });
  await file.write(SOUND);
  await file.finish();
  expect(new Uint8Array(await readFile(path.join(folder, 'x.mp3')))).toEqual(SOUND);
});

test('what had arrived stays, as a WAV that can be played', async () => {
  for (const kept of ['x.part.wav', 'x.part-2.wav']) {
    const file = await create('x.wav');
    await file.write(SOUND);
    expect(await file.abandon()).toEqual({ file: path.join(folder, kept) });
    expect(readWav(await readFile(path.join(folder, kept)))).toMatchObject({ truncated: false });
  }
  expect((await readdir(folder)).toSorted()).toEqual(['x.part-2.wav', 'x.part.wav']);
});

test('nothing arrived, nothing stays', async () => {
  const file = await create('x.wav');
  expect(await file.abandon()).toEqual({});
  expect(await readdir(folder)).toEqual([]);
});

test('a file that is there is replaced only by force', async () => {
  await writeFile(path.join(folder, 'x.wav'), 'mine');
  await expect(create('x.wav')).rejects.toMatchObject({
    message: expect.stringContaining('exists already'),
    advice: expect.stringContaining('--force'),
  });
  const file = await create('x.wav', { force: true });
  await file.write(SOUND);
  expect(await readFile(path.join(folder, 'x.wav'), 'utf8')).toBe('mine');
  await file.finish();
  expect(readWav(await readFile(path.join(folder, 'x.wav'))).samples).toHaveLength(4);
});

test('a file that appears meanwhile is not replaced, and the sound is not lost', async () => {
  const file = await create('x.wav');
  await file.write(SOUND);
  await writeFile(path.join(folder, 'x.wav'), 'somebody else');
  await expect(file.finish()).rejects.toThrow('exists already');
  expect(await file.abandon()).toEqual({ file: path.join(folder, 'x.part.wav') });
  expect(await readFile(path.join(folder, 'x.wav'), 'utf8')).toBe('somebody else');
});

test('a link stays a link to the file that is replaced', async () => {
  await mkdir(path.join(folder, 'elsewhere'));
  await writeFile(path.join(folder, 'elsewhere', 'real.wav'), 'old');
  await symlink(path.join('elsewhere', 'real.wav'), path.join(folder, 'x.wav'));
  const file = await create('x.wav', { force: true });
  await file.write(SOUND);
  await file.finish();
  expect(readWav(await readFile(path.join(folder, 'elsewhere', 'real.wav'))).samples).toHaveLength(
    4,
  );
  expect((await readdir(folder)).toSorted()).toEqual(['elsewhere', 'x.wav']);
});

test('a folder, and a folder that does not exist, are refused', async () => {
  await mkdir(path.join(folder, 'x.wav'));
  await expect(create('x.wav')).rejects.toThrow('is a folder');
  await expect(create('none/x.wav')).rejects.toThrow(/does not exist/);
});

test.runIf(process.platform === 'linux')('a device is written as it is and stays one', async () => {
  const options = { format: 'pcm', sampleRate: 16_000, force: false } as const;
  const file = await createAudioFile({ ...options, path: '/dev/null' }, t);
  await file.write(SOUND);
  await file.finish();
  expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  const full = await createAudioFile({ ...options, path: '/dev/full' }, t);
  await expect(full.write(SOUND)).rejects.toThrow(/no space is left/);
  expect(await full.abandon()).toEqual({});
});
