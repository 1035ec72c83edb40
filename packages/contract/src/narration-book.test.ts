import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readWav } from '@stepvoice/core/audio';
import type { NarrationTranscript } from '@stepvoice/core/narration';
import { sentenceNumbers } from './book-renderer.ts';
import { BookBench, digestsOf, leftBehind, paidTwice, renderInChild } from './narration-book.ts';

/** Ten minutes. */
const CHARACTERS = 8000;

test('a book whose process is killed becomes the same, and nothing is paid twice', async () => {
  await using bench = await BookBench.create();
  const whole = bench.task('whole', CHARACTERS, 'wav');
  const killed = bench.task('killed', CHARACTERS, 'wav');
  const chain = async (): Promise<{ resumed: boolean }> => {
    expect(await renderInChild(killed, 40)).toBeUndefined();
    expect(leftBehind(killed)).toHaveLength(2);
    return (await renderInChild(killed))!;
  };
  const [uninterrupted, resumed] = await Promise.all([renderInChild(whole), chain()]);
  expect(uninterrupted!.seconds).toBeGreaterThan(570);
  expect(uninterrupted!.grownMegabytes).toBeLessThan(150);
  expect(resumed.resumed).toBe(true);
  expect(leftBehind(killed)).toEqual([]);
  expect(await digestsOf(killed)).toEqual(await digestsOf(whole));
  expect(paidTwice(killed)).toEqual([]);

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
