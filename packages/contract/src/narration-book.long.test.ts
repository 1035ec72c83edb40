import { expect, test } from 'vitest';
import { BookBench, digestsOf, leftBehind, paidTwice, renderInChild } from './narration-book.ts';

test.each([
  ['wav', 500_000, 6],
  ['mp3', 100_000, 4],
] as const)(
  '%s of %d characters, killed %d times, becomes the same in flat memory',
  async (format, characters, kills) => {
    await using bench = await BookBench.create();
    const whole = bench.task('whole', characters, format);
    const uninterrupted = (await renderInChild(whole))!;
    expect(uninterrupted.seconds / 3600).toBeGreaterThan(characters / 50_000);
    expect(uninterrupted.grownMegabytes).toBeLessThan(150);

    const killed = bench.task('killed', characters, format);
    // A sign of progress is a sentence of about 70 characters.
    const most = characters / 70 / kills;
    for (let run = 0; run < kills; run += 1) {
      const killAfter = 1 + Math.floor(Math.random() * most);
      expect(await renderInChild(killed, killAfter)).toBeUndefined();
      expect(leftBehind(killed)).not.toEqual([]);
    }
    const resumed = (await renderInChild(killed))!;
    expect(resumed.resumed).toBe(true);
    expect(resumed.grownMegabytes).toBeLessThan(150);
    expect(leftBehind(killed)).toEqual([]);
    expect(await digestsOf(killed)).toEqual(await digestsOf(whole));
    expect(paidTwice(killed)).toEqual([]);
  },
);
