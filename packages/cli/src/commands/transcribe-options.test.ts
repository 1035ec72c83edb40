import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import { toTranscribeOptions } from './transcribe-options.ts';
import type { TranscribeFlags } from './transcribe-options.ts';

const t = createTranslate('en');
const read = (sources: string[], flags: TranscribeFlags = {}) =>
  toTranscribeOptions(sources, flags, t);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the extension names the format, and subtitles have times', async () => {
  expect(await read(['a.wav'])).toMatchObject({ format: 'text', timestamps: false });
  expect(await read(['a.wav'], { out: 'x.SRT' })).toMatchObject({
    format: 'srt',
    timestamps: true,
  });
  expect(await read(['a.wav'], { out: 'x', format: 'vtt' })).toMatchObject({ format: 'vtt' });
  expect(await read(['a.wav'], { out: 'x.json' })).toMatchObject({ timestamps: false });
  await expect(read(['a.wav'], { out: 'x.srt', format: 'vtt' })).rejects.toThrow(/\.srt.*vtt/);
  await expect(read(['a.wav'], { format: 'docx' })).rejects.toThrow(/text, json, srt, vtt/);
});

test('several sounds go into a folder, which is made, each under its own name', async () => {
  const out = `${path.join(folder, 'new')}/`;
  const { targets } = await read(['a/one.mp3', '-'], { out, format: 'vtt' });
  expect(targets.map((target) => target.path)).toEqual([
    path.join(folder, 'new', 'one.vtt'),
    path.join(folder, 'new', 'stdin.vtt'),
  ]);
  expect((await stat(out)).isDirectory()).toBe(true);
  await mkdir(path.join(folder, 'there'));
  const there = await read(['x.wav'], { out: path.join(folder, 'there') });
  expect(there.targets[0]?.path).toBe(path.join(folder, 'there', 'x.txt'));
  await expect(read(['a/x.wav', 'b/x.mp3'], { out })).rejects.toThrow(/x\.txt/);
  await expect(read(['a.wav', 'b.wav'], { out: 'x.txt' })).rejects.toThrow(/into one/);
  await expect(read(['a.wav', 'b.wav'], { format: 'json' })).rejects.toThrow(/into one/);
  expect((await read(['a.wav', 'b.wav'])).targets).toHaveLength(2);
});

test('the microphone and a live pipe have models of their own', async () => {
  expect(await read(['mic'])).toMatchObject({
    isMicrophone: true,
    isLive: true,
    model: 'stepaudio-2.5-asr-stream',
  });
  expect(await read(['-'], { live: true, rate: '16000' })).toMatchObject({
    isMicrophone: false,
    raw: { sampleRate: 16_000, channels: 1 },
  });
  expect(await read(['mic'], { untilSilence: true })).toMatchObject({ untilSilence: 3 });
  expect(await read(['mic'], { untilSilence: '1.5' })).toMatchObject({ untilSilence: 1.5 });
  await expect(read(['mic'], { model: 'stepaudio-2.5-asr' })).rejects.toThrow(/asr-stream/);
  await expect(read(['a.wav'], { model: 'step-tts-2' })).rejects.toThrow(/stepaudio-2\.5-asr/);
  expect(await read(['a.wav'], { model: 'step-asr-9' })).toMatchObject({ model: 'step-asr-9' });
});

test('hotwords come with commas of either script', async () => {
  const { hotwords } = await read(['a.wav'], { hotwords: ['阶跃，星辰、Step', ' Audio , '] });
  expect(hotwords).toEqual(['阶跃', '星辰', 'Step', 'Audio']);
});

test.each<[string[], TranscribeFlags]>([
  [['mic', 'a.wav'], {}],
  [['mic'], { rate: '16000' }],
  [['-'], { live: true }],
  [['-'], { live: true, rate: '16000', channels: '2' }],
  [['a.wav'], { untilSilence: true }],
  [['mic'], { untilSilence: '0' }],
  [['a.raw'], { rate: 'fast' }],
  [['a.raw'], { rate: '16000.5' }],
  [['a.raw'], { rate: '16000', channels: '3' }],
  [['a.raw'], { channels: '2' }],
  [['a.wav'], { out: ' ' }],
])('%j with %j is refused', async (sources, flags) => {
  await expect(read(sources, flags)).rejects.toMatchObject({ name: 'UsageError' });
});
