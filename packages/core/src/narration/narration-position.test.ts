import { describe, expect, test } from 'vitest';
import {
  findSourceOffset,
  placeAtSource,
  toSavedPosition,
  toSpokenPlace,
} from './narration-position.ts';
import { NarrationPlan } from './plan.ts';

const TEXT = 'The first sentence. The second one is a little longer. And the third.';
const OFFSET = TEXT.indexOf('second');
const SAVED = toSavedPosition(planOf(TEXT), { utterance: 1, offset: 4 });

function planOf(text: string): NarrationPlan {
  return new NarrationPlan({ text, format: 'plain' });
}

test('a place is saved with the words around it, as plain data', () => {
  expect(SAVED.sourceOffset).toBe(OFFSET);
  expect(SAVED.context?.before.endsWith('The ')).toBe(true);
  expect(SAVED.context?.after.startsWith('second one')).toBe(true);
  expect(JSON.parse(JSON.stringify(SAVED))).toEqual(SAVED);
});

describe('found again', () => {
  test.each([
    ['in the same text', TEXT, OFFSET],
    ['behind an insertion', `Something new. ${TEXT}`, OFFSET + 15],
    ['behind a removal', TEXT.slice(10), OFFSET - 10],
    ['with other words behind it', TEXT.replace('longer', 'shorter'), OFFSET],
    ['with other words before it', TEXT.replace('The second', 'A second'), OFFSET - 2],
    ['next to where it was, of two of the same', `${TEXT}\n\n${TEXT}\n\nThe end.`, OFFSET],
    ['with nothing but the words before it', TEXT.replace(/second.*/, 'x'), OFFSET],
    ['in another text, as far as it goes', 'Short.', 6],
  ])('%s', (_, text, expected) => {
    expect(findSourceOffset(text, SAVED)).toBe(expected);
  });
});

test.each([
  [-5, 0],
  [1e9, 5],
  [2.7, 2],
])('an offset of %d is kept inside the text', (sourceOffset, expected) => {
  expect(findSourceOffset('Hello', { sourceOffset })).toBe(expected);
});

test('places of the source that are not spoken lead to what is spoken next, and behind all to the end', () => {
  const plan = planOf(`\n\n  ${TEXT}   `);
  expect(placeAtSource(plan, 0)).toEqual({ utterance: 0, offset: 0 });
  expect(placeAtSource(plan, 4 + OFFSET)).toEqual({ utterance: 1, offset: 4 });
  expect(placeAtSource(plan, 4 + TEXT.length + 3)).toEqual({ utterance: 3, offset: 0 });
  expect(placeAtSource(planOf(''), 0)).toEqual({ utterance: 0, offset: 0 });
  expect(toSpokenPlace(plan, { utterance: 99 })).toEqual({ utterance: 3, offset: 0 });
  expect(toSpokenPlace(plan, { utterance: 1, offset: 1000 }).offset).toBeLessThan(60);
  expect(toSavedPosition(plan, { utterance: 3, offset: 0 }).sourceOffset).toBe(TEXT.length + 7);
});
