import { UsageError, CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { deleteConfig, readConfig, writeConfig } from '../settings/config-file.ts';
import { configPath } from '../settings/config-path.ts';
import {
  PLANS,
  REGIONS,
  SETTING_NAMES,
  VARIABLES,
  checkSetting,
  maskKey,
} from '../settings/settings.ts';
import type { SettingName, SettingValues } from '../settings/settings.ts';
import { reasonOf } from '../system-error.ts';
import { askLine, askSecret } from '../terminal/secret-prompt.ts';
import { formatTable } from '../terminal/table.ts';
import { print, writeTo } from '../terminal/terminal.ts';

export type ConfigFlags = {
  key?: boolean | undefined;
  region?: string | undefined;
  plan?: string | undefined;
  baseUrl?: string | undefined;
  voice?: string | undefined;
  model?: string | undefined;
  show?: boolean | undefined;
  delete?: boolean | undefined;
};

const LONGEST_KEY_INPUT = 4096;

/** `stepvoice config`: keeps the key and the defaults in a file that only its owner can read. */
export async function config(flags: ConfigFlags, context: CommandContext): Promise<void> {
  const { terminal, t } = context;
  const file = configPath(terminal.platform, terminal.env);
  if (flags.delete === true) {
    const deleted = await deleteConfig(file).catch((error: unknown) => {
      throw unwritable(file, error, context);
    });
    const text = deleted ? t('config.deleted', { file }) : t('config.nothingToDelete', { file });
    await writeTo(terminal.stderr, `${text}\n`);
    return;
  }
  const stored = await readConfig(file, t);
  if (flags.show === true) return show(file, stored, context);

  const changes = await toChanges(flags, stored, context);
  const settings: SettingValues = {};
  for (const name of SETTING_NAMES) {
    const value = name in changes ? changes[name] : stored[name];
    if (value !== undefined && value !== '') settings[name] = value;
  }
  await checkAddress(settings, context);
  try {
    await writeConfig(file, settings);
  } catch (error) {
    throw unwritable(file, error, context);
  }
  await tellSaved(file, changes, context);
}

/** What is to be stored; an empty text removes a setting. */
async function toChanges(
  flags: ConfigFlags,
  stored: SettingValues,
  context: CommandContext,
): Promise<SettingValues> {
  const { t, terminal } = context;
  const given: SettingValues = {
    region: flags.region,
    plan: flags.plan,
    baseURL: flags.baseUrl,
    voice: flags.voice,
    model: flags.model,
  };
  const changes: SettingValues = {};
  for (const name of SETTING_NAMES) {
    const value = given[name]?.trim();
    if (value === undefined) continue;
    if (value !== '') checkSetting(name, value, `--${name === 'baseURL' ? 'base-url' : name}`, t);
    changes[name] = value;
  }
  const isBare = Object.keys(changes).length === 0;
  if (flags.key !== true && !isBare) return changes;
  if (!terminal.stdin.isTTY) return { ...changes, apiKey: await readKey(context) };
  const apiKey = await askKey(stored.apiKey, context);
  if (!isBare) return { ...changes, apiKey };
  return {
    apiKey,
    region: await askChoice('config.askRegion', '--region', REGIONS, stored.region, context),
    plan: await askChoice('config.askPlan', '--plan', PLANS, stored.plan, context),
  };
}

async function askKey(stored: string | undefined, context: CommandContext): Promise<string> {
  const { t, terminal, signal } = context;
  if (stored !== undefined) {
    await writeTo(terminal.stderr, `${t('config.keepKey', { key: maskKey(stored) })}\n`);
  }
  const key = (await askSecret({ terminal, question: t('config.askKey'), signal })) || stored;
  if (key === undefined) throw new UsageError(t('error.keyEmpty'));
  checkSetting('apiKey', key, t('label.typed'), t);
  return key;
}

async function askChoice(
  question: 'config.askRegion' | 'config.askPlan',
  label: string,
  choices: readonly string[],
  stored: string | undefined,
  { t, terminal, signal }: CommandContext,
): Promise<string | undefined> {
  const value = stored ?? choices[0] ?? '';
  for (;;) {
    const answer = await askLine({ terminal, question: t(question, { value }), signal });
    if (answer === '') return stored;
    if (choices.includes(answer)) return answer;
    const fault = t('error.choice', { label, value: answer, choices: choices.join(', ') });
    await writeTo(terminal.stderr, `${fault}\n`);
  }
}

/** The first line of standard input. */
async function readKey({ terminal, t, signal }: CommandContext): Promise<string> {
  let text = '';
  const abort = (): void => {
    terminal.stdin.destroy(signal.reason as Error);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    for await (const chunk of terminal.stdin) {
      text += String(chunk);
      if (text.includes('\n') || text.length > LONGEST_KEY_INPUT) break;
    }
  } finally {
    signal.removeEventListener('abort', abort);
  }
  const key =
    text
      .replace(/^\uFEFF/, '')
      .split('\n', 1)[0]
      ?.trim() ?? '';
  if (key === '') throw new UsageError(t('error.noKeyInput'));
  checkSetting('apiKey', key, t('label.standardInput'), t);
  return key;
}

/** The library knows which addresses can be used, and with which plan. */
async function checkAddress(settings: SettingValues, { t }: CommandContext): Promise<void> {
  if (settings.baseURL === undefined) return;
  const { createClient } = await import('../service/client.ts');
  const toSetting = (value: string | undefined, label: string) =>
    value === undefined ? undefined : ({ value, origin: 'flag', label } as const);
  const client = createClient(
    {
      apiKey: 'unused',
      baseURL: toSetting(settings.baseURL, '--base-url'),
      plan: toSetting(settings.plan, '--plan'),
    },
    {},
    t,
  );
  await client.close();
}

async function show(
  file: string,
  stored: SettingValues,
  { terminal, t }: CommandContext,
): Promise<void> {
  const rows = SETTING_NAMES.map((name) => {
    const value = stored[name];
    const shown = value !== undefined && name === 'apiKey' ? maskKey(value) : value;
    return [t(`setting.${name}`), shown ?? t('config.notSet')];
  });
  await print(terminal, `${formatTable([[t('setting.file'), file], ...rows])}\n`, t);
}

async function tellSaved(
  file: string,
  changes: SettingValues,
  context: CommandContext,
): Promise<void> {
  const { terminal, t } = context;
  const saved = terminal.platform === 'win32' ? 'config.savedWindows' : 'config.saved';
  const lines = [t(saved, { file })];
  for (const name of Object.keys(changes) as SettingName[]) {
    const variable = VARIABLES[name].find((candidate) => terminal.env[candidate]?.trim());
    if (variable !== undefined) lines.push(t('config.overridden', { variable }));
  }
  if (changes.apiKey !== undefined) lines.push(t('config.next'));
  await writeTo(terminal.stderr, `${lines.join('\n')}\n`);
}

function unwritable(file: string, error: unknown, { t }: CommandContext): CliError {
  return new CliError(t('error.configUnwritable', { file, reason: reasonOf(error, t) }), {
    exitCode: EXIT.failure,
    cause: error,
  });
}
