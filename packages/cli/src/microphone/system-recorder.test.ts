import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRecorders, recorderEnvironment, recorderNames } from './system-recorder.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function install(platform: NodeJS.Platform) {
  for (const name of recorderNames(platform)) {
    const program = path.join(folder, platform === 'win32' ? `${name}.exe` : name);
    await writeFile(program, '');
    await chmod(program, 0o755);
  }
  return findRecorders(platform, { PATH: folder });
}

test.each([
  ['linux', ['parec', 'pw-record', 'arecord', 'rec', 'ffmpeg (pulse)', 'ffmpeg (alsa)']],
  ['darwin', ['rec', 'ffmpeg']],
  ['win32', ['sox', 'ffmpeg']],
] as const)('on %s there are %j', async (platform, expected) => {
  expect(await findRecorders(platform, { PATH: '' })).toEqual([]);
  const recorders = await install(platform);
  expect(recorders.map(({ name }) => name)).toEqual(expected);
  for (const { name, toArguments } of recorders) {
    const args = toArguments({ sampleRate: 16_000, device: 'my device' });
    // One argument, whatever is in its name; SoX on Unix reads it from the environment.
    const named = args.some((argument) => argument.includes('my device'));
    expect({ name, named }).toEqual({ name, named: name !== 'rec' });
    const line = args.join(' ');
    expect(line).toMatch(/16000/);
    expect(line).toMatch(/s16|S16_LE|-e signed-integer -b 16/);
    expect(line).toMatch(/(channels[= ]|-c |-ac )1/);
  }
});

test('SoX is told the device by its variable', () => {
  expect(recorderEnvironment('hw:1')).toEqual({ AUDIODEV: 'hw:1' });
  expect(recorderEnvironment(undefined)).toEqual({});
});
