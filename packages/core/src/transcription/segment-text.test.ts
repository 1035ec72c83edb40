import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SegmentText } from './segment-text.ts';
import type { TextDelta } from './segment-text.ts';

const delta = (more: Partial<TextDelta>): TextDelta => ({
  eventId: undefined,
  text: '',
  stash: undefined,
  words: undefined,
  startMs: undefined,
  endMs: undefined,
  ...more,
});

describe('cumulative', () => {
  test('each replaces the one before, its tentative tail included', () => {
    const segment = new SegmentText('cumulative');
    segment.push(delta({ text: '我想', stash: '定' }));
    expect(segment.text).toBe('我想定');
    segment.push(delta({ text: '我想订一张', stash: '票' }));
    expect(segment.text).toBe('我想订一张票');
    segment.push(delta({ text: '' }));
    expect(segment.text).toBe('');
  });

  test.each([undefined, 'increment'] as const)(
    'is known by its fields, whatever %s says',
    (kind) => {
      const segment = new SegmentText(kind);
      segment.push(delta({ text: 'one', stash: '' }));
      segment.push(delta({ text: 'one two', stash: '' }));
      expect(segment.text).toBe('one two');
    },
  );

  test('of an unknown model, it is what begins with all that came', () => {
    const segment = new SegmentText(undefined);
    segment.push(delta({ text: 'one' }));
    segment.push(delta({ text: 'one two' }));
    expect(segment.text).toBe('one two');
    segment.push(delta({ text: 'won two' }));
    expect(segment.text).toBe('won two');
    const other = new SegmentText(undefined);
    for (const text of ['one', ' two', ' two', ' three']) other.push(delta({ text }));
    expect(other.text).toBe('one two two three');
  });
});

describe('increments', () => {
  const pieces = fc
    .array(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })
    .map((texts) =>
      texts.map((text, i) =>
        delta({ eventId: `e${i}`, text, startMs: i * 100, endMs: i * 100 + 90 }),
      ),
    );

  test('repeated and out of order they give the same text and words', () => {
    fc.assert(
      fc.property(
        pieces.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all, ...all], {
              minLength: 2 * all.length,
              maxLength: 2 * all.length,
            }),
          ),
        ),
        ([all, mixed]) => {
          const straight = new SegmentText('increment');
          const crooked = new SegmentText('increment');
          for (const one of all) straight.push(one);
          for (const one of mixed) crooked.push(one);
          expect(straight.text).toBe(all.map(({ text }) => text).join(''));
          expect(crooked.text).toBe(straight.text);
          expect(crooked.words).toEqual(straight.words);
        },
      ),
    );
  });

  test('without times they are joined as they come, and say nothing of words', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        const segment = new SegmentText('increment');
        for (const text of texts) segment.push(delta({ text }));
        expect(segment.text).toBe(texts.join(''));
        expect(segment.words).toBeUndefined();
      }),
    );
  });
});
