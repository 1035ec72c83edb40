import { expect, test } from 'vitest';
import type { CommandContext } from '../command-context.ts';
import { createTranslate } from '../language/translate.ts';
import { askConsent, toConsent } from './consent.ts';

const t = createTranslate('en');

test.each([
  ['Li Hua, in writing', 'Li Hua', 'in writing'],
  ['李华，书面同意', '李华', '书面同意'],
  ['me: own-voice', 'me', 'own-voice'],
  ['Ann, by mail, on 3 May: recorded', 'Ann', 'by mail, on 3 May: recorded'],
])('%s', (statement, by, how) => {
  expect(toConsent(statement, t)).toEqual({ by, how });
});

test.each(['', 'yes', 'Li Hua', 'Li Hua, ', ', in writing', ' ： '])(
  '%j says not enough',
  (statement) => {
    expect(() => toConsent(statement, t)).toThrow(/two parts/);
  },
);

test('without a terminal nobody can be asked', async () => {
  const context = { terminal: { stdin: { isTTY: false } }, t } as unknown as CommandContext;
  await expect(askConsent(undefined, context)).rejects.toThrow(/--consent/);
});
