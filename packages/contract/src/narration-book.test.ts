import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readWav } from '@stepvoice/core/audio';
import type { NarrationTranscript } from '@stepvoice/core/narration';
import { sentenceNumbers } from './book-voice.ts';
import {
  BookBench,
  digestsOf,
  leftBehind,
  renderInChild,
  storedAgain,
  storedSpeech,
} from './narration-book.ts';

/** Ten minutes. */
const BOOK = { characters: 8000, format: 'wav', sampleRate: 8000 } as const;

test('a book whose process is killed becomes the same, and nothing that was stored is paid again', async () => {
  await using bench = await BookBench.create();
  const whole = bench.task('whole', BOOK);
  const killed = bench.task('killed', BOOK);
  const chain = async () => {
    expect(await renderInChild(killed, 10 + Math.floor(Math.random() * 70))).toBeUndefined();
    expect(leftBehind(killed)).toHaveLength(2);
    const stored = storedSpeech(killed);
    expect(stored.size).toBeGreaterThan(0);
    return { stored, result: (await renderInChild(killed))! };
  };
  const [uninterrupted, resumed] = await Promise.all([renderInChild(whole), chain()]);
  expect(uninterrupted!.seconds).toBeGreaterThan(570);
  expect(Math.max(...uninterrupted!.grownMegabytes)).toBeLessThan(150);
  expect(resumed.result.resumed).toBe(true);
  expect(leftBehind(killed)).toEqual([]);
  expect(storedAgain(resumed.stored)).toEqual([]);
  expect(await digestsOf(killed)).toEqual(await digestsOf(whole));

  const transcript = JSON.parse(
    readFileSync(whole.path.replace('.wav', '.words.json'), 'utf8'),
  ) as NarrationTranscript;
  const numbers = transcript.sentences.flatMap(({ text }) => sentenceNumbers(text));
  expect(numbers).toEqual(
    sentenceNumbers(readFileSync(whole.path.replace('.wav', '.srt'), 'utf8')),
  );
  expect(new Set(numbers).size).toBe(numbers.length);
  const { samples, sampleRate, truncated } = readWav(readFileSync(whole.path));
  expect(truncated).toBe(false);
  expect(Math.round((samples.length / sampleRate) * 1000)).toBe(transcript.durationMs);
});
