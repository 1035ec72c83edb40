import { expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import { toTools } from './demo-tools.ts';

const t = createTranslate('en');
const run = (name: string, given: object) =>
  toTools([name], t)[0]?.run?.(given, context) as { rolls: number[]; iso: string };
const context = { signal: new AbortController().signal, callId: 'c' };

test('dice show what dice can show', () => {
  expect(toTools(['dice', 'dice'], t)).toHaveLength(1);
  for (let count = 1; count <= 20; count += 1) {
    const { rolls } = run('dice', { sides: 3, count });
    expect(rolls).toHaveLength(count);
    expect(rolls.every((roll) => roll >= 1 && roll <= 3 && Number.isInteger(roll))).toBe(true);
  }
  expect(run('dice', {}).rolls).toHaveLength(1);
});

test.each([{ sides: 1 }, { sides: 2.5 }, { count: 0 }, { count: 1e9 }])(
  '%j is refused with what is allowed',
  (given) => {
    expect(() => run('dice', given)).toThrow(/must be a whole number from/);
  },
);

test('the time is now', () => {
  const { iso } = run('time', {});
  expect(Math.abs(Date.parse(iso) - Date.now())).toBeLessThan(1000);
});

test.each(['weather', 'constructor', ''])('%j is no tool', (name) => {
  expect(() => toTools([name], t)).toThrow(/time, dice/);
});
