import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodePcm16, writeWav } from '@stepvoice/core/audio';
import type { AudioOutputEvent } from '@stepvoice/core/audio';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPlayers } from '../output/system-player.ts';
import { installFakePlayer } from '../testing/fake-player.ts';
import type { FakePlayer, FakePlayerKind } from '../testing/fake-player.ts';
import { FileOutput } from './file-output.ts';

const SAMPLE_RATE = 24_000;
let folder: string;
let systemTemporary: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stepvoice-test-'));
  systemTemporary = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
});
afterEach(async () => {
  if (systemTemporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = systemTemporary;
  await rm(folder, { recursive: true, force: true });
});

async function open(
  kind: FakePlayerKind,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ fake: FakePlayer; output: FileOutput; events: AudioOutputEvent[] }> {
  const fake = await installFakePlayer(folder, 'afplay', kind);
  const [player] = await findPlayers('darwin', { PATH: folder });
  const output = new FileOutput(player!, signal);
  const events: AudioOutputEvent[] = [];
  output.subscribe((event) => events.push(event));
  return { fake, output, events };
}

function sound(seconds: number, first = 1): { samples: Int16Array; sampleRate: number } {
  const samples = Int16Array.from({ length: seconds * SAMPLE_RATE }, (_, at) => first + at);
  return { samples, sampleRate: SAMPLE_RATE };
}

const temporary = async () =>
  (await readdir(folder)).filter((name) => name.startsWith('stepvoice-'));

describe.runIf(process.platform !== 'win32')('with a player that takes files only', () => {
  test('pieces are heard one after the other, and no file stays', async () => {
    const { fake, output, events } = await open('takes-files');
    const pieces = [sound(0.05), sound(0.04, 3000), sound(0.03, 9000)];
    const [one, other, last] = pieces;
    await output.enqueue({ id: 1, sound: one! });
    const bytes = writeWav(other!);
    await output.enqueue({
      id: 2,
      sound: { bytes, mediaType: 'audio/wav', durationSeconds: 0.04 },
    });
    void output.enqueue({ id: 3, sound: last! });
    await expect.poll(() => events.filter(({ type }) => type === 'ended').length).toBe(3);
    await output.close();
    expect(decodePcm16(await fake.heard())).toEqual(
      Int16Array.from(pieces.flatMap(({ samples }) => [...samples])),
    );
    const ended = events.filter((event) => event.type === 'ended');
    expect(ended.map(({ pieceId }) => pieceId)).toEqual([1, 2, 3]);
    expect(await temporary()).toEqual([]);
  });

  test('after a pause it goes on where it was', async () => {
    const { fake, output, events } = await open('takes-files');
    const { samples, sampleRate } = sound(0.9);
    await output.enqueue({ id: 1, sound: { samples, sampleRate } });
    const positions = () => events.filter((event) => event.type === 'position');
    await expect.poll(() => positions().at(-1)?.seconds).toBeGreaterThan(0.05);
    output.pause();
    const at = positions().at(-1);
    expect(at).toMatchObject({ advancing: false });
    await expect
      .poll(async () => (await fake.heard().catch(() => '')).length)
      .toBe(samples.length * 2);
    output.resume();
    await expect.poll(() => events.at(-1)?.type, { timeout: 3000 }).toBe('ended');
    await output.close();
    const rest = samples.subarray(Math.round((at?.seconds ?? 0) * sampleRate));
    expect(decodePcm16(await fake.heard()).subarray(samples.length)).toEqual(rest);
  });

  test('what waits is taken back by a stop, and a pause outlasts it', async () => {
    const { fake, output, events } = await open('takes-files');
    await output.enqueue({ id: 1, sound: sound(5) });
    const waiting = [output.enqueue({ id: 2, sound: sound(5) })];
    waiting.push(output.enqueue({ id: 3, sound: sound(5) }));
    output.stop();
    await Promise.all(waiting);
    output.pause();
    await output.enqueue({ id: 4, sound: sound(0.03, 9000) });
    expect(events.some((event) => event.type === 'position' && event.pieceId === 4)).toBe(false);
    output.resume();
    await expect.poll(() => events.at(-1)).toMatchObject({ type: 'ended', pieceId: 4 });
    await output.close();
    expect(decodePcm16(await fake.heard()).slice(-720)).toEqual(sound(0.03, 9000).samples);
  });

  test('a player that fails fails what waits', async () => {
    const { output, events } = await open('fails');
    void output.enqueue({ id: 1, sound: sound(0.1) });
    const waiting = [2, 3].map((id) => output.enqueue({ id, sound: sound(0.1) }));
    await expect(waiting[1]).rejects.toThrow('cannot open audio device');
    await Promise.allSettled(waiting);
    expect(events.at(-1)).toMatchObject({ type: 'failed' });
    await output.close();
    expect(await temporary()).toEqual([]);
  });

  test('closed, it leaves neither a player nor a file, and takes nothing more', async () => {
    const { fake, output } = await open('takes-files');
    await output.enqueue({ id: 1, sound: sound(60) });
    await expect.poll(() => fake.pid().catch(() => 0)).toBeGreaterThan(0);
    await output.close();
    const pid = await fake.pid();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    expect(await temporary()).toEqual([]);
    await expect(output.enqueue({ id: 2, sound: sound(1) })).rejects.toThrow('closed');
  });
});
