import type { Model } from '@stepvoice/core/node';
import type { CommandContext } from '../command-context.ts';
import { joinList } from '../language/join-list.ts';
import type { Translate } from '../language/translate.ts';
import { withService } from '../service/with-service.ts';
import type { EndpointFlags } from '../settings/load-settings.ts';
import { colorsFor } from '../terminal/colors.ts';
import { formatDate } from '../terminal/format-time.ts';
import { formatTable } from '../terminal/table.ts';
import { print } from '../terminal/terminal.ts';

export type ModelsFlags = EndpointFlags & { json?: boolean | undefined };

/** `stepvoice models list`: the models that the account may use. */
export async function listModels(flags: ModelsFlags, context: CommandContext): Promise<void> {
  const { terminal, t, signal } = context;
  const models = await withService(flags, context, (client) => client.models.list({ signal }));
  if (flags.json === true) {
    await print(terminal, `${JSON.stringify(models.map(toJson), undefined, 2)}\n`, t);
    return;
  }
  const { bold, cyan } = colorsFor(terminal.stdout, terminal.env);
  const header = [t('models.id'), t('models.kinds'), t('models.notes')].map((title) => bold(title));
  const rows = models.map((model) => [cyan(model.id), kindsOf(model, t), notesOf(model, t)]);
  await print(terminal, `${formatTable([header, ...rows])}\n`, t);
}

/** `stepvoice models show`: what one model can do. */
export async function showModel(
  id: string,
  flags: ModelsFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal, t, signal } = context;
  const model = await withService(flags, context, (client) => client.models.get(id, { signal }));
  if (flags.json === true) {
    await print(terminal, `${JSON.stringify(toJson(model), undefined, 2)}\n`, t);
    return;
  }
  const { capabilities, createdAt, ownedBy } = model;
  const rows = [
    [t('models.id'), model.id],
    [t('models.kinds'), kindsOf(model, t)],
    ...(capabilities === undefined
      ? []
      : [[t('models.endpoints'), capabilities.endpoints.join(' ')]]),
    [t('models.notes'), notesOf(model, t)],
    [t('files.created'), formatDate(createdAt)],
    [t('models.owner'), ownedBy ?? ''],
  ].filter(([, fact]) => fact !== '');
  await print(terminal, `${formatTable(rows)}\n`, t);
}

function kindsOf({ capabilities }: Model, t: Translate): string {
  const kinds = capabilities?.kinds ?? [];
  return joinList(
    kinds.map((kind) => t(`kind.${kind}`)),
    t,
  );
}

function notesOf({ capabilities }: Model, t: Translate): string {
  if (capabilities === undefined) return '';
  const { deprecated, speech, transcription, realtime, chat } = capabilities;
  const notes = [
    ...(deprecated === true ? [t('models.deprecated')] : []),
    ...(speech?.labels === undefined ? [] : [t('models.labels')]),
    ...((speech?.instructionLimit ?? 0) > 0 ? [t('models.instruction')] : []),
    ...(transcription?.wordTimes === true ? [t('models.wordTimes')] : []),
    ...(realtime?.thinking === true ? [t('models.thinking')] : []),
    ...(realtime?.tools === true || chat?.tools === true ? [t('models.tools')] : []),
    ...(chat?.audioOutput === true ? [t('models.speaks')] : []),
  ];
  return joinList(notes, t);
}

function toJson({ id, createdAt, ownedBy, capabilities }: Model): object {
  return {
    id,
    createdAt: createdAt?.toISOString() ?? null,
    ownedBy: ownedBy ?? null,
    capabilities: capabilities ?? null,
  };
}
