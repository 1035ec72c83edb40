import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { formatTable } from './table.ts';

test('columns line up where the terminal draws them', () => {
  const lines = formatTable([
    ['id', 'name', 'end'],
    ['a', '邻家姐姐', 'x'],
    ['bcd', '\u001B[1mbold\u001B[22m', 'y'],
    ['e', 'e\u0301té 👩‍👩‍👧', 'z'],
  ]).split('\n');

  const columns = lines.map((line) => stringWidth(line.slice(0, -1)));
  expect(lines.map((line) => line.at(-1))).toEqual(['d', 'x', 'y', 'z']);
  expect(columns.slice(1)).toEqual([15, 15, 15]);
});

test('ends no line with spaces', () => {
  expect(
    formatTable([
      ['long cell', 'x'],
      ['a', ''],
    ]),
  ).toBe('long cell  x\na');
});
