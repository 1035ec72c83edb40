import type { Command } from 'commander';
import { FILE_PURPOSES } from '@stepvoice/core/protocol';
import type { CommandContext } from '../command-context.ts';
import type { FilesFlags } from '../commands/files.ts';
import type { ModelsFlags } from '../commands/models.ts';
import { addEndpoint } from './endpoint-options.ts';

export function addFiles(program: Command, context: CommandContext): void {
  const { t } = context;
  const files = program.command('files').description(t('help.files')).helpCommand(false);
  addEndpoint(files.command('list').description(t('help.files.list')), t)
    .option('--json', t('help.json'))
    .action(async (flags: FilesFlags) => {
      const { listFiles } = await import('../commands/files.ts');
      await listFiles(flags, context);
    });
  const upload = files
    .command('upload')
    .description(t('help.files.upload'))
    .argument('<file|url>', t('help.files.source'))
    .option('--purpose <name>', t('help.files.purpose', { purposes: FILE_PURPOSES.join(', ') }))
    .option('--name <filename>', t('help.files.name'));
  addEndpoint(upload, t)
    .option('--json', t('help.json'))
    .action(async (source: string, flags: FilesFlags) => {
      const { uploadFile } = await import('../commands/files.ts');
      await uploadFile(source, flags, context);
    });
  addEndpoint(files.command('get').description(t('help.files.get')), t)
    .argument('<id>', t('help.files.id'))
    .option('--json', t('help.json'))
    .action(async (id: string, flags: FilesFlags) => {
      const { showFile } = await import('../commands/files.ts');
      await showFile(id, flags, context);
    });
  addEndpoint(files.command('content').description(t('help.files.content')), t)
    .argument('<id>', t('help.files.id'))
    .action(async (id: string, flags: FilesFlags) => {
      const { printFileContent } = await import('../commands/files.ts');
      await printFileContent(id, flags, context);
    });
  addEndpoint(files.command('delete').description(t('help.files.delete')), t)
    .argument('<id...>', t('help.files.id'))
    .action(async (ids: string[], flags: FilesFlags) => {
      const { deleteFiles } = await import('../commands/files.ts');
      await deleteFiles(ids, flags, context);
    });
}

export function addModels(program: Command, context: CommandContext): void {
  const { t } = context;
  const models = program.command('models').description(t('help.models')).helpCommand(false);
  addEndpoint(models.command('list').description(t('help.models.list')), t)
    .option('--json', t('help.json'))
    .action(async (flags: ModelsFlags) => {
      const { listModels } = await import('../commands/models.ts');
      await listModels(flags, context);
    });
  addEndpoint(models.command('show').description(t('help.models.show')), t)
    .argument('<id>', t('help.models.id'))
    .option('--json', t('help.json'))
    .action(async (id: string, flags: ModelsFlags) => {
      const { showModel } = await import('../commands/models.ts');
      await showModel(id, flags, context);
    });
}
