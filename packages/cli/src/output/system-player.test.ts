import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPlayers, playerNames } from './system-player.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(name: string, mode = 0o755): Promise<void> {
  await writeFile(path.join(folder, name), '');
  await chmod(path.join(folder, name), mode);
}

const names = async (platform: NodeJS.Platform, PATH: string) =>
  (await findPlayers(platform, { PATH })).map(({ name }) => name);

test('what is installed is found, those that stream first', async () => {
  for (const name of ['pw-play', 'aplay', 'mpv']) await install(name);
  expect(await names('linux', `/nowhere:${folder}`)).toEqual(['mpv', 'aplay', 'pw-play']);
});

test('what is not a program, or lies in the working folder, is not', async () => {
  await install('ffplay', 0o644);
  expect(await names('linux', folder)).toEqual([]);
  await install('mpv');
  expect(await names('linux', `:.:${path.relative(process.cwd(), folder)}`)).toEqual([]);
});

test('each system has its own', () => {
  expect(playerNames('darwin')).toContain('afplay');
  expect(playerNames('win32')).toContain('powershell');
  expect(playerNames('linux')).toEqual(['ffplay', 'mpv', 'play', 'paplay', 'aplay', 'pw-play']);
});

test('the path of a file cannot leave the quotes of PowerShell', async () => {
  await install('powershell.exe');
  const [player] = await findPlayers('win32', { PATH: folder });
  // On Windows such a folder is absolute; here it is, too.
  const file = "C:\\it's; Remove-Item x\\speech.wav";
  const command = player?.toArguments({ sampleRate: 24_000, file }).at(-1);
  expect(command).toBe(
    "(New-Object Media.SoundPlayer 'C:\\it''s; Remove-Item x\\speech.wav').PlaySync()",
  );
});
