import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCode } from '../text/code/read-code.ts';
import type { TextFormat } from '../text/spoken-segment.ts';
import { NarrationPlan } from './plan.ts';
import type { PlanOptions, SourceChange } from './plan.ts';
import type { Utterance } from './utterance.ts';

function planOf(text: string, options: PlanOptions = {}, format: TextFormat = 'markdown') {
  return new NarrationPlan({ text, format }, { text: { announcements: 'en' }, ...options });
}

function allOf(plan: NarrationPlan): Utterance[] {
  while (plan.step());
  return Array.from({ length: plan.length }, (_, index) => plan.utteranceAt(index)!);
}

const textsOf = (plan: NarrationPlan) => allOf(plan).map(({ spoken }) => spoken.text);

/** All that must be the same, however a plan came about. */
const seen = ({ spoken, range, ...rest }: Utterance) => ({
  ...rest,
  range,
  text: spoken.text,
  source: spoken.sourceRange,
});

describe('what is read', () => {
  test('sentences, in order, with their places', () => {
    const text = '# A title\n\nMr. Li said it. He *meant* it!\n\n今天很冷。真的很冷。\n';
    const plan = planOf(text);
    const utterances = allOf(plan);
    expect(utterances.map(({ spoken }) => spoken.text)).toEqual([
      'A title',
      'Mr. Li said it.',
      'He meant it!',
      '今天很冷。',
      '真的很冷。',
    ]);
    for (const { spoken, range } of utterances.filter(({ index }) => index !== 2)) {
      expect(text.slice(range.start, range.end)).toBe(spoken.text);
    }
    expect(text.slice(utterances[2]!.range.start, utterances[2]!.range.end)).toBe('He *meant* it!');
    expect(utterances.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(utterances.map(({ segment }) => segment)).toEqual([0, 1, 1, 2, 2]);
    expect(utterances.map(({ kind }) => kind)).toEqual([
      'heading',
      'paragraph',
      'paragraph',
      'paragraph',
      'paragraph',
    ]);
  });

  test('pauses, by what lies on both sides', () => {
    const text = 'One. Two.\n\n## Head\n\n- a b\n- c d\n\nEnd.';
    const pauses = allOf(planOf(text)).map(({ pauseAfterMs }) => pauseAfterMs);
    expect(pauses).toEqual([0, 800, 800, 300, 500, 0]);
    const own = { pauses: { sentenceMs: 50, headingMs: 10, paragraphMs: 20, listItemMs: 30 } };
    expect(allOf(planOf(text, own)).map(({ pauseAfterMs }) => pauseAfterMs)).toEqual([
      50, 10, 10, 30, 20, 0,
    ]);
    expect(() => planOf('', { pauses: { headingMs: -1 } })).toThrow('pauses.headingMs');
    expect(() => planOf('', { pauses: { headingMs: Number.NaN } })).toThrow('pauses.headingMs');
  });

  test('what nobody can say is read with its neighbour, and found there', () => {
    const text = 'Good. 👍 …\n\n🎉🎉🎉\n\nNext!\n\n***\n\n!!!';
    const plan = planOf(text);
    const texts = textsOf(plan);
    expect(texts).toHaveLength(2);
    expect(texts[0]).toMatch(/^Good\./u);
    expect(texts[1]).toBe('Next!');
    expect(plan.utteranceAtSource(text.indexOf('🎉'))?.index).toBe(1);
    expect(plan.utteranceAtSource(text.indexOf('!!!'))?.index).toBe(1);
    expect(planOf('🎉 !!!').utteranceAtSource(0)).toBeUndefined();
    expect(planOf('').utteranceAt(0)).toBeUndefined();
  });

  test('the utterance at a place of the source', () => {
    const text = '# One\n\nTwo *three*. Four.\n\n```js\nlet x;\n```\n\nFive.';
    const plan = planOf(text, { text: { policies: { codeBlock: 'skip' } } });
    const at = (words: string) => plan.utteranceAtSource(text.indexOf(words))?.spoken.text;
    expect(at('three')).toBe('Two three.');
    expect(at('Four')).toBe('Four.');
    expect(at('#')).toBe('One');
    expect(at('let')).toBe('Five.');
    expect(plan.utteranceAtSource(text.length + 5)?.spoken.text).toBe('Five.');
    expect(plan.utteranceAtSource(-1)?.spoken.text).toBe('One');
  });

  test('headings: where they begin, what stands under them', () => {
    const text =
      'Before.\n\n# Über *uns*\n\nText. More.\n\n## Part two. With two sentences!\n\nLast.';
    const plan = planOf(text);
    expect(allOf(plan).map(({ heading }) => heading)).toEqual([undefined, 1, 1, 1, 4, 4, 4]);
    expect(plan.headings()).toEqual([
      { utterance: 1, level: 1, text: 'Über uns', range: { start: 9, end: 21 } },
      {
        utterance: 4,
        level: 2,
        text: 'Part two. With two sentences!',
        range: { start: text.indexOf('##'), end: text.indexOf('\n\nLast') },
      },
    ]);
    expect(plan.findHeading('über  UNS')?.utterance).toBe(1);
    expect(plan.findHeading('part two')?.utterance).toBe(4);
    expect(plan.findHeading('nothing')).toBeUndefined();
    expect(plan.findHeading(' ')).toBeUndefined();
  });

  test('no more is planned than is asked for', () => {
    const plan = planOf(`First one.\n\n${'Some text, and more of it.\n\n'.repeat(500)}`);
    expect(plan.length).toBe(0);
    expect(plan.utteranceAt(0)?.spoken.text).toBe('First one.');
    expect(plan.length).toBeLessThan(5);
    expect(plan.isWhole).toBe(false);
    expect(plan.utteranceAt(500)?.index).toBe(500);
    expect(plan.utteranceAt(501)).toBeUndefined();
    expect(plan.isWhole).toBe(true);
    expect(plan.utteranceAt(-1)).toBeUndefined();
    expect(plan.utteranceAt(Number.NaN)).toBeUndefined();
  });
});

describe('edits', () => {
  const text = '# Title\n\nOne. Two. Three.\n\nFour. Five.\n\nSix.';

  function edited(change: SourceChange, whole = true) {
    const plan = planOf(text);
    if (whole) while (plan.step());
    return { plan, edit: plan.edit(change) };
  }

  test('of one sentence: that sentence', () => {
    const start = text.indexOf('Two');
    const { plan, edit } = edited({ start, end: start + 3, insert: 'Second' });
    expect(edit).toEqual({ firstChanged: 2, removed: 1, added: 1, shift: 3 });
    expect(textsOf(plan)).toEqual(['Title', 'One.', 'Second.', 'Three.', 'Four.', 'Five.', 'Six.']);
    expect(plan.utteranceAt(6)?.range).toEqual({ start: text.length - 1, end: text.length + 3 });
  });

  test('a new paragraph, a removed one', () => {
    const start = text.indexOf('Four');
    const added = edited({ start, end: start, insert: 'New. Newer.\n\n' });
    expect(added.edit).toEqual({ firstChanged: 4, removed: 0, added: 2, shift: 13 });
    const removed = edited({ start: start - 2, end: text.indexOf('Six') - 2, insert: '' });
    expect(removed.edit).toEqual({ firstChanged: 4, removed: 2, added: 0, shift: -13 });
    expect(textsOf(removed.plan)).toEqual(['Title', 'One.', 'Two.', 'Three.', 'Six.']);
  });

  test('that change nothing that is spoken', () => {
    const at = text.indexOf('Six');
    expect(edited({ start: at, end: at, insert: '\n\n' }).edit).toEqual({
      firstChanged: 6,
      removed: 0,
      added: 0,
      shift: 2,
    });
    const plan = planOf(text);
    expect(plan.edit({ start: 0, end: 0, insert: '' })).toMatchObject({ removed: 0, added: 0 });
  });

  test('that turn all the rest into something else are planned on as they are asked for', () => {
    const plan = planOf('Before.\n\nMiddle.\n\n'.concat('Some text.\n\n'.repeat(600)));
    while (plan.step());
    const edit = plan.edit({ start: 9, end: 9, insert: '> quoted\n> ' });
    expect(edit).toMatchObject({ firstChanged: 1, removed: 1 });
    const fence = plan.edit({ start: 9, end: 9, insert: '```\n' });
    expect(fence.firstChanged).toBe(1);
    expect(fence.removed).toBeGreaterThan(590);
    expect(textsOf(plan)).toHaveLength(2);
    const open = plan.edit({ start: 9, end: 13, insert: '' });
    expect(open.added).toBeLessThan(200);
    expect(plan.isWhole).toBe(false);
    expect(textsOf(plan).length).toBeGreaterThan(600);
  });

  test('out of the source are refused', () => {
    for (const [start, end] of [
      [-1, 0],
      [0, text.length + 1],
      [3, 2],
      [0.5, 1],
      [Number.NaN, 1],
    ]) {
      expect(() => planOf(text).edit({ start: start!, end: end!, insert: '' })).toThrow(
        'does not lie in the source',
      );
    }
  });

  const piece = fc.constantFrom(
    'Word. ',
    'Two words, and more! ',
    '今天。',
    '\n',
    '\n\n',
    '# ',
    '## Head\n\n',
    '- item\n',
    '1. one\n',
    '> quote\n',
    '```\n',
    '    ',
    '*',
    '**bold** ',
    '`code` ',
    '---\n',
    '===\n',
    '|a|b|\n|-|-|\n',
    '🎉',
    '…',
    ' ',
    '<div>\n',
    '</div>\n',
    '<!-- ',
    ' -->',
    'Anna: hi.\n\n',
    '$$\n',
    'x',
    '\\',
    '(in brackets) ',
    '\t',
  );
  const note = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  const change = fc.record({
    at: fc.nat(),
    length: fc.nat(12),
    insert: fc.array(piece, { maxLength: 3 }),
  });

  test.each(['markdown', 'plain', 'code'] as const)(
    'any: the plan is that of the new text (%s)',
    (format) => {
      fc.assert(
        fc.property(
          note,
          fc.array(change, { minLength: 1, maxLength: 4 }),
          fc.nat(20),
          (source, changes, steps) => {
            const options = { text: { announcements: 'en', cast: ['Anna'], readCode } } as const;
            const plan = planOf(source, options, format);
            for (let step = 0; step < steps; step += 1) plan.step();
            for (const { at, length, insert } of changes) {
              const { text: now } = plan.source;
              const start = at % (now.length + 1);
              const end = Math.min(now.length, start + length);
              const before = Array.from({ length: plan.length }, (_, index) =>
                plan.utteranceAt(index)!,
              );
              const edit = plan.edit({ start, end, insert: insert.join('') });
              expectKept(before, plan, edit);
            }
            const fresh = planOf(plan.source.text, options, format);
            expect(allOf(plan).map(seen)).toEqual(allOf(fresh).map(seen));
          },
        ),
        { numRuns: 200 },
      );
    },
  );

  /** What is told of an edit holds for every utterance that was planned before. */
  function expectKept(
    before: readonly Utterance[],
    plan: NarrationPlan,
    { firstChanged, removed, added, shift }: ReturnType<NarrationPlan['edit']>,
  ): void {
    for (const { index, spoken, range, speaker } of before) {
      if (index >= firstChanged && index < firstChanged + removed) continue;
      const isBehind = index >= firstChanged;
      const now = plan.utteranceAt(isBehind ? index + added - removed : index)!;
      const moved = isBehind ? shift : 0;
      expect([now.spoken.text, now.speaker]).toEqual([spoken.text, speaker]);
      expect(now.range).toEqual({ start: range.start + moved, end: range.end + moved });
    }
  }
});

test('a large source is planned in small steps', () => {
  const paragraph =
    'This is a sentence of a *large* note, with a [link](https://example.org) in it. ';
  const plan = planOf(`# Head\n\n${`${paragraph.repeat(6)}\n\n`.repeat(400)}`);
  let longestMs = 0;
  for (let isMore = true; isMore;) {
    const begin = performance.now();
    isMore = plan.step();
    longestMs = Math.max(longestMs, performance.now() - begin);
  }
  expect(plan.length).toBe(2401);
  // Far below on a machine of its own; what is ruled out is planning much of it at once.
  expect(longestMs).toBeLessThan(250);
  const begin = performance.now();
  plan.edit({ start: 100_000, end: 100_003, insert: 'x' });
  expect(plan.utteranceAt(2300)?.index).toBe(2300);
  expect(performance.now() - begin).toBeLessThan(250);
});
