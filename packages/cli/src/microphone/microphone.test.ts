import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandContext } from '../command-context.ts';
import { createTranslate } from '../language/translate.ts';
import { installFakeRecorder } from '../testing/fake-recorder.ts';
import type { FakeRecorderKind } from '../testing/fake-recorder.ts';
import { openMicrophone } from './microphone.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sound = {
  samples: Int16Array.from({ length: 3200 }, (_, index) => index),
  sampleRate: 16_000,
};

async function open(kind: FakeRecorderKind, options: { signal?: AbortSignal } = {}) {
  const { signal = new AbortController().signal } = options;
  const fake = await installFakeRecorder(folder, kind, sound);
  const context = {
    terminal: { platform: process.platform, env: { PATH: folder } },
    t: createTranslate('en'),
    signal,
  } as unknown as CommandContext;
  return { fake, microphone: await openMicrophone({ sampleRate: 16_000 }, context) };
}

test('gives every sample, until it is stopped; then the recorder is gone', async () => {
  const { fake, microphone } = await open('records');
  const heard: number[] = [];
  for await (const samples of microphone) {
    heard.push(...samples);
    if (heard.length > 4000) await microphone.stop();
  }
  expect(heard.slice(0, 3200)).toEqual([...sound.samples]);
  expect(heard.slice(3200).every((sample) => sample === 0)).toBe(true);
  const pid = await fake.pid();
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  await microphone.stop();
});

test('one that cannot be opened is told in the recorder’s own words', async () => {
  await expect(open('fails')).rejects.toMatchObject({
    message: expect.stringContaining('no such device'),
    exitCode: 1,
  });
});

test('one that is pulled out is told, after what it gave', async () => {
  const { microphone } = await open('breaks');
  let heard = 0;
  const listen = async () => {
    for await (const samples of microphone) heard += samples.length;
  };
  await expect(listen()).rejects.toThrow(/ended by itself: device was removed/);
  expect(heard).toBe(3200);
});

test('without a recorder those that were looked for are named', async () => {
  const context = {
    terminal: { platform: 'linux', env: { PATH: folder } },
    t: createTranslate('en'),
    signal: new AbortController().signal,
  } as unknown as CommandContext;
  await expect(openMicrophone({ sampleRate: 16_000 }, context)).rejects.toMatchObject({
    message: expect.stringContaining('parec, pw-record, arecord, rec, ffmpeg'),
  });
});

test('an interruption is told by its own reason', async () => {
  const reason = new Error('stop');
  await expect(open('records', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
