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
    .option('-o, --out <file>', t('help.narrate.out'))
    .option('--from <heading>', t('help.narrate.from'))
    .option('--continue', t('help.narrate.continue'))
    .option('--cast <voices>', t('help.narrate.cast'), collect)
    .option('--tempo <x>', t('help.narrate.tempo', { least: leastTempo, most: mostTempo }))
    .option('--dry-run', t('help.narrate.dryRun'))
    .option('--price <amount>', t('help.narrate.price'))
    .option('--read <kinds>', t('help.narrate.read', { kinds }))
    .option('--skip <kinds>', t('help.narrate.skip', { kinds }))
    .option('--as <format>', t('help.narrate.as'))
    .option('--directives', t('help.narrate.directives'))
    .option('--cache <folder>', t('help.narrate.cache', { folder }))
    .option('--no-cache', t('help.narrate.noCache'))
    .option('--subtitles <kinds>', t('help.narrate.subtitles'))
    .option('--bitrate <kbit>', t('help.narrate.bitrate', { rates, standard: DEFAULT_BITRATE }))
    .option('--artist <name>', t('help.narrate.artist'))
    .option('--force', t('help.force'))
    .option('--voice <id>', t('help.say.voice', { voice: DEFAULT_VOICE }))
    .option('--model <id>', t('help.say.model', { model: DEFAULT_MODEL }))
    .option('--rate <hz>', t('help.say.rate', { rates: SPEECH_SAMPLE_RATES.join(', ') }))
    .option('--speed <x>', t('help.narrate.speed', { least: leastSpeed, most: mostSpeed }))
    .option('--volume <x>', t('help.say.volume', { least: leastVolume, most: mostVolume }))
    .option('--instruction <words>', t('help.say.instruction'))
    .option('--encoding <name>', t('help.say.encoding'));
  addEndpoint(command, t)
    .option('-q, --quiet', t('help.quiet'))
    .action(async (names: string[], flags: NarrateFlags) => {
      const { narrate } = await import('../commands/narrate.ts');
      await narrate(names, flags, context);
    });
}
