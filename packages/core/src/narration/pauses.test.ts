import { expect, test } from 'vitest';
import type { SpokenSegment } from '../text/spoken-segment.ts';
import { DEFAULT_PAUSES, pauseBetween, toPauses } from './pauses.ts';

const at = (start: number, end: number, more: Partial<SpokenSegment> = {}) => ({
  kind: 'paragraph' as const,
  speaker: undefined,
  block: 0,
  range: { start, end },
  ...more,
});

test.each([
  ['two paragraphs', at(0, 9), at(11, 20, { block: 11 }), 500],
  ['a heading and its text', at(0, 9, { kind: 'heading' }), at(11, 20, { block: 11 }), 800],
  ['text and a heading', at(0, 9), at(11, 20, { kind: 'heading', block: 11 }), 800],
  ['items', at(0, 9, { kind: 'list-item' }), at(9, 20, { kind: 'list-item' }), 300],
  ['an item and a paragraph', at(0, 9, { kind: 'list-item' }), at(9, 20, { block: 9 }), 500],
  ['speakers inside a paragraph', at(0, 9), at(9, 20, { speaker: 'Anna' }), 250],
  ['speakers of two paragraphs', at(0, 9), at(11, 20, { speaker: 'Anna', block: 11 }), 500],
])('between %s', (_, before, after, expected) => {
  expect(pauseBetween(before, after, DEFAULT_PAUSES)).toBe(expected);
});

test('a pause that is none is refused', () => {
  expect(toPauses({ speakerMs: 0 })).toEqual({ ...DEFAULT_PAUSES, speakerMs: 0 });
  for (const paragraphMs of [-1, Number.NaN, Infinity]) {
    expect(() => toPauses({ paragraphMs })).toThrow('pauses.paragraphMs must be');
  }
});
