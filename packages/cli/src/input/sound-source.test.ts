import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeWav } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { findSoundDecoder } from './decode-sound.ts';
import { findSound, toTranscribable } from './sound-source.ts';

const FFMPEG = 'ffmpeg';
const t = createTranslate('en');
const terminal = {
  stdin: { isTTY: true },
  platform: process.platform,
  env: process.env,
} as unknown as Terminal;
const { signal } = new AbortController();
const wav = writeWav({
  samples: Int16Array.from({ length: 16_000 }, (_, index) => 9000 * Math.sin(index / 5)),
  sampleRate: 16_000,
});
let folder: string;
const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
  await writeFile(at('x.wav'), wav);
  await writeFile(at('x.raw'), wav.subarray(44));
  await writeFile(at('x.txt'), 'no sound at all, but a text');
  await writeFile(at('empty.wav'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const prepare = async (name: string) =>
  toTranscribable(await findSound(at(name), terminal, t), undefined, undefined, signal, t);

test('a WAV goes as it is, and its length is known', async () => {
  const { input, options } = await prepare('x.wav');
  expect((input as Blob).size).toBe(wav.length);
  expect(options).toEqual({});
});

test('a pipe is told by its first bytes, of which none is lost', async () => {
  async function* drip() {
    for (let start = 0; start < wav.length; start += 999) yield wav.subarray(start, start + 999);
  }
  const source = { name: 'pipe', path: undefined, bytes: drip() };
  const { input, options } = await toTranscribable(source, undefined, undefined, signal, t);
  const parts: Uint8Array[] = [];
  for await (const part of input as AsyncIterable<Uint8Array>) parts.push(part);
  expect(Buffer.concat(parts).equals(wav)).toBe(true);
  expect(options).toEqual({});
});

test('raw sound needs its rate', async () => {
  await expect(prepare('x.raw')).rejects.toThrow(/does not say its rate/);
  const source = await findSound(at('x.raw'), terminal, t);
  const raw = { sampleRate: 16_000, channels: 1 };
  expect((await toTranscribable(source, raw, undefined, signal, t)).options).toEqual({
    format: 'pcm',
    ...raw,
  });
});

test.each([
  ['x.txt', /no sound that can be told/],
  ['empty.wav', /holds no sound/],
  ['none.wav', /does not exist/],
  ['.', /is a folder/],
])('%s is refused', async (name, expected) => {
  await expect(prepare(name)).rejects.toThrow(expected);
});

test('sound cannot be typed', async () => {
  await expect(findSound('-', terminal, t)).rejects.toThrow(/terminal/);
});

const hasFfmpeg = spawnSync(FFMPEG, ['-version']).status === 0;

describe.runIf(hasFfmpeg)('with ffmpeg', () => {
  async function decode(input: string | AsyncIterable<Uint8Array>): Promise<number> {
    const decoder = await findSoundDecoder(terminal, t);
    let length = 0;
    for await (const { samples, sampleRate } of decoder!({ name: 'x', input, signal })) {
      expect(sampleRate).toBe(16_000);
      length += samples.length;
    }
    return length;
  }

  beforeAll(() => {
    execFileSync(FFMPEG, ['-loglevel', 'error', '-i', at('x.wav'), at('x.mkv')]);
  });

  test('a film gives its sound, from a file and from a pipe', async () => {
    expect(Math.abs((await decode(at('x.mkv'))) - 16_000)).toBeLessThan(2000);
    expect(Math.abs((await decode(createReadStream(at('x.mkv')))) - 16_000)).toBeLessThan(2000);
  });

  test('what is no sound is told with ffmpeg’s own words', async () => {
    await expect(decode(at('x.txt'))).rejects.toThrow(/ffmpeg cannot read x: .+/);
  });

  test('who has enough lets go of it', async () => {
    const decoder = await findSoundDecoder(terminal, t);
    for await (const { samples } of decoder!({ name: 'x', input: at('x.mkv'), signal })) {
      expect(samples.length).toBeGreaterThan(0);
      break;
    }
  });
});
