import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { readCode } from './code/read-code.ts';
import { markdownSegments } from './markdown/markdown-segments.ts';
import { speakable } from './speakable.ts';
import type { SpeakableOptions } from './speakable-options.ts';
import type { SpokenSegment, SpokenStep, TextFormat } from './spoken-segment.ts';
import { brokenNote, note } from './testing/notes.ts';

const runs = { numRuns: 60 };

function segments(
  text: string,
  options: SpeakableOptions = {},
  format: TextFormat = 'markdown',
): SpokenSegment[] {
  return [...speakable({ text, format }, options)];
}

function plainly(steps: Iterable<SpokenStep>) {
  return [...steps]
    .filter((step) => step !== undefined)
    .map(({ spoken, ...segment }) => ({ ...segment, text: spoken.text, runs: spoken.runs }));
}

/** Every spoken character comes from where the map says, and that lies in the segment. */
function expectExact(text: string, found: readonly SpokenSegment[]): void {
  for (const { spoken, range, block } of found) {
    expect(block).toBeLessThanOrEqual(range.start);
    expect(range.end).toBeLessThanOrEqual(text.length);
    expect(spoken.runs.map((run) => run.spoken.end)).toEqual([
      ...spoken.runs.slice(1).map((run) => run.spoken.start),
      spoken.text.length,
    ]);
    // Both halves of a rewrite that is cut by another come from all of it: only then two places overlap.
    const starts = spoken.runs.map((run) => run.source.start);
    const ends = spoken.runs.map((run) => run.source.end);
    expect(starts).toEqual(starts.toSorted((one, other) => one - other));
    expect(ends).toEqual(ends.toSorted((one, other) => one - other));
    expect(starts[0]).toBeGreaterThanOrEqual(range.start);
    expect(ends.at(-1)).toBeLessThanOrEqual(range.end);
    const verbatim = spoken.runs.filter((run) => run.verbatim);
    expect(verbatim.map((run) => text.slice(run.source.start, run.source.end))).toEqual(
      verbatim.map((run) => spoken.text.slice(run.spoken.start, run.spoken.end)),
    );
  }
}

describe('properties', () => {
  test('every spoken character comes from where the map says, in good notes and in broken ones', () => {
    fc.assert(
      fc.property(fc.oneof(note(), brokenNote()), (text) => {
        expectExact(text, segments(text));
      }),
      runs,
    );
  });

  test('read in pieces of any size, a note gives what it gives in one', () => {
    fc.assert(
      fc.property(
        fc.oneof(note(), brokenNote()),
        fc.integer({ min: 1, max: 400 }),
        (text, length) => {
          const source = { text, format: 'markdown' } as const;
          const whole = plainly(markdownSegments(source, {}, text.length + 1));
          expect(plainly(markdownSegments(source, {}, length))).toEqual(whole);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('what a block begins with stays with its first text, in pieces of any size', () => {
    const policies = { footnote: 'announce' } as const;
    for (const text of [
      'x\n\n[^1]:\n    y\n    z\n\n',
      'x\n\n7.\n   y\n   z\n\n',
      '> > y\n> z\n',
    ]) {
      const source = { text, format: 'markdown' } as const;
      const whole = plainly(markdownSegments(source, { policies }, text.length + 1));
      expect(plainly(markdownSegments(source, { policies }, 1))).toEqual(whole);
    }
  });

  test.each(['markdown', 'plain'] as const)(
    'begun at any block, %s gives the rest of the whole',
    (format) => {
      fc.assert(
        fc.property(fc.oneof(note(), brokenNote()), (text) => {
          const whole = segments(text, {}, format);
          for (const from of new Set(whole.map(({ block }) => block))) {
            const rest = whole.filter(({ block }) => block >= from);
            expect(plainly(segments(text, { from }, format))).toEqual(plainly(rest));
          }
        }),
        runs,
      );
    },
  );
});

test('code is read by the reader that is handed in, and refused without it', () => {
  const code = { text: 'a = b # why', format: 'code', codeLanguage: 'python' } as const;
  const note = { text: '```py\na = b # why\n```', format: 'markdown' } as const;
  const policies = { codeBlock: 'read' } as const;
  for (const found of [speakable(code, { readCode }), speakable(note, { policies, readCode })]) {
    expect(Array.from(found, ({ spoken }) => spoken.text)).toEqual(['a equals b', 'why']);
  }
  expect(() => speakable(code)).toThrow(/readCode/);
  expect(() => speakable(note, { policies })).toThrow(ValidationError);
});

test('an offset outside of the text is refused', () => {
  expect(() => speakable({ text: 'abc', format: 'plain' }, { from: 4 })).toThrow(ValidationError);
});
