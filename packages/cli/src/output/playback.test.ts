import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readWav } from '@stepvoice/core/audio';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installFakePlayer } from '../testing/fake-player.ts';
import { createAudioSpool } from './audio-spool.ts';
import { Playback } from './playback.ts';
import { findPlayers } from './system-player.ts';

const SAMPLE_RATE = 24_000;
const SOUND = new Uint8Array(
  Int16Array.from({ length: 48_000 }, (_, index) => index % 1000).buffer,
);
const never = new AbortController().signal;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function createPlayback(options: { keepUnplayed?: boolean; signal?: AbortSignal } = {}) {
  const { keepUnplayed = true, signal = never } = options;
  const failed: string[] = [];
  const spool = await createAudioSpool(SAMPLE_RATE);
  const playback = new Playback({
    spool,
    players: await findPlayers('linux', { PATH: folder }),
    sampleRate: SAMPLE_RATE,
    keepUnplayed,
    signal,
    onPlayerFailed: (error) => failed.push(`${error.player}: ${error.message}`),
  });
  return { playback, spool, failed };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

describe.runIf(process.platform !== 'win32')('with players of a test', () => {
  test('the player gets every byte while it arrives, and no file stays', async () => {
    const player = await installFakePlayer(folder, 'ffplay', 'plays');
    const { playback, spool } = await createPlayback();
    for (let offset = 0; offset < SOUND.length; offset += 1001) {
      await playback.write(SOUND.subarray(offset, offset + 1001));
    }
    expect(playback.heardSeconds).toBeGreaterThanOrEqual(0);
    expect(await playback.finish()).toEqual({ player: 'ffplay', file: undefined });
    expect(new Uint8Array(await player.heard())).toEqual(SOUND);
    expect(await player.args()).toContain(String(SAMPLE_RATE));
    expect(await exists(spool.file)).toBe(false);
  });

  test('where one fails the next begins at the beginning', async () => {
    await installFakePlayer(folder, 'ffplay', 'fails');
    const second = await installFakePlayer(folder, 'aplay', 'plays');
    const { playback, failed } = await createPlayback();
    await playback.write(SOUND);
    expect(await playback.finish()).toMatchObject({ player: 'aplay' });
    expect(new Uint8Array(await second.heard())).toEqual(SOUND);
    expect(failed).toEqual(['ffplay: cannot open audio device']);
  });

  test('a player that takes files gets a complete one', async () => {
    const player = await installFakePlayer(folder, 'pw-play', 'plays');
    const { playback, spool } = await createPlayback();
    await playback.write(SOUND);
    expect(playback.heardSeconds).toBeUndefined();
    expect(await playback.finish()).toMatchObject({ player: 'pw-play' });
    expect(await player.args()).toEqual([spool.file]);
  });

  test('where none plays the sound stays in a file', async () => {
    await installFakePlayer(folder, 'ffplay', 'fails');
    const { playback, spool } = await createPlayback();
    await playback.write(SOUND);
    expect(await playback.finish()).toEqual({ file: spool.file, player: undefined });
    const { samples } = readWav(await readFile(spool.file));
    expect(samples).toHaveLength(48_000);
    await rm(path.dirname(spool.file), { recursive: true });
  });

  test('it can be told to leave nothing behind', async () => {
    const { playback, spool } = await createPlayback({ keepUnplayed: false });
    await playback.write(SOUND);
    expect(await playback.finish()).toEqual({ file: undefined, player: undefined });
    expect(await exists(path.dirname(spool.file))).toBe(false);
  });

  test('an interruption ends the player at once and leaves nothing behind', async () => {
    const player = await installFakePlayer(folder, 'ffplay', 'hangs');
    const controller = new AbortController();
    const { playback, spool } = await createPlayback({ signal: controller.signal });
    await playback.write(SOUND);
    await expect.poll(() => player.heard().catch(() => '')).toHaveLength(SOUND.length);
    controller.abort(new Error('Ctrl-C'));
    expect(await playback.abandon()).toEqual({});
    const pid = await player.pid();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    expect(await exists(path.dirname(spool.file))).toBe(false);
  });

  test('when the service breaks off, what had arrived is played to its end', async () => {
    const player = await installFakePlayer(folder, 'ffplay', 'plays');
    const { playback, spool } = await createPlayback();
    await playback.write(SOUND);
    expect(await playback.abandon()).toEqual({});
    expect(new Uint8Array(await player.heard())).toEqual(SOUND);
    expect(await exists(spool.file)).toBe(false);
  });

  test('text waits while more than half a minute is still to be heard', async () => {
    await installFakePlayer(folder, 'ffplay', 'hangs');
    const controller = new AbortController();
    const { playback } = await createPlayback({ signal: controller.signal });
    await playback.write(SOUND);
    await playback.room(controller.signal);
    await playback.write(new Uint8Array(SAMPLE_RATE * 2 * 40));
    const room = playback.room(controller.signal);
    expect(await Promise.race([room, Promise.resolve('waits')])).toBe('waits');
    controller.abort(new Error('Ctrl-C'));
    await expect(room).rejects.toThrow('Ctrl-C');
    await playback.abandon();
  });
});
