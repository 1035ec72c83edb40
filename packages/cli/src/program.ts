import { Command } from 'commander';
import stringWidth from 'string-width';
import { UsageError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { languageOf } from './language/locale.ts';
import { addFiles, addModels } from './syntax/add-account.ts';
import { addChat, addTalk, addTranscribe } from './syntax/add-listening.ts';
import { addNarrate } from './syntax/add-narrate.ts';
import { addSay } from './syntax/add-say.ts';
import { addConfig, addDoctor, addServe } from './syntax/add-upkeep.ts';
import { addClone, addVoices } from './syntax/add-voices.ts';
import { colorsFor } from './terminal/colors.ts';
import { readVersion } from './version.ts';

const TITLES = {
  'Usage:': 'help.usage',
  'Arguments:': 'help.arguments',
  'Options:': 'help.options',
  'Global Options:': 'help.globalOptions',
  'Commands:': 'help.commands',
} as const;

/**
 * The command line. Each command's code is loaded when it runs. Faults of the line throw `CommanderError`, with nothing
 * printed.
 *
 * @param writeHelp receives the help and the version, where they were asked for.
 */
export function createProgram(context: CommandContext, writeHelp: (text: string) => void): Command {
  const { t, terminal } = context;
  const { bold } = colorsFor(terminal.stdout, terminal.env);
  const program = new Command('stepvoice')
    .description(t('help.program'))
    .configureHelp({
      styleTitle: (title) =>
        bold(title in TITLES ? t(TITLES[title as keyof typeof TITLES]) : title),
      displayWidth: (text) => stringWidth(text),
      showGlobalOptions: true,
    })
    .configureOutput({
      writeOut: writeHelp,
      writeErr: writeHelp,
      outputError: () => {},
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .exitOverride()
    .helpOption('-h, --help', t('help.help'))
    .helpCommand(false)
    .version(readVersion(), '-V, --version', t('help.version'))
    .option('--lang <en|zh>', t('help.lang'))
    .hook('preAction', (command) => {
      const { lang } = command.opts<{ lang?: string }>();
      if (lang === undefined || languageOf(lang) !== undefined) return;
      throw new UsageError(t('error.choice', { label: '--lang', value: lang, choices: 'en, zh' }));
    })
    .addHelpText('after', `\n${t('help.after')}`);

  addSay(program, context);
  addNarrate(program, context);
  addTranscribe(program, context);
  addTalk(program, context);
  addChat(program, context);
  addVoices(program, context);
  addClone(program, context);
  addFiles(program, context);
  addModels(program, context);
  addServe(program, context);
  addConfig(program, context);
  addDoctor(program, context);
  program.command('demo', { hidden: true }).action(async () => {
    const { demo } = await import('./demo/demo.ts');
    await demo(context);
  });
  return program;
}
