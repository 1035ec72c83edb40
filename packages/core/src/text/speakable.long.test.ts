import { expect, test } from 'vitest';
import { speakable, speakableSteps } from './speakable.ts';
import type { TextFormat } from './spoken-segment.ts';
import { longNote } from './testing/long-note.ts';
import { silentTexts } from './testing/silent-texts.ts';

const LENGTHS = [100_000, 1_000_000, 5_000_000];

/** Pauses of the garbage collector and of other programs are not steps of ours: the best of a few runs counts. */
const RUNS = 3;

function read(text: string, format: TextFormat) {
  const steps: number[] = [];
  const start = performance.now();
  let last = start;
  for (const _segment of speakable({ text, format })) {
    const now = performance.now();
    steps.push(now - last);
    last = now;
  }
  return { totalMs: performance.now() - start, firstMs: steps[0]!, steps };
}

test.each(['markdown', 'plain'] as const)(
  '%s of 5 MB is read in small steps, in linear time and constant memory',
  (format) => {
    read(longNote(500_000), format);
    const perCharacter: number[] = [];
    for (const length of LENGTHS) {
      const text = longNote(length);
      const readings = Array.from({ length: RUNS }, () => read(text, format));
      const slowest = readings[0]!.steps.map((_, step) =>
        Math.min(...readings.map(({ steps }) => steps[step]!)),
      );
      expect(Math.min(...readings.map(({ firstMs }) => firstMs))).toBeLessThan(100);
      expect(slowest.reduce((one, other) => Math.max(one, other), 0)).toBeLessThan(50);
      perCharacter.push(Math.min(...readings.map(({ totalMs }) => totalMs)) / length);
    }
    expect(perCharacter[2]).toBeLessThan(perCharacter[0]! * 2);

    const text = longNote(5_000_000);
    const heapBefore = process.memoryUsage().heapUsed;
    let most = 0;
    let count = 0;
    for (const _segment of speakable({ text, format })) {
      count += 1;
      if (count % 1_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
    }
    // What is read is not kept; the rest is what waits for the garbage collector.
    expect(most - heapBefore).toBeLessThan(150_000_000);
  },
);

test.each(silentTexts(5_000_000))('5 MB that say nothing: $name', ({ source, options }) => {
  const readings = Array.from({ length: RUNS }, () => {
    const steps: number[] = [];
    let last = performance.now();
    for (const _step of speakableSteps(source, options)) {
      const now = performance.now();
      steps.push(now - last);
      last = now;
    }
    return [...steps, performance.now() - last];
  });
  const slowest = readings[0]!.map((_, step) => Math.min(...readings.map((steps) => steps[step]!)));
  expect(slowest.reduce((one, other) => Math.max(one, other), 0)).toBeLessThan(50);
});
