import path from 'node:path';
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { StepAudio, StoredFile } from '@stepvoice/core/node';
import { FILE_PURPOSES } from '@stepvoice/core/protocol';
import type { FilePurpose } from '@stepvoice/core/protocol';
import { UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { Translate } from '../language/translate.ts';
import { withService } from '../service/with-service.ts';
import type { EndpointFlags } from '../settings/load-settings.ts';
import { reasonOf } from '../system-error.ts';
import { colorsFor } from '../terminal/colors.ts';
import { formatDate } from '../terminal/format-time.ts';
import { formatKilobytes } from '../terminal/progress.ts';
import { formatTable } from '../terminal/table.ts';
import { print, writeTo } from '../terminal/terminal.ts';

export type FilesFlags = EndpointFlags & {
  json?: boolean | undefined;
  purpose?: string | undefined;
  name?: string | undefined;
};

/** `stepvoice files list`: what the service keeps for the account. */
export async function listFiles(flags: FilesFlags, context: CommandContext): Promise<void> {
  const { terminal, t, signal } = context;
  const files = await withService(flags, context, ({ files: store }) => store.list({ signal }));
  if (flags.json === true) {
    await print(terminal, `${JSON.stringify(files.map(toJson), undefined, 2)}\n`, t);
    return;
  }
  if (files.length === 0) {
    await writeTo(terminal.stderr, `${t('files.none')}\n`);
    return;
  }
  const { bold, cyan } = colorsFor(terminal.stdout, terminal.env);
  const header = [
    'files.id',
    'files.name',
    'files.size',
    'files.purpose',
    'files.created',
  ] as const;
  const rows = files.map((file) => [cyan(file.id), ...factsOf(file)]);
  await print(terminal, `${formatTable([header.map((key) => bold(t(key))), ...rows])}\n`, t);
}

/** `stepvoice files upload`: a file of this machine, or an address that the service fetches it from. */
export async function uploadFile(
  source: string,
  flags: FilesFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal, t, signal } = context;
  const purpose = toPurpose(flags.purpose, t);
  const isAddress = /^https?:\/\//i.test(source);
  const sent = isAddress
    ? { url: source }
    : { data: await openFile(source, t), filename: flags.name ?? path.basename(source) };
  const file = await withService(flags, context, ({ files: store }) =>
    store.upload({ ...sent, purpose, signal }),
  );
  const text = flags.json === true ? JSON.stringify(toJson(file), undefined, 2) : file.id;
  await print(terminal, `${text}\n`, t);
}

/** `stepvoice files get`: what the service knows of one. */
export async function showFile(
  id: string,
  flags: FilesFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal, t, signal } = context;
  const file = await withService(flags, context, ({ files: store }) => store.get(id, { signal }));
  if (flags.json === true) {
    await print(terminal, `${JSON.stringify(toJson(file), undefined, 2)}\n`, t);
    return;
  }
  const names = ['files.name', 'files.size', 'files.purpose', 'files.created'] as const;
  const rows = factsOf(file).map((fact, index) => [t(names[index] ?? 'files.name'), fact]);
  const status = file.status === undefined ? [] : [[t('files.status'), file.status]];
  await print(terminal, `${formatTable([[t('files.id'), file.id], ...rows, ...status])}\n`, t);
}

/** `stepvoice files content`: the text that the service has read out of one. */
export async function printFileContent(
  id: string,
  flags: FilesFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal, t, signal } = context;
  const text = await withService(flags, context, ({ files: store }) =>
    store.content(id, { signal }),
  );
  await print(terminal, text.endsWith('\n') ? text : `${text}\n`, t);
}

/** `stepvoice files delete`. */
export async function deleteFiles(
  ids: readonly string[],
  flags: FilesFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal, t, signal } = context;
  await withService(flags, context, async ({ files: store }: StepAudio) => {
    for (const id of ids) {
      await store.delete(id, { signal });
      await writeTo(terminal.stderr, `${t('files.deleted', { id })}\n`);
    }
  });
}

function toPurpose(value: string | undefined, t: Translate): FilePurpose {
  const purpose = FILE_PURPOSES.find((known) => known === (value ?? 'storage'));
  if (purpose !== undefined) return purpose;
  const choices = FILE_PURPOSES.join(', ');
  throw new UsageError(t('error.choice', { label: '--purpose', value: value ?? '', choices }));
}

async function openFile(name: string, t: Translate): Promise<Blob> {
  try {
    if ((await stat(name)).isDirectory()) {
      throw new UsageError(t('error.soundFolder', { file: name }));
    }
    return await openAsBlob(name);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(t('error.fileUnreadable', { file: name, reason: reasonOf(error, t) }));
  }
}

function factsOf({ filename, bytes, purpose, createdAt }: StoredFile): string[] {
  return [
    filename ?? '',
    bytes === undefined ? '' : formatKilobytes(bytes),
    purpose ?? '',
    formatDate(createdAt),
  ];
}

function toJson({ id, filename, bytes, purpose, createdAt, status }: StoredFile): object {
  return {
    id,
    filename: filename ?? null,
    bytes: bytes ?? null,
    purpose: purpose ?? null,
    createdAt: createdAt?.toISOString() ?? null,
    status: status ?? null,
  };
}
