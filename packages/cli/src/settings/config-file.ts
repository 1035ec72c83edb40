import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CliError, UsageError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Translate } from '../language/translate.ts';
import { reasonOf } from '../system-error.ts';
import { SETTING_NAMES, checkSetting } from './settings.ts';
import type { SettingName, SettingValues } from './settings.ts';

/**
 * Reads the settings file; one that does not exist holds no settings.
 *
 * @throws {UsageError} on one that is not JSON or holds a value that cannot be right; never with a part of it.
 */
export async function readConfig(file: string, t: Translate): Promise<SettingValues> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return {};
    throw new CliError(t('error.configUnreadable', { file, reason: reasonOf(error, t) }), {
      exitCode: EXIT.usage,
      cause: error,
    });
  }
  const values = parse(text, file, t);
  const settings: SettingValues = {};
  for (const name of SETTING_NAMES) {
    const value = values[name];
    if (value === undefined) continue;
    const label = `${file}: ${name}`;
    if (typeof value !== 'string') throw new UsageError(t('error.configNotText', { label }));
    checkSetting(name, value, label, t);
    settings[name] = value;
  }
  return settings;
}

function parse(text: string, file: string, t: Translate): Partial<Record<SettingName, unknown>> {
  const broken = () => new UsageError(t('error.configBroken', { file }), t('advice.configBroken'));
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The engine's own message quotes the text around the fault, which may be the key: not even as a cause.
    throw broken();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken();
  return value;
}

/**
 * Writes the settings so that nobody but the owner can read them, in one step: a crash leaves the old file or the
 * new one. A link is followed, as it is how many people keep their settings in a repository.
 */
export async function writeConfig(file: string, settings: SettingValues): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const target = await realpath(file).catch(() => file);
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(settings, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @returns whether there was a file to delete. */
export async function deleteConfig(file: string): Promise<boolean> {
  try {
    await rm(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Whether others than the owner can read the file. Windows keeps the folder to its user. */
export async function isReadableByOthers(
  file: string,
  platform: NodeJS.Platform,
): Promise<boolean> {
  if (platform === 'win32') return false;
  try {
    return ((await stat(file)).mode & 0o077) !== 0;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
