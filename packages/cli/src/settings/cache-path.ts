import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where speech that was paid for is kept: `$XDG_CACHE_HOME/stepvoice` or `~/.cache/stepvoice`, on macOS
 * `~/Library/Caches/stepvoice`, on Windows `%LOCALAPPDATA%\stepvoice\Cache`.
 */
export function cachePath(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  home: string = homedir(),
): string {
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local');
    return path.join(local, 'stepvoice', 'Cache');
  }
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'stepvoice');
  const folder = env['XDG_CACHE_HOME'];
  const isUsable = folder !== undefined && path.isAbsolute(folder);
  return path.join(isUsable ? folder : path.join(home, '.cache'), 'stepvoice');
}
