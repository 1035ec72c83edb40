import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWav } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import { MemoryRenderFile, createMemoryCache, renderNarration } from '@stepvoice/core/narration';
import type {
  NarrationTranscript,
  RenderOptions,
  TranscriptSentence,
} from '@stepvoice/core/narration';
import { StepAudio } from '@stepvoice/core/node';
import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { createLame } from './book-renderer.ts';
import { compareSound } from './sound/compare.ts';
import { decodeAudio } from './sound/decode.ts';

const SAMPLE_RATE = 24_000;
const TEXT = [
  '# 第一章',
  '火车在八点到站，快走吧！',
  'The train leaves at eight. Hurry, or it will be gone.',
  '# Chapter two',
  'Nobody was on the platform when it came.',
].join('\n\n');
const SOURCE = { text: TEXT, format: 'markdown' } as const;

let emulator: Emulator;
let client: StepAudio;
let options: Omit<RenderOptions, 'files' | 'format'>;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  client = new StepAudio({ apiKey: emulator.apiKey, baseURL: emulator.url });
  options = {
    speech: client.speech,
    voice: { voice: 'cixingnansheng' },
    cache: createMemoryCache(),
    tag: { title: '火车 Train', artist: 'Somebody', language: 'zh' },
  };
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

async function render(more: Pick<RenderOptions, 'format' | 'createMp3Encoder'>) {
  const files = { sound: new MemoryRenderFile(), words: new MemoryRenderFile() };
  const report = await renderNarration(SOURCE, { ...options, ...more, files });
  const words = JSON.parse(new TextDecoder().decode(files.words.bytes)) as NarrationTranscript;
  return { bytes: files.sound.bytes, report, words };
}

/** Pearson's correlation of two sounds, the second `lag` samples later; both are as often below 0 as above. */
function correlate(one: Pcm, other: Pcm, lag: number): number {
  let [both, ones, others] = [0, 0, 0];
  for (let at = 1; at < one.samples.length - 1; at += 1) {
    const x = one.samples[at]!;
    const y = other.samples[at + lag]!;
    both += x * y;
    ones += x * x;
    others += y * y;
  }
  return both / Math.sqrt(ones * others);
}

/** From the first word of a sentence to its last. */
function partOf({ samples, sampleRate }: Pcm, { words }: TranscriptSentence): Pcm {
  const at = (ms = 0): number => Math.round((ms / 1000) * sampleRate);
  const part = samples.subarray(at(words[0]?.startMs), at(words.at(-1)?.endMs));
  return { samples: part, sampleRate };
}

test('an encoded MP3 plays each sample when the WAV does, and is as long', async () => {
  const wav = await render({ format: 'wav' });
  const mp3 = await render({ format: 'mp3', createMp3Encoder: createLame() });
  const reference = readWav(wav.bytes);
  const heard = await decodeAudio(mp3.bytes, 'mp3', SAMPLE_RATE);
  expect(heard.sampleRate).toBe(SAMPLE_RATE);
  expect(heard.samples.length).toBe(reference.samples.length);
  const [before, at, behind] = [-1, 0, 1].map((lag) => correlate(reference, heard, lag));
  expect(at).toBeGreaterThan(0.99);
  expect(at).toBeGreaterThan(Math.max(before!, behind!));
  expect(mp3.words.sentences).toEqual(wav.words.sentences);
  expect(mp3.report.chapters.map(({ title }) => title)).toEqual(['第一章', 'Chapter two']);
  expect(mp3.report.chapters).toEqual(wav.report.chapters);
});

test('the service’s own MP3 is joined: every request’s sound is whole and where it is said to be', async () => {
  const { bytes, report, words } = await render({ format: 'mp3' });
  const heard = await decodeAudio(bytes, 'mp3', SAMPLE_RATE);
  expect(heard.samples.length).toBe(Math.round(report.seconds * SAMPLE_RATE));
  // Each sentence is what it is in the WAV, from its first word to its last.
  const wav = await render({ format: 'wav' });
  const reference = readWav(wav.bytes);
  for (const [index, sentence] of words.sentences.entries()) {
    const same = compareSound(
      partOf(reference, wav.words.sentences[index]!),
      partOf(heard, sentence),
    );
    expect(same.correlation).toBeGreaterThan(0.97);
    expect(Math.abs(same.lagMs)).toBeLessThan(5);
  }
  expect(words.sentences.map(({ text }) => text.trim()).join(' ')).toContain('Hurry, or it will');
});
