import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { ConfigFlags } from '../commands/config.ts';
import type { DoctorFlags } from '../commands/doctor.ts';
import type { ServeFlags } from '../commands/serve.ts';
import { addEndpoint } from './endpoint-options.ts';

export function addServe(program: Command, context: CommandContext): void {
  const { t } = context;
  program
    .command('serve')
    .description(t('help.serve'))
    .option('--port <number>', t('help.serve.port'))
    .option('--region <name>', t('help.serve.region'))
    .option('--transcripts <file>', t('help.serve.transcripts'))
    .option('--recognizer <command>', t('help.serve.recognizer', { wav: '{wav}' }))
    .option('--upstream <url>', t('help.serve.upstream'))
    .option('--upstream-model <name>', t('help.serve.upstreamModel'))
    .option('--upstream-key-variable <name>', t('help.serve.upstreamKey'))
    .option('--pace <name>', t('help.serve.pace'))
    .option('--strict', t('help.serve.strict'))
    .option('--json', t('help.json'))
    .action(async (flags: ServeFlags) => {
      const { serve } = await import('../commands/serve.ts');
      await serve(flags, context);
    });
}

export function addConfig(program: Command, context: CommandContext): void {
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
      const { config } = await import('../commands/config.ts');
      await config(flags, context);
    });
}

export function addDoctor(program: Command, context: CommandContext): void {
  const { t } = context;
  addEndpoint(program.command('doctor').description(t('help.doctor')), t)
    .option('--json', t('help.json'))
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('../commands/doctor.ts');
      await doctor(flags, context);
    });
}
