import path from 'node:path';
import type { Command } from 'commander';
import { SPEED_RANGE, SPEECH_SAMPLE_RATES, VOLUME_RANGE } from '@stepvoice/core/protocol';
import type { CommandContext } from '../command-context.ts';
import { BITRATES, DEFAULT_BITRATE, KINDS, TEMPO_RANGE } from '../commands/narrate-defaults.ts';
import type { NarrateFlags } from '../commands/narrate-options.ts';
import { DEFAULT_MODEL, DEFAULT_VOICE } from '../commands/voice-options.ts';
import { cachePath } from '../settings/cache-path.ts';
import { addEndpoint } from './endpoint-options.ts';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

export function addNarrate(program: Command, context: CommandContext): void {
  const { t, terminal } = context;
  const kinds = Object.keys(KINDS).join(', ');
  const [leastTempo, mostTempo] = TEMPO_RANGE;
  const [leastSpeed, mostSpeed] = SPEED_RANGE;
  const [leastVolume, mostVolume] = VOLUME_RANGE;
  const folder = path.join(cachePath(terminal.platform, terminal.env), 'speech');
  const rates = BITRATES.join(', ');
  const command = program
    .command('narrate')
    .description(t('help.narrate'))
    .argument('<file...>', t('help.narrate.files'))
    .optionsGroup(t('help.narrate.group.file'))
    .option('-o, --out <file>', t('help.narrate.out'))
    .option('--subtitles <kinds>', t('help.narrate.subtitles'))
    .option('--bitrate <kbit>', t('help.narrate.bitrate', { rates, standard: DEFAULT_BITRATE }))
    .option('--artist <name>', t('help.narrate.artist'))
    .option('--force', t('help.force'))
    .optionsGroup(t('help.narrate.group.play'))
    .option('--continue', t('help.narrate.continue'))
    .option('--tempo <x>', t('help.narrate.tempo', { least: leastTempo, most: mostTempo }))
    .optionsGroup(t('help.narrate.group.cost'))
    .option('--dry-run', t('help.narrate.dryRun'))
    .option('--price <amount>', t('help.narrate.price'))
    .option('--cache <folder>', t('help.narrate.cache', { folder }))
    .option('--no-cache', t('help.narrate.noCache'))
    .optionsGroup(t('help.narrate.group.text'))
    .option('--from <heading>', t('help.narrate.from'))
    .option('--skip <kinds>', t('help.narrate.skip'))
    .option('--read <kinds>', t('help.narrate.read', { kinds }))
    .option('--as <format>', t('help.narrate.as'))
    .option('--directives', t('help.narrate.directives'))
    .option('--encoding <name>', t('help.say.encoding'))
    .optionsGroup(t('help.narrate.group.voice'))
    .option('--voice <id>', t('help.say.voice', { voice: DEFAULT_VOICE }))
    .option('--cast <voices>', t('help.narrate.cast'), collect)
    .option('--model <id>', t('help.say.model', { model: DEFAULT_MODEL }))
    .option('--speed <x>', t('help.narrate.speed', { least: leastSpeed, most: mostSpeed }))
    .option('--volume <x>', t('help.say.volume', { least: leastVolume, most: mostVolume }))
    .option('--instruction <words>', t('help.say.instruction'))
    .option('--rate <hz>', t('help.say.rate', { rates: SPEECH_SAMPLE_RATES.join(', ') }))
    .optionsGroup(t('help.narrate.group.service'));
  addEndpoint(command, t)
    .optionsGroup(t('help.options'))
    .option('-q, --quiet', t('help.quiet'))
    .helpOption('-h, --help', t('help.help'))
    .action(async (names: string[], flags: NarrateFlags) => {
      const { narrate } = await import('../commands/narrate.ts');
      await narrate(names, flags, context);
    });
}
