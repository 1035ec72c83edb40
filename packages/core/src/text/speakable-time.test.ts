import { describe, expect, test } from 'vitest';
import { speakable, speakableSteps } from './speakable.ts';
import type { SpeakableOptions } from './speakable-options.ts';
import type { TextFormat } from './spoken-segment.ts';
import { longNote } from './testing/long-note.ts';
import { silentTexts } from './testing/silent-texts.ts';

const MANY = 10_000;

/** Of the processor's time, so that other programs do not count; most take some ten milliseconds. */
const SOON_MS = 1_000;

type Reading = { readonly cpuMs: number; readonly longest: number; readonly spoken: number };

function read(
  text: string,
  options: SpeakableOptions = {},
  format: TextFormat = 'markdown',
): Reading {
  const start = process.cpuUsage();
  let longest = 0;
  let spoken = 0;
  for (const segment of speakable({ text, format }, options)) {
    longest = Math.max(longest, segment.spoken.text.length);
    spoken += segment.spoken.text.length;
  }
  const { user, system } = process.cpuUsage(start);
  return { cpuMs: (user + system) / 1_000, longest, spoken };
}

describe('texts made to hurt', () => {
  test.each<[name: string, text: string]>([
    ['open links', '[a]('.repeat(MANY)],
    ['open links in paragraphs', `${'[a]('.repeat(300)}\n\n`.repeat(10)],
    ['emphasis', '_*'.repeat(MANY)],
    ['emphasis in paragraphs', `${'_*a'.repeat(450)}\n\n`.repeat(20)],
    ['embeds', '![['.repeat(MANY)],
    ['dollars', '$'.repeat(MANY)],
    ['formulas', `${'$a '.repeat(900)}\n\n`.repeat(20)],
    ['highlights', '==a'.repeat(MANY)],
    ['percent signs', '%% a\n\n'.repeat(MANY)],
    ['quotes in quotes', `${'>'.repeat(MANY)} x`],
    ['quotes in quotes, in lines', `${'> '.repeat(100)}x\n\n`.repeat(100)],
    ['lists in lists', `${'- '.repeat(MANY)}x`],
    ['backticks', '` '.repeat(MANY)],
    [
      'backticks of all lengths',
      Array.from({ length: 140 }, (_, length) => '`'.repeat(length)).join(' '),
    ],
    ['tags', '<a '.repeat(MANY)],
    ['tags in paragraphs', `x ${'<a b '.repeat(900)}\n\n`.repeat(10)],
    ['scripts', '<script'.repeat(MANY)],
    ['HTML', `<div>${'<a &'.repeat(MANY)}`],
    ['comments', `x${' <!-- '.repeat(MANY)}`],
    ['definitions', '[a]: b "\n'.repeat(MANY)],
    ['footnotes', '[^a]: '.repeat(MANY)],
    ['addresses', `http://a.example/${')'.repeat(9_000)}`],
    ['bars', `${'|'.repeat(MANY)}\n${'|-'.repeat(MANY)}`],
    ['brackets', '('.repeat(4 * MANY)],
    ['front matter', `---\n${'a: b\n'.repeat(MANY)}`],
  ])('%s', (_name, text) => {
    const { cpuMs, longest } = read(text);
    expect(cpuMs).toBeLessThan(SOON_MS);
    expect(longest).toBeLessThanOrEqual(10_000);
  });
});

/** A hundred characters. */
const LINE = `${'words '.repeat(16)}end\n`;

describe('long texts', () => {
  test.each<[name: string, text: string, least: number, format?: TextFormat]>([
    ['one line without a space', 'x'.repeat(40_000), 40_000],
    ['one Chinese line without a space', '字'.repeat(40_000), 40_000],
    ['one plain line', '字'.repeat(40_000), 40_000, 'plain'],
    ['a line of sentences', 'A sentence of words. '.repeat(4_000), 83_000],
    ['lines without an end', 'Wrapped at the words of a sentence.\n'.repeat(4_000), 143_000],
    ['a quoted line', `> ${'words '.repeat(20_000)}`, 119_000],
    ['a line of combining marks', `e${'\u0301'.repeat(20_000)}`, 1],
    ['a list', `- ${LINE}`.repeat(800), 79_000],
    ['a table', `| a | b |\n|---|---|\n${`| c | ${LINE.trim()} |\n`.repeat(800)}`, 79_000],
    ['a quote', `> ${LINE}>\n`.repeat(800), 79_000],
    ['an item with items', `- a\n${`  - ${LINE}`.repeat(800)}`, 79_000],
  ])('%s is cut, and nothing is lost', (_name, text, least, format) => {
    const { longest, spoken } = read(text, {}, format);
    expect(longest).toBeLessThanOrEqual(10_000);
    expect(spoken).toBeGreaterThanOrEqual(least);
  });

  test('a long block goes on behind its end', () => {
    for (const block of [
      `\`\`\`js\n${LINE.repeat(800)}\`\`\``,
      `<!--\n${LINE.repeat(800)}-->`,
      LINE.repeat(800),
      `| a | b |\n|---|---|\n${`| c | ${LINE.trim()} |\n`.repeat(800)}`,
      `    ${LINE}`.repeat(800),
      `> ${LINE}`.repeat(800),
      `> [!note] T\n${`> ${LINE}>\n`.repeat(300)}`,
      `1. a\n${`   ${LINE}\n`.repeat(300)}`,
    ]) {
      const last = [...speakable({ text: `${block}\n\n# End`, format: 'markdown' })].at(-1);
      expect(last).toMatchObject({ kind: 'heading', spoken: { text: 'End' } });
    }
  });

  test('what a long block is, is said once', () => {
    const quote = `> [!note] Title\n${`> ${LINE}>\n`.repeat(400)}`;
    const kinds = Array.from(speakable({ text: quote, format: 'markdown' }), ({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['callout']));
    const item = Array.from(
      speakable({ text: `7. first\n\n${`   ${LINE}\n`.repeat(400)}`, format: 'markdown' }),
      ({ spoken }) => spoken.text,
    );
    expect(item.filter((text) => text !== LINE.trim())).toEqual(['7. first']);
    const table = `| a | b |\n|---|---|\n${`| c | ${LINE.trim()} |\n`.repeat(1_000)}`;
    const [announced, ...others] = speakable(
      { text: table, format: 'markdown' },
      { policies: { table: 'announce' } },
    );
    expect(announced?.spoken.text).toBe('Table, 2 columns, 1000 rows.');
    expect(others).toEqual([]);
    const [code] = speakable({
      text: `~~~py\n${'a = 1\n'.repeat(30_000)}~~~\n`,
      format: 'markdown',
    });
    expect(code?.spoken.text).toBe('Code block, Python, 30000 lines.');
  });

  test('time grows with the length, and the first segment of 5 MB is there at once', () => {
    const small = Math.min(...[1, 2, 3].map(() => read(longNote(20_000)).cpuMs));
    // Ten times the length; a square would take a hundred times.
    expect(read(longNote(200_000)).cpuMs).toBeLessThan(30 * small + 50);

    const text = longNote(5_000_000);
    const firsts = Array.from({ length: 3 }, () => {
      const start = performance.now();
      speakable({ text, format: 'markdown' })[Symbol.iterator]().next();
      return performance.now() - start;
    });
    expect(Math.min(...firsts)).toBeLessThan(100);
  });
});

test.each(silentTexts(200_000))('steps: $name', ({ source, options }) => {
  const steps = [...speakableSteps(source, options)];
  const silent = steps.filter((step) => step === undefined).length;
  // Each is 16 kB or, of what is searched at once, several times as much.
  expect(silent).toBeGreaterThanOrEqual(source.text.length / 60_000);
  expect(steps.length - silent).toBeLessThanOrEqual(1);
});
