import { expect, test } from 'vitest';
import { characterColumns } from './text-width.ts';

test.each([
  ['a', 1],
  ['é', 1],
  ['—', 1],
  ['你', 2],
  ['，', 2],
  ['「', 2],
  ['～', 2],
  ['か', 2],
  ['한', 2],
  ['𠮷', 2],
  ['😀', 2],
  ['⌚', 2],
  ['©', 1],
  ['\u0301', 0],
  ['\u200b', 0],
  ['\ufe0f', 0],
])('%s takes %d', (character, columns) => {
  expect(characterColumns(character)).toBe(columns);
});
