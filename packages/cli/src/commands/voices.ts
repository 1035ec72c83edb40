import type { ClonedVoice, Voice } from '@stepvoice/core/node';
import { VOICES, findModel, modelsServing } from '@stepvoice/core/protocol';
import type { OfficialVoice } from '@stepvoice/core/protocol';
import { CliError, UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { joinList } from '../language/join-list.ts';
import type { Translate } from '../language/translate.ts';
import { withService } from '../service/with-service.ts';
import type { EndpointFlags } from '../settings/load-settings.ts';
import { colorsFor } from '../terminal/colors.ts';
import { formatDate } from '../terminal/format-time.ts';
import { formatTable } from '../terminal/table.ts';
import { print, writeTo } from '../terminal/terminal.ts';

export type VoicesFlags = EndpointFlags & {
  language?: string | undefined;
  model?: string | undefined;
  scene?: string | undefined;
  gender?: string | undefined;
  json?: boolean | undefined;
  mine?: boolean | undefined;
};

/**
 * `stepvoice voices`: the official voices, from the table the client has, of which nothing is asked of the service; or,
 * with `--mine`, those that the account has cloned.
 */
export async function voices(flags: VoicesFlags, context: CommandContext): Promise<void> {
  if (flags.mine === true) await ownVoices(flags, context);
  else await officialVoices(flags, context);
}

/** `stepvoice voices find`: one voice by its id or name, official or one's own. */
export async function findVoice(
  words: readonly string[],
  flags: EndpointFlags & { json?: boolean | undefined },
  context: CommandContext,
): Promise<void> {
  const { terminal, t, signal } = context;
  const asked = words.join(' ');
  const { voice, suggestions } = await withService(flags, context, (client) =>
    client.voices.find(asked, { signal }),
  );
  if (flags.json === true) {
    const report = {
      voice: voice === undefined ? null : describe(voice),
      suggestions: suggestions.map(describe),
    };
    await print(terminal, `${JSON.stringify(report, undefined, 2)}\n`, t);
  } else if (voice !== undefined) {
    await print(terminal, `${formatVoice(voice, t)}\n`, t);
  }
  if (voice !== undefined) return;
  const meant = suggestions.map(({ id }) => id).join(', ');
  throw new CliError(t('voices.notFound'), {
    exitCode: EXIT.failure,
    advice: meant === '' ? t('advice.voices') : t('advice.didYouMean', { name: meant }),
  });
}

async function ownVoices(flags: VoicesFlags, context: CommandContext): Promise<void> {
  const { terminal, t, signal } = context;
  for (const filter of ['language', 'model', 'scene', 'gender'] as const) {
    if (flags[filter] === undefined) continue;
    throw new UsageError(t('error.together', { one: '--mine', other: `--${filter}` }));
  }
  const found = await withService(flags, context, async (client) => {
    const own: ClonedVoice[] = [];
    for await (const voice of client.voices.clones({ signal })) own.push(voice);
    return own;
  });
  if (flags.json === true) {
    await print(terminal, `${JSON.stringify(found.map(describe), undefined, 2)}\n`, t);
    return;
  }
  if (found.length === 0) {
    await writeTo(terminal.stderr, `${t('voices.noneOwn')}\n`);
    return;
  }
  const { bold, cyan } = colorsFor(terminal.stdout, terminal.env);
  const header = [t('voices.id'), t('files.created'), t('voices.clip')].map((title) => bold(title));
  const rows = found.map(({ id, createdAt, fileId }) => [
    cyan(id),
    formatDate(createdAt),
    fileId ?? '',
  ]);
  await print(terminal, `${formatTable([header, ...rows])}\n`, t);
}

function formatVoice(voice: Voice, t: Translate): string {
  if (voice.kind === 'clone') {
    const { id, createdAt, fileId } = voice;
    return formatTable([
      [t('voices.id'), id],
      [t('files.created'), formatDate(createdAt)],
      [t('voices.clip'), fileId ?? ''],
    ]);
  }
  const { id, name, nameZh, gender, language, models, scenes, description } = voice;
  const shown = (t.language === 'zh' ? nameZh : undefined) ?? name;
  const rows: string[][] = [
    [t('voices.id'), id],
    [t('voices.name'), shown],
    [t('voices.gender'), gender === undefined ? '' : t(`gender.${gender}`)],
    [t('voices.language'), language === undefined ? '' : t(`language.${language}`)],
    [t('voices.models'), models.join(' ')],
    [
      t('voices.scenes'),
      joinList(
        scenes.map((scene) => t(`scene.${scene}`)),
        t,
      ),
    ],
    [t('voices.description'), description ?? ''],
  ];
  return formatTable(rows.filter(([, fact]) => fact !== ''));
}

function describe(voice: Voice): object {
  if (voice.kind === 'clone') {
    const { kind, id, createdAt, fileId } = voice;
    return { kind, id, createdAt: createdAt?.toISOString() ?? null, fileId: fileId ?? null };
  }
  const { kind, id, name, nameZh, gender, language, models, scenes } = voice;
  return {
    kind,
    id,
    name,
    nameZh: nameZh ?? null,
    gender: gender ?? null,
    language: language ?? null,
    models,
    scenes,
  };
}

async function officialVoices(flags: VoicesFlags, context: CommandContext): Promise<void> {
  const { terminal, t } = context;
  const { found, note } = selectVoices(flags, t);
  if (note !== undefined) await writeTo(terminal.stderr, `${note}\n`);
  if (flags.json === true) {
    await print(terminal, `${JSON.stringify(found.map(toJson), undefined, 2)}\n`, t);
    return;
  }
  if (found.length === 0) {
    await writeTo(terminal.stderr, `${t('voices.none')}\n`);
    return;
  }
  const { bold, cyan } = colorsFor(terminal.stdout, terminal.env);
  const header = [
    t('voices.id'),
    t('voices.name'),
    t('voices.gender'),
    t('voices.language'),
    t('voices.hosts'),
    t('voices.models'),
    t('voices.scenes'),
  ].map((title) => bold(title));
  const rows = found.map((voice) => [
    cyan(voice.id),
    (t.language === 'zh' ? voice.nameZh : undefined) ?? voice.name,
    t(`gender.${voice.gender}`),
    t(`language.${voice.language}`),
    regionsOf(voice).join(' '),
    voice.models.map((model) => model.replace(/^step(audio)?-/, '')).join(' '),
    joinList(
      voice.scenes.map((scene) => t(`scene.${scene}`)),
      t,
    ),
  ]);
  await print(terminal, `${formatTable([header, ...rows])}\n`, t);
}

/** @throws {UsageError} for a filter no voice can have. */
export function selectVoices(
  flags: VoicesFlags,
  t: Translate,
): { found: readonly OfficialVoice[]; note?: string } {
  const listed = new Set(VOICES.flatMap((voice) => voice.models));
  const choose = (label: string, value: string | undefined, choices: Iterable<string>): void => {
    const possible = [...choices];
    if (value === undefined || possible.includes(value)) return;
    throw new UsageError(t('error.choice', { label, value, choices: possible.join(', ') }));
  };
  const { language, model, scene, gender } = flags;
  choose('--language', language, new Set(VOICES.map((voice) => voice.language)));
  choose('--gender', gender, new Set(VOICES.map((voice) => voice.gender)));
  choose('--scene', scene, new Set(VOICES.flatMap((voice) => voice.scenes)));
  const hasList = model === undefined || listed.has(model);
  if (!hasList && findModel(model)?.speech === undefined) {
    choose('--model', model, modelsServing('speech'));
  }
  const found = VOICES.filter(
    (voice) =>
      (language === undefined || voice.language === language) &&
      (gender === undefined || voice.gender === gender) &&
      (scene === undefined || voice.scenes.some((known) => known === scene)) &&
      (model === undefined || !hasList || voice.models.includes(model)),
  );
  return hasList ? { found } : { found, note: t('voices.noList', { model }) };
}

function regionsOf(voice: OfficialVoice): string[] {
  return voice.international ? ['cn', 'intl'] : ['cn'];
}

function toJson(voice: OfficialVoice) {
  const { id, name, nameZh, gender, language, models, scenes } = voice;
  return {
    id,
    name,
    nameZh: nameZh ?? null,
    gender,
    language,
    models,
    scenes,
    regions: regionsOf(voice),
  };
}
