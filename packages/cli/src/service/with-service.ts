import type { StepAudio } from '@stepvoice/core/node';
import type { CommandContext } from '../command-context.ts';
import { loadSettings } from '../settings/load-settings.ts';
import type { EndpointFlags } from '../settings/load-settings.ts';
import { openService } from './service.ts';

/** Asks the service that the settings name something, and closes it. */
export async function withService<Answer>(
  flags: EndpointFlags,
  context: CommandContext,
  ask: (client: StepAudio) => Promise<Answer>,
): Promise<Answer> {
  const { terminal, t } = context;
  const service = await openService(
    {
      settings: await loadSettings(flags, context),
      local: flags.local === true,
      onEmulator: (asked) => {
        if (!asked) terminal.stderr.write(`${t('note.localAccount')}\n`);
      },
    },
    context,
  );
  try {
    return await ask(service.client);
  } finally {
    await service.close();
  }
}
