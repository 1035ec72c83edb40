import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import { deleteConfig, isReadableByOthers, readConfig, writeConfig } from './config-file.ts';
import { configPath } from './config-path.ts';

const t = createTranslate('en');
const KEY = 'sk-0123456789abcdef';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('what was written is read, from a file of its owner alone in a folder of its owner alone', async () => {
  const file = path.join(folder, 'deep', 'stepvoice', 'config.json');
  await writeConfig(file, { apiKey: KEY, region: 'intl' });
  expect(await readConfig(file, t)).toEqual({ apiKey: KEY, region: 'intl' });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
});

test('a file others could read is closed by writing it', async () => {
  const file = path.join(folder, 'config.json');
  await writeFile(file, '{}');
  await chmod(file, 0o644);
  expect(await isReadableByOthers(file, 'linux')).toBe(true);
  expect(await isReadableByOthers(file, 'win32')).toBe(false);
  await writeConfig(file, { apiKey: KEY });
  expect(await isReadableByOthers(file, 'linux')).toBe(false);
  expect(await readdir(folder)).toEqual(['config.json']);
});

test('a link is followed, and stays a link', async () => {
  const real = path.join(folder, 'dotfiles.json');
  const link = path.join(folder, 'config.json');
  await writeFile(real, '{}');
  await symlink(real, link);
  await writeConfig(link, { voice: 'ruyananshi' });
  expect(JSON.parse(await readFile(real, 'utf8'))).toEqual({ voice: 'ruyananshi' });
  expect(await readConfig(link, t)).toEqual({ voice: 'ruyananshi' });
});

test('no file, no settings; unknown entries are left alone', async () => {
  const file = path.join(folder, 'config.json');
  expect(await readConfig(file, t)).toEqual({});
  expect(await readConfig(path.join(file, 'under-a-file'), t)).toEqual({});
  await writeFile(file, '\uFEFF{"theme": "dark", "voice": "x"}');
  expect(await readConfig(file, t)).toEqual({ voice: 'x' });
});

test.each([
  '{"apiKey": "sk-0123456789abcdef"',
  'sk-0123456789abcdef',
  '["sk-0123456789abcdef"]',
  'null',
  '',
])('a file that holds %j is refused without repeating it', async (text) => {
  const file = path.join(folder, 'config.json');
  await writeFile(file, text);
  const error = await readConfig(file, t).catch((caught: unknown) => caught);
  expect(String(error)).toContain(file);
  expect(`${String(error)}${String((error as Error).cause)}`).not.toContain(KEY);
});

test('a value of the wrong kind is refused with its name', async () => {
  const file = path.join(folder, 'config.json');
  await writeFile(file, '{"region": 1}');
  await expect(readConfig(file, t)).rejects.toThrow(/region must be a text/);
  await writeFile(file, '{"apiKey": "two words"}');
  await expect(readConfig(file, t)).rejects.toThrow(/apiKey/);
});

test('deleting says whether there was something', async () => {
  const file = path.join(folder, 'config.json');
  expect(await deleteConfig(file)).toBe(false);
  await writeConfig(file, {});
  expect(await deleteConfig(file)).toBe(true);
});

test.each([
  ['linux', {}, '/homes/me/.config/stepvoice/config.json'],
  ['linux', { XDG_CONFIG_HOME: '/xdg' }, '/xdg/stepvoice/config.json'],
  ['linux', { XDG_CONFIG_HOME: 'relative' }, '/homes/me/.config/stepvoice/config.json'],
  ['darwin', {}, '/homes/me/Library/Application Support/stepvoice/config.json'],
  ['win32', { APPDATA: '/appdata' }, '/appdata/stepvoice/config.json'],
  ['win32', {}, '/homes/me/AppData/Roaming/stepvoice/config.json'],
] as const)('on %s with %j the file is %s', (platform, env, expected) => {
  expect(configPath(platform, env, '/homes/me')).toBe(expected);
});
