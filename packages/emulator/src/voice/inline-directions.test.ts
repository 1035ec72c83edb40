import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeInlineDirections } from './inline-directions.ts';

test.each([
  ['你好', '你好', []],
  ['(happy)你好', '你好', [[0, 'happy']]],
  ['你好（轻声）世界', '你好世界', [[2, '轻声']]],
  ['a (b （c） d) e', 'a  e', [[2, 'b （c） d']]],
  [
    '(half）mixed（full)',
    'mixed',
    [
      [0, 'half'],
      [5, 'full'],
    ],
  ],
  ['()x', 'x', [[0, '']]],
  ['smile :) and (open', 'smile :) and (open', []],
  ['((a)b', '(b', [[1, 'a']]],
])('%j', (text, spoken, directions) => {
  const taken = takeInlineDirections(text);
  expect(taken.text).toBe(spoken);
  expect(taken.directions.map(({ at, words }) => [at, words])).toEqual(directions);
});

test('putting the directions back gives the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '(', ')', '界') }), (text) => {
      const taken = takeInlineDirections(text);
      let back = taken.text;
      for (const { at, words } of taken.directions.toReversed()) {
        back = `${back.slice(0, at)}(${words})${back.slice(at)}`;
      }
      expect(back).toBe(text);
      expect(takeInlineDirections(taken.text).directions).toEqual([]);
    }),
  );
});
