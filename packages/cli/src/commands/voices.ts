import { VOICES, findModel, modelsServing } from '@stepvoice/core/protocol';
import type { OfficialVoice } from '@stepvoice/core/protocol';
import { UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { Translate } from '../language/translate.ts';
import { colorsFor } from '../terminal/colors.ts';
import { formatTable } from '../terminal/table.ts';
import { print, writeTo } from '../terminal/terminal.ts';

export type VoicesFlags = {
  language?: string | undefined;
  model?: string | undefined;
  scene?: string | undefined;
  gender?: string | undefined;
  json?: boolean | undefined;
};

/** `stepvoice voices`: the official voices, from the table the client has; nothing is asked of the service. */
export async function voices(flags: VoicesFlags, context: CommandContext): Promise<void> {
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
    voice.scenes.map((scene) => t(`scene.${scene}`)).join(t.language === 'zh' ? '、' : ', '),
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
