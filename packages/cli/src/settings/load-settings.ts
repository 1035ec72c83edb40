import type { CommandContext } from '../command-context.ts';
import { readConfig } from './config-file.ts';
import { configPath } from './config-path.ts';
import { resolveSettings } from './settings.ts';
import type { SettingValues, Settings } from './settings.ts';

/** Flags of the commands that talk to the service. */
export type EndpointFlags = {
  local?: boolean | undefined;
  region?: string | undefined;
  plan?: string | undefined;
  baseUrl?: string | undefined;
};

export type SpeechFlags = EndpointFlags & {
  voice?: string | undefined;
  model?: string | undefined;
};

/** Flags before environment before the settings file. */
export async function loadSettings(
  flags: SpeechFlags,
  { terminal, t }: CommandContext,
): Promise<Settings> {
  const filePath = configPath(terminal.platform, terminal.env);
  const file = await readConfig(filePath, t);
  const given: SettingValues = {
    region: flags.region,
    plan: flags.plan,
    baseURL: flags.baseUrl,
    voice: flags.voice,
    model: flags.model,
  };
  return resolveSettings({ flags: given, env: terminal.env, file, filePath }, t);
}
