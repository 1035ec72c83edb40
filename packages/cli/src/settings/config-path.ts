import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where the settings are kept: `$XDG_CONFIG_HOME/stepvoice` or `~/.config/stepvoice`, on macOS
 * `~/Library/Application Support/stepvoice`, on Windows `%APPDATA%\stepvoice`.
 */
export function configPath(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  home: string = homedir(),
): string {
  return path.join(configFolder(platform, env, home), 'stepvoice', 'config.json');
}

function configFolder(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  if (platform === 'win32') return env['APPDATA'] || path.join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  // The XDG specification: a relative path is invalid and to be ignored.
  const folder = env['XDG_CONFIG_HOME'];
  return folder !== undefined && path.isAbsolute(folder) ? folder : path.join(home, '.config');
}
