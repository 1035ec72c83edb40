import { Interrupted } from './cli-error.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { watchInterruption } from './interruption.ts';
import { detectLanguage, languageOf } from './language/locale.ts';
import type { Language } from './language/locale.ts';
import { createTranslate } from './language/translate.ts';
import type { Translate } from './language/translate.ts';
import { createProgram } from './program.ts';
import { colorsFor } from './terminal/colors.ts';
import type { Terminal } from './terminal/terminal.ts';
import { print, writeTo } from './terminal/terminal.ts';

/** Runs a command line in this process, to the code it is to end with. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  const { stdin, stdout, stderr, env, platform } = process;
  const terminal: Terminal = { stdin, stdout, stderr, env, platform };
  const t = createTranslate(chooseLanguage(args, terminal));
  const interruption = watchInterruption(process);
  const { signal } = interruption;
  try {
    return await runProgram(args, { terminal, t, signal, interruption });
  } catch (error) {
    if (signal.aborted) return (signal.reason as Interrupted).exitCode;
    if (error instanceof Interrupted) return error.exitCode;
    return await report(error, args, terminal, t);
  } finally {
    interruption.dispose();
  }
}

async function runProgram(
  args: readonly string[],
  context: Parameters<typeof createProgram>[0],
): Promise<ExitCode> {
  const { terminal, t } = context;
  let help = '';
  const program = createProgram(context, (text) => {
    help += text;
  });
  if (args.length === 0) program.outputHelp();
  else {
    try {
      await program.parseAsync(args, { from: 'user' });
    } catch (error) {
      // Asking for help ends the parsing with an exception as well.
      if (help === '') throw error;
    }
  }
  if (help !== '') await print(terminal, help, t);
  return EXIT.ok;
}

async function report(
  error: unknown,
  args: readonly string[],
  terminal: Terminal,
  t: Translate,
): Promise<ExitCode> {
  const { explainCommandLineError } = await import('./command-line-error.ts');
  const { explainError } = await import('./explain-error.ts');
  const explanation = explainCommandLineError(error, args, t) ?? explainError(error, t);
  const { red, dim } = colorsFor(terminal.stderr, terminal.env);
  const lines = [`${red(t('error.prefix'))} ${explanation.message}`];
  for (const line of explanation.advice) lines.push(dim(line));
  await writeTo(terminal.stderr, `${lines.join('\n')}\n`).catch(() => {});
  return explanation.exitCode;
}

/** The language must be known before the command line is read: its faults are told in it. */
function chooseLanguage(args: readonly string[], { env, platform }: Terminal): Language {
  for (const [index, argument] of args.entries()) {
    if (argument === '--') break;
    const value = argument === '--lang' ? args[index + 1] : /^--lang=(.*)$/.exec(argument)?.[1];
    const language = value === undefined ? undefined : languageOf(value);
    if (language !== undefined) return language;
  }
  const isPosix = platform !== 'win32' && platform !== 'darwin';
  const platformLocale = isPosix ? undefined : Intl.DateTimeFormat().resolvedOptions().locale;
  return detectLanguage(env, platformLocale);
}
