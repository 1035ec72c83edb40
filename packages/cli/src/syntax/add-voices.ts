import type { Command } from 'commander';
import { VOICES } from '@stepvoice/core/protocol';
import type { CommandContext } from '../command-context.ts';
import type { CloneFlags } from '../commands/clone.ts';
import { DEFAULT_CLONE_MODEL } from '../commands/default-models.ts';
import type { VoicesFlags } from '../commands/voices.ts';
import { addEndpoint } from './endpoint-options.ts';

export function addVoices(program: Command, context: CommandContext): void {
  const { t } = context;
  const scenes = [...new Set(VOICES.flatMap((voice) => voice.scenes))];
  const command = program
    .command('voices')
    .description(t('help.voices'))
    .option('--language <zh|en>', t('help.voices.language'))
    .option('--model <id>', t('help.voices.model'))
    .option('--scene <name>', t('help.voices.scene', { scenes: scenes.join(', ') }))
    .option('--gender <female|male>', t('help.voices.gender'))
    .option('--mine', t('help.voices.mine'));
  addEndpoint(command, t)
    .option('--json', t('help.json'))
    .action(async (flags: VoicesFlags) => {
      const { voices } = await import('../commands/voices.ts');
      await voices(flags, context);
    });
  command
    .command('find')
    .description(t('help.voices.find'))
    .argument('<name...>', t('help.voices.name'))
    .action(async (words: string[], _flags: object, find: Command) => {
      const { findVoice } = await import('../commands/voices.ts');
      await findVoice(words, find.optsWithGlobals<VoicesFlags>(), context);
    });
}

export function addClone(program: Command, context: CommandContext): void {
  const { t } = context;
  const command = program
    .command('clone')
    .description(t('help.clone'))
    .argument('<clip>', t('help.clone.clip'))
    .option('--consent <statement>', t('help.clone.consent'))
    .option('--model <id>', t('help.clone.model', { model: DEFAULT_CLONE_MODEL }))
    .option('--transcript <text>', t('help.clone.transcript'))
    .option('--name <filename>', t('help.clone.name'))
    .option('--preview <text>', t('help.clone.preview'))
    .option('-o, --out <file>', t('help.clone.out'))
    .option('--force', t('help.force'))
    .option('-y, --yes', t('help.clone.yes'));
  addEndpoint(command, t)
    .option('--json', t('help.json'))
    .action(async (clip: string, flags: CloneFlags) => {
      const { clone } = await import('../commands/clone.ts');
      await clone(clip, flags, context);
    });
}
