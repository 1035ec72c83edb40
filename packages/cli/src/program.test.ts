import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { CommandContext } from './command-context.ts';
import { createTranslate } from './language/translate.ts';
import { createProgram } from './program.ts';

async function help(args: string[], language: 'en' | 'zh', columns = 80): Promise<string> {
  const terminal = { stdout: { isTTY: false, columns }, stderr: {}, env: {}, platform: 'linux' };
  const context = { terminal, t: createTranslate(language), signal: new AbortController().signal };
  let text = '';
  const program = createProgram(context as unknown as CommandContext, (part) => {
    text += part;
  });
  await program.parseAsync(args, { from: 'user' }).catch(() => {});
  return text;
}

describe.each([[[]], [['say']], [['voices']], [['serve']], [['config']], [['doctor']]])(
  '%j',
  (command) => {
    test('has help in both languages', async () => {
      const english = await help([...command, '--help'], 'en');
      const chinese = await help([...command, '--help'], 'zh');
      expect(english).toMatch(/^Usage: stepvoice/);
      expect(chinese).toMatch(/^用法： stepvoice/);
      expect(english).not.toMatch(/\p{Script=Han}/u);
      expect(chinese).not.toMatch(/Options:|Commands:|Arguments:|display help/);
    });

    test('fits into 80 columns', async () => {
      for (const language of ['en', 'zh'] as const) {
        for (const line of (await help([...command, '--help'], language)).split('\n')) {
          expect.soft(stringWidth(line), line).toBeLessThanOrEqual(80);
        }
      }
    });
  },
);

test('the demo is not offered, the version is', async () => {
  expect(await help(['--help'], 'en')).not.toContain('demo');
  expect(await help(['--version'], 'en')).toMatch(/^\d+\.\d+\.\d+\n$/);
});
