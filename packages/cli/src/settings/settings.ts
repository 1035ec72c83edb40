import type { Translate } from '../language/translate.ts';
import { UsageError } from '../cli-error.ts';

export type SettingName = 'apiKey' | 'region' | 'plan' | 'baseURL' | 'voice' | 'model';

export type SettingValues = { [Name in SettingName]?: string | undefined };

/** Where a value came from: a flag of the command, an environment variable, or the settings file. */
export type SettingOrigin = 'flag' | 'environment' | 'file';

export type Setting = {
  readonly value: string;
  readonly origin: SettingOrigin;
  /** As the user knows it: `--region`, `STEPFUN_REGION`, or the path of the settings file. */
  readonly label: string;
};

export type Settings = { readonly [Name in SettingName]: Setting | undefined };

export const REGIONS = ['cn', 'intl'] as const;
export const PLANS = ['payg', 'step-plan'] as const;
export type Region = (typeof REGIONS)[number];
export type Plan = (typeof PLANS)[number];

export const SETTING_NAMES = ['apiKey', 'region', 'plan', 'baseURL', 'voice', 'model'] as const;

export const VARIABLES: Readonly<Record<SettingName, readonly string[]>> = {
  apiKey: ['STEPFUN_API_KEY', 'STEP_API_KEY'],
  region: ['STEPFUN_REGION'],
  plan: ['STEPFUN_PLAN'],
  baseURL: ['STEPFUN_BASE_URL'],
  voice: ['STEPFUN_VOICE'],
  model: ['STEPFUN_MODEL'],
};

const FLAGS: Readonly<Record<SettingName, string>> = {
  // There is no such flag: arguments are seen by every process and kept in the shell's history.
  apiKey: '',
  region: '--region',
  plan: '--plan',
  baseURL: '--base-url',
  voice: '--voice',
  model: '--model',
};

const RANK: Readonly<Record<SettingOrigin, number>> = { flag: 2, environment: 1, file: 0 };

/**
 * Puts the settings together: flags before environment before file. An empty variable counts as unset. A base URL
 * gives way to a region from a higher place: `--region intl` means the service's own host, whatever the environment says.
 *
 * @throws {UsageError} on a value that cannot be right; the message names where it came from.
 */
export function resolveSettings(
  sources: {
    flags: SettingValues;
    env: Readonly<Record<string, string | undefined>>;
    file: SettingValues;
    filePath: string;
  },
  t: Translate,
): Settings {
  const find = (name: SettingName): Setting | undefined => {
    const flag = sources.flags[name];
    if (flag !== undefined) return { value: flag, origin: 'flag', label: FLAGS[name] };
    for (const variable of VARIABLES[name]) {
      const value = sources.env[variable]?.trim();
      if (value) return { value, origin: 'environment', label: variable };
    }
    const value = sources.file[name];
    return value === undefined ? undefined : { value, origin: 'file', label: sources.filePath };
  };
  const settings = Object.fromEntries(SETTING_NAMES.map((name) => [name, find(name)])) as Record<
    SettingName,
    Setting | undefined
  >;
  for (const name of SETTING_NAMES) {
    const setting = settings[name];
    if (setting !== undefined) checkSetting(name, setting.value, setting.label, t);
  }
  const { baseURL, region } = settings;
  if (baseURL !== undefined && region !== undefined && RANK[region.origin] > RANK[baseURL.origin]) {
    settings.baseURL = undefined;
  }
  return settings;
}

/**
 * Checks one value before it is used or kept.
 *
 * @param label where the value stands, for the message; a key itself is never in it.
 * @throws {UsageError} that says what is allowed.
 */
export function checkSetting(name: SettingName, value: string, label: string, t: Translate): void {
  switch (name) {
    case 'apiKey':
      // Anything else cannot stand in a header, and is mostly a paste that took too much.
      if (!/^[\x21-\x7E]+$/.test(value)) throw new UsageError(t('error.keyForm', { label }));
      return;
    case 'region':
      return checkChoice(value, label, REGIONS, t);
    case 'plan':
      return checkChoice(value, label, PLANS, t);
    case 'baseURL':
      // The rules for addresses are the library's; `createClient` applies them.
      return;
    case 'voice':
    case 'model':
      if (!/^[\p{L}\p{N}._:/-]+$/u.test(value)) {
        throw new UsageError(t('error.identifier', { label }));
      }
  }
}

function checkChoice(value: string, label: string, choices: readonly string[], t: Translate): void {
  if (choices.includes(value)) return;
  throw new UsageError(t('error.choice', { label, value, choices: choices.join(', ') }));
}

/** A key that may be shown: enough to tell two keys apart, never enough to use one. */
export function maskKey(key: string): string {
  return key.length < 12 ? '•'.repeat(8) : `${'•'.repeat(8)}${key.slice(-4)}`;
}
