import { Command } from 'commander';
import stringWidth from 'string-width';
import {
  EMOTIONS,
  LANGUAGES,
  SPEECH_FORMATS,
  SPEECH_SAMPLE_RATES,
  SPEED_RANGE,
  STYLES,
  VOICES,
  VOLUME_RANGE,
} from '@stepvoice/core/protocol';
import { UsageError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { DEFAULT_MODEL, DEFAULT_VOICE } from './commands/voice-options.ts';
import type { ConfigFlags } from './commands/config.ts';
import type { DoctorFlags } from './commands/doctor.ts';
import type { SayFlags } from './commands/say.ts';
import type { ServeFlags } from './commands/serve.ts';
import type { VoicesFlags } from './commands/voices.ts';
import { languageOf } from './language/locale.ts';
import type { Translate } from './language/translate.ts';
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
  addVoices(program, context);
  addServe(program, context);
  addConfig(program, context);
  addDoctor(program, context);
  program.command('demo', { hidden: true }).action(async () => {
    const { demo } = await import('./demo/demo.ts');
    await demo(context);
  });
  return program;
}

function addSay(program: Command, context: CommandContext): void {
  const { t } = context;
  const names = (table: object): string => Object.keys(table).join(', ');
  const [leastSpeed, mostSpeed] = SPEED_RANGE;
  const [leastVolume, mostVolume] = VOLUME_RANGE;
  const command = program
    .command('say')
    .description(t('help.say'))
    .argument('[text...]', t('help.say.text'))
    .option('--voice <id>', t('help.say.voice', { voice: DEFAULT_VOICE }))
    .option('--model <id>', t('help.say.model', { model: DEFAULT_MODEL }))
    .option('-o, --out <file>', t('help.say.out'))
    .option('--format <name>', t('help.say.format', { formats: SPEECH_FORMATS.join(', ') }))
    .option('--force', t('help.say.force'))
    .option('--rate <hz>', t('help.say.rate', { rates: SPEECH_SAMPLE_RATES.join(', ') }))
    .option('--speed <x>', t('help.say.speed', { least: leastSpeed, most: mostSpeed }))
    .option('--volume <x>', t('help.say.volume', { least: leastVolume, most: mostVolume }))
    .option('--instruction <words>', t('help.say.instruction'))
    .option('--emotion <name>', t('help.say.emotion', { names: names(EMOTIONS) }))
    .option('--style <name>', t('help.say.style', { names: names(STYLES) }))
    .option('--language <name>', t('help.say.language', { names: names(LANGUAGES) }))
    .option('--text <text>', t('help.say.textOption'))
    .option('--file <file>', t('help.say.file'))
    .option('--encoding <name>', t('help.say.encoding'));
  addEndpoint(command, t)
    .option('-q, --quiet', t('help.say.quiet'))
    .action(async (words: string[], flags: SayFlags) => {
      const { say } = await import('./commands/say.ts');
      await say(words, flags, context);
    });
}

function addVoices(program: Command, context: CommandContext): void {
  const { t } = context;
  const scenes = [...new Set(VOICES.flatMap((voice) => voice.scenes))];
  program
    .command('voices')
    .description(t('help.voices'))
    .option('--language <zh|en>', t('help.voices.language'))
    .option('--model <id>', t('help.voices.model'))
    .option('--scene <name>', t('help.voices.scene', { scenes: scenes.join(', ') }))
    .option('--gender <female|male>', t('help.voices.gender'))
    .option('--json', t('help.json'))
    .action(async (flags: VoicesFlags) => {
      const { voices } = await import('./commands/voices.ts');
      await voices(flags, context);
    });
}

function addServe(program: Command, context: CommandContext): void {
  const { t } = context;
  program
    .command('serve')
    .description(t('help.serve'))
    .option('--port <number>', t('help.serve.port'))
    .option('--json', t('help.json'))
    .action(async (flags: ServeFlags) => {
      const { serve } = await import('./commands/serve.ts');
      await serve(flags, context);
    });
}

function addConfig(program: Command, context: CommandContext): void {
  const { t } = context;
  program
    .command('config')
    .description(t('help.config'))
    .option('--key', t('help.config.key'))
    .option('--region <name>', t('help.region'))
    .option('--plan <name>', t('help.plan'))
    .option('--base-url <url>', t('help.baseURL'))
    .option('--voice <id>', t('help.config.voice'))
    .option('--model <id>', t('help.config.model'))
    .option('--show', t('help.config.show'))
    .option('--delete', t('help.config.delete'))
    .addHelpText('after', `\n${t('help.config.after')}`)
    .action(async (flags: ConfigFlags) => {
      const { config } = await import('./commands/config.ts');
      await config(flags, context);
    });
}

function addDoctor(program: Command, context: CommandContext): void {
  const { t } = context;
  addEndpoint(program.command('doctor').description(t('help.doctor')), t)
    .option('--json', t('help.json'))
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./commands/doctor.ts');
      await doctor(flags, context);
    });
}

function addEndpoint(command: Command, t: Translate): Command {
  return command
    .option('--local', t('help.local'))
    .option('--region <name>', t('help.region'))
    .option('--plan <name>', t('help.plan'))
    .option('--base-url <url>', t('help.baseURL'));
}
