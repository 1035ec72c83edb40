import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PlayerError } from '../output/player-process.ts';
import { findPlayers } from '../output/system-player.ts';
import { installFakePlayer } from '../testing/fake-player.ts';
import { ReplyPlayer } from './reply-player.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function create() {
  const failed: PlayerError[] = [];
  const player = new ReplyPlayer({
    players: await findPlayers('linux', { PATH: folder }),
    onPlayerFailed: (error) => failed.push(error),
  });
  return { player, failed };
}

const sound = (samples: number) => new Int16Array(samples).fill(1000);

test('a reply is played whole, and it is known when it is over', async () => {
  const fake = await installFakePlayer(folder, 'aplay', 'plays');
  const { player } = await create();
  player.begin();
  player.write(sound(2400));
  expect(player.isSounding).toBe(true);
  player.write(sound(2400));
  player.end();
  await player.drained();
  expect((await fake.heard()).length).toBe(9600);
  await player.close();
});

test('one that is silenced has no player any more, at once', async () => {
  const fake = await installFakePlayer(folder, 'aplay', 'hangs');
  const { player } = await create();
  player.begin();
  player.write(sound(24_000));
  await vi.waitFor(async () => expect((await fake.heard()).length).toBe(48_000), {
    timeout: 5000,
  });
  const pid = await fake.pid();
  const startedAt = performance.now();
  expect(player.flush()).toBeLessThanOrEqual(1000);
  await player.drained();
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  expect(player.flush()).toBeUndefined();
});

test('the next reply gets a player of its own', async () => {
  const fake = await installFakePlayer(folder, 'aplay', 'plays');
  const { player } = await create();
  player.begin();
  player.write(sound(240));
  player.flush();
  player.begin();
  player.write(sound(480));
  player.end();
  await player.drained();
  expect((await fake.heard()).length).toBe(960);
});

test('where one cannot play, the next one plays the reply from its beginning', async () => {
  await installFakePlayer(folder, 'ffplay', 'fails');
  const fake = await installFakePlayer(folder, 'aplay', 'plays');
  const { player, failed } = await create();
  player.begin();
  player.write(sound(2400));
  player.end();
  await player.drained();
  expect(failed.map((error) => error.player)).toEqual(['ffplay']);
  expect((await fake.heard()).length).toBe(4800);
  player.begin();
  player.end();
  await player.close();
  expect(failed).toHaveLength(1);
});

test('without a player replies are silent, and nothing waits', async () => {
  const { player } = await create();
  player.begin();
  player.write(sound(2400));
  player.end();
  await player.drained();
  await player.close();
  expect(player.isSounding).toBe(false);
});
