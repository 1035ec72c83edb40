import { expect, test } from 'vitest';
import {
  BookBench,
  digestsOf,
  leftBehind,
  renderInChild,
  storedAgain,
  storedSpeech,
} from './narration-book.ts';

/** Characters of the answers that may have been on their way when a process was killed, or were not stored yet. */
const IN_FLIGHT = 2 * 1000;

/** LAME would take ten minutes for ten hours, so MP3 is two. */
test.each([
  { format: 'wav', sampleRate: 24_000, characters: 500_000, kills: 5 },
  { format: 'mp3', sampleRate: 24_000, characters: 100_000, kills: 3 },
] as const)(
  '$format of $characters characters at $sampleRate Hz, killed $kills times, becomes the same in flat memory',
  async ({ kills, ...book }) => {
    await using bench = await BookBench.create();
    const { asked } = bench.service;
    const charactersAsked = () => asked.reduce((sum, text) => sum + text.length, 0);
    const whole = bench.task('whole', book);
    const uninterrupted = (await renderInChild(whole))!;
    const needed = charactersAsked();
    expect(uninterrupted.seconds / 3600).toBeGreaterThan(book.characters / 50_000);
    const grown = uninterrupted.grownMegabytes;
    expect(Math.max(...grown)).toBeLessThan(150);
    // What is still to come after the third hour of ten is what the collector of garbage takes its time with.
    expect(Math.max(...grown) - Math.max(...grown.slice(0, 3))).toBeLessThan(40);

    const killed = bench.task('killed', book);
    // A sign of progress is a sentence of about 70 characters.
    const most = book.characters / 70 / kills;
    for (let run = 0; run < kills; run += 1) {
      const killAfter = 10 + Math.floor(Math.random() * most);
      const stored = run === 0 ? new Map<string, string>() : storedSpeech(killed);
      expect(await renderInChild(killed, killAfter)).toBeUndefined();
      expect(leftBehind(killed)).toHaveLength(2);
      expect(storedAgain(stored)).toEqual([]);
    }
    const stored = storedSpeech(killed);
    const resumed = (await renderInChild(killed))!;
    expect(resumed.resumed).toBe(true);
    expect(Math.max(...resumed.grownMegabytes)).toBeLessThan(150);
    expect(leftBehind(killed)).toEqual([]);
    expect(storedAgain(stored)).toEqual([]);
    expect(charactersAsked()).toBeLessThanOrEqual(2 * needed + kills * IN_FLIGHT);
    expect(await digestsOf(killed)).toEqual(await digestsOf(whole));
  },
);
