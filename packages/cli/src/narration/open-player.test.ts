import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPlayers } from '../output/system-player.ts';
import { installFakePlayer } from '../testing/fake-player.ts';
import { openPlayer } from './open-player.ts';

const never = new AbortController().signal;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function open(signal = never) {
  const players = await findPlayers('linux', { PATH: folder });
  const failed: string[] = [];
  const opened = await openPlayer(
    players,
    24_000,
    ({ player, message }) => failed.push(`${player}: ${message}`),
    signal,
  );
  return { opened, failed };
}

describe.runIf(process.platform !== 'win32')('with players of a test', () => {
  test('the first that works is taken, and those behind it are left', async () => {
    await installFakePlayer(folder, 'ffplay', 'fails');
    await installFakePlayer(folder, 'mpv', 'plays');
    await installFakePlayer(folder, 'pw-play', 'takes-files');
    const { opened, failed } = await open();
    expect(failed).toEqual(['ffplay: cannot open audio device']);
    expect(opened?.output).toMatchObject({ takes: 'samples', sampleRate: 24_000 });
    expect(opened?.others.map(({ name }) => name)).toEqual(['pw-play']);
    await opened?.output.close();
  });

  test('one that takes files only will do', async () => {
    await installFakePlayer(folder, 'pw-play', 'takes-files');
    const { opened } = await open();
    expect(opened?.output.takes).toBe('clips');
    await opened?.output.close();
  });

  test('without one that works there is none', async () => {
    await installFakePlayer(folder, 'mpv', 'fails');
    expect(await open()).toEqual({ opened: undefined, failed: ['mpv: cannot open audio device'] });
  });

  test('an interruption is not a failure of the player', async () => {
    await installFakePlayer(folder, 'mpv', 'plays');
    await expect(open(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
