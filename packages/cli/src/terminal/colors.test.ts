import { expect, test } from 'vitest';
import { colorsFor, hasColors } from './colors.ts';

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { TERM: 'dumb' }, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [false, { CI: 'true' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('terminal %s with %j: %s', (isTTY, env, expected) => {
  expect(hasColors({ isTTY }, env)).toBe(expected);
  expect(colorsFor({ isTTY }, env).red('x')).toBe(expected ? '\u001B[31mx\u001B[39m' : 'x');
});
