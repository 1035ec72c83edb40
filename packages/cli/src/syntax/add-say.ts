import type { Command } from 'commander';
import {
  EMOTIONS,
  LANGUAGES,
  SPEECH_FORMATS,
  SPEECH_SAMPLE_RATES,
  SPEED_RANGE,
  STYLES,
  VOLUME_RANGE,
} from '@stepvoice/core/protocol';
import type { CommandContext } from '../command-context.ts';
import type { SayFlags } from '../commands/say.ts';
import { DEFAULT_MODEL, DEFAULT_VOICE } from '../commands/voice-options.ts';
import { addEndpoint } from './endpoint-options.ts';

export function addSay(program: Command, context: CommandContext): void {
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
    .option('--force', t('help.force'))
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
    .option('-q, --quiet', t('help.quiet'))
    .action(async (words: string[], flags: SayFlags) => {
      const { say } = await import('../commands/say.ts');
      await say(words, flags, context);
    });
}
