import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodePcm16 } from '@stepvoice/core/audio';
import type { AudioOutputEvent } from '@stepvoice/core/audio';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlayerError } from '../output/player-process.ts';
import { findPlayers } from '../output/system-player.ts';
import type { SystemPlayer } from '../output/system-player.ts';
import { installFakePlayer } from '../testing/fake-player.ts';
import type { FakePlayer, FakePlayerKind } from '../testing/fake-player.ts';
import { StreamingOutput } from './streaming-output.ts';

const SAMPLE_RATE = 24_000;
const never = new AbortController().signal;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(kind: FakePlayerKind): Promise<{ fake: FakePlayer; player: SystemPlayer }> {
  const fake = await installFakePlayer(folder, 'ffplay', kind);
  const [player] = await findPlayers('linux', { PATH: folder });
  return { fake, player: player! };
}

/** Sound without silence in it, which tells each of its samples apart. */
function sound(seconds: number, first = 1): { samples: Int16Array; sampleRate: number } {
  const samples = Int16Array.from({ length: seconds * SAMPLE_RATE }, (_, at) => first + at);
  return { samples, sampleRate: SAMPLE_RATE };
}

/** Settles with the first event that is looked for. */
function next(
  output: StreamingOutput,
  isIt: (event: AudioOutputEvent) => boolean,
): Promise<AudioOutputEvent> {
  return new Promise((resolve) => {
    const undo = output.subscribe((event) => {
      if (!isIt(event)) return;
      undo();
      resolve(event);
    });
  });
}

const ended = (output: StreamingOutput, id: number) =>
  next(output, (event) => event.type === 'ended' && event.pieceId === id);

/** What a player was given, silence aside. */
async function heard(fake: FakePlayer): Promise<Int16Array> {
  return decodePcm16(await fake.heard()).filter((sample) => sample !== 0);
}

async function isGone(fake: FakePlayer): Promise<boolean> {
  const pid = await fake.pid();
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

describe.runIf(process.platform !== 'win32')('with players of a test', () => {
  test('what is heard is what was enqueued, to the sample, also around a pause', async () => {
    const { fake, player } = await install('plays');
    const output = await StreamingOutput.open(player, SAMPLE_RATE, never);
    const [one, other] = [sound(0.5), sound(0.4, 9000)];
    const over = ended(output, 2);
    const began = next(output, (event) => event.type === 'position' && event.pieceId === 1);
    await output.enqueue({ id: 1, sound: one });
    await output.enqueue({ id: 2, sound: other });
    await began;
    const stopped = next(output, (event) => event.type === 'position' && !event.advancing);
    output.pause();
    await stopped;
    output.resume();
    await over;
    await output.close();
    expect(await heard(fake)).toEqual(Int16Array.from([...one.samples, ...other.samples]));
    expect(await isGone(fake)).toBe(true);
  });

  test('after a stop nothing of what waited is heard', async () => {
    const { fake, player } = await install('plays');
    const output = await StreamingOutput.open(player, SAMPLE_RATE, never);
    const [dropped, kept] = [sound(1), sound(0.2, 9000)];
    const began = next(output, (event) => event.type === 'position');
    await output.enqueue({ id: 1, sound: dropped });
    await began;
    output.stop();
    const over = ended(output, 2);
    await output.enqueue({ id: 2, sound: kept });
    await over;
    await output.close();
    const all = await heard(fake);
    expect(all.length).toBeLessThan(0.9 * SAMPLE_RATE);
    expect(all.slice(-kept.samples.length)).toEqual(kept.samples);
  });

  test('a player without a device is told by its own words', async () => {
    const { player } = await install('fails');
    const opening = StreamingOutput.open(player, SAMPLE_RATE, never);
    await expect(opening).rejects.toThrow('cannot open audio device');
    await expect(opening).rejects.toMatchObject({ hadBegun: false });
  });

  test('one that dies later fails what is enqueued', async () => {
    const { player } = await install('breaks');
    const output = await StreamingOutput.open(player, SAMPLE_RATE, never);
    const failed = await next(output, (event) => event.type === 'failed');
    expect(failed).toMatchObject({ error: expect.any(PlayerError) });
    await expect(output.enqueue({ id: 1, sound: sound(0.1) })).rejects.toThrow(
      'device was removed',
    );
    await output.close();
  });

  test('one that takes nothing is given up, and is gone', async () => {
    const { fake, player } = await install('deaf');
    const output = await StreamingOutput.open(player, SAMPLE_RATE, never, 300);
    await expect(next(output, (event) => event.type === 'failed')).resolves.toMatchObject({
      error: expect.objectContaining({ message: 'ffplay takes no sound.', hadBegun: true }),
    });
    await output.close();
    expect(await isGone(fake)).toBe(true);
  });

  test('an interruption ends the player at once', async () => {
    const { fake, player } = await install('hangs');
    const stop = new AbortController();
    const output = await StreamingOutput.open(player, SAMPLE_RATE, stop.signal);
    stop.abort(new Error('enough'));
    await output.close();
    expect(await isGone(fake)).toBe(true);
    await expect(output.enqueue({ id: 1, sound: sound(0.1) })).rejects.toThrow('enough');
  });
});
