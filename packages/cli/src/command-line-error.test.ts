import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { explainCommandLineError } from './command-line-error.ts';
import { createTranslate } from './language/translate.ts';
import { createProgram } from './program.ts';
import type { CommandContext } from './command-context.ts';

function explain(args: string[], language: 'en' | 'zh' = 'en') {
  const t = createTranslate(language);
  const terminal = { stdout: process.stdout, stderr: process.stderr, env: {}, platform: 'linux' };
  const context = { terminal, t, signal: new AbortController().signal };
  const program = createProgram(context as unknown as CommandContext, () => {});
  return program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (error: unknown) => {
      const explanation = explainCommandLineError(error, args, t);
      return explanation && `${explanation.message} ${explanation.advice.join(' ')}`;
    },
  );
}

test.each([
  [['say', 'x', '--outt', 'y'], /no option --outt.*--out\?.*stepvoice say --help/],
  [['sy', 'x'], /no command.*say\?.*stepvoice --help/],
  [['say', '--voice'], /--voice <id> needs a value/],
  [['voices', 'x'], /more arguments/],
  [['say', '-5 degrees'], /cannot look like that.*Put -- before/],
  [['config', '--key=sk-secret'], /no option --key.*never taken from the command line/],
  [['config', '--api-key', 'sk-secret'], /no option --api-key.*never taken/],
  [['config', 'sk-secret'], /more arguments.*never taken/],
])('%j', async (args, expected) => {
  const text = await explain(args);
  expect(text).toMatch(expected);
  expect(text).not.toContain('sk-secret');
  expect(text).not.toContain('degrees" degrees');
  expect(await explain(args, 'zh')).toMatch(/\p{Script=Han}/u);
});

test('other errors are not its business', () => {
  const t = createTranslate('en');
  expect(explainCommandLineError(new Error('x'), [], t)).toBeUndefined();
  expect(explainCommandLineError(new CommanderError(1, 'commander.new', 'x'), [], t)).toMatchObject(
    {
      exitCode: 2,
    },
  );
});
