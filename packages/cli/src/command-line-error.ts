import { CommanderError } from 'commander';
import { EXIT } from './exit-code.ts';
import type { Explanation } from './explain-error.ts';
import type { Translate } from './language/translate.ts';

const COMMANDS = [
  'say',
  'transcribe',
  'talk',
  'chat',
  'voices',
  'clone',
  'files',
  'models',
  'serve',
  'config',
  'doctor',
];

/**
 * The fault of a command line in the user's language; `undefined` for any other error. What stands behind an option's
 * `=`, and what only looks like an option, is not repeated: it may be a key, or the text.
 */
export function explainCommandLineError(
  error: unknown,
  args: readonly string[],
  t: Translate,
): Explanation | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  const { message, advice } = explain(error, args, t);
  return { message, advice, exitCode: EXIT.usage };
}

function explain(
  error: CommanderError,
  args: readonly string[],
  t: Translate,
): { message: string; advice: string[] } {
  const command = args.find((argument) => !argument.startsWith('-'));
  const isKnown = COMMANDS.includes(command ?? '');
  const help = t('advice.help', { command: isKnown ? `stepvoice ${command}` : 'stepvoice' });
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const similar = /\(Did you mean (?:one of )?(.*)\?\)/.exec(error.message)?.[1];
  const meant = similar === undefined ? [] : [t('advice.didYouMean', { name: similar })];
  switch (error.code) {
    case 'commander.unknownOption': {
      const option = /^--?[A-Za-z][\w-]*(?=$|=)/.exec(quoted)?.[0];
      if (option === undefined) {
        return { message: t('error.dashText'), advice: [t('advice.dashText')] };
      }
      const key = /key/i.test(option) ? [t('advice.keyArgument')] : [];
      return { message: t('error.unknownOption', { option }), advice: [...key, ...meant, help] };
    }
    case 'commander.missingArgument':
      return { message: t('error.missingArgument', { name: quoted }), advice: [help] };
    case 'commander.optionMissingArgument':
      return { message: t('error.missingValue', { option: quoted }), advice: [help] };
    case 'commander.unknownCommand':
      return { message: t('error.unknownCommand'), advice: [...meant, t('advice.sayText'), help] };
    case 'commander.excessArguments': {
      const key = command === 'config' ? [t('advice.keyArgument')] : [];
      return { message: t('error.tooMany'), advice: [...key, help] };
    }
    default:
      return { message: t('error.commandLine'), advice: [help] };
  }
}
