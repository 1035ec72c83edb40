import type { Command } from 'commander';
import type { Translate } from '../language/translate.ts';

/** The options of every command that asks a service. */
export function addEndpoint(command: Command, t: Translate): Command {
  return command
    .option('--local', t('help.local'))
    .option('--region <name>', t('help.region'))
    .option('--plan <name>', t('help.plan'))
    .option('--base-url <url>', t('help.baseURL'));
}
