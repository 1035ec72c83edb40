import { expect, test } from 'vitest';
import { WavReader, readWav } from '../../audio/wav-reader.ts';
import { LARGE_WAV_HEADER_BYTES } from '../../audio/wav-writer.ts';
import { MemoryRenderFile } from './memory-render-file.ts';
import type { RenderFile } from './render-file.ts';
import { WavTrack } from './wav-track.ts';

const SAMPLE_RATE = 8000;
const sound = (length: number) => ({
  samples: Int16Array.from({ length }, (_, index) => index),
  sampleRate: SAMPLE_RATE,
});

test('a file of more than 4 GB is RF64', async () => {
  const written = new Map<number, Uint8Array>();
  const file = {
    writeAt: async (offset: number, bytes: Uint8Array) => void written.set(offset, bytes.slice()),
  } as Partial<RenderFile> as RenderFile;
  const samples = 3_000_000_000;
  const bytes = LARGE_WAV_HEADER_BYTES + 2 * samples;
  const track = new WavTrack(file, SAMPLE_RATE, { bytes, samples, frames: 0, header: '' });
  await track.addSound(sound(10));
  await track.finish();
  expect(written.get(bytes)).toHaveLength(20);
  const header = written.get(0)!;
  expect(new TextDecoder().decode(header.subarray(0, 4))).toBe('RF64');
  expect(new DataView(header.buffer).getBigUint64(28, true)).toBe(6_000_000_020n);
  expect(header).toHaveLength(LARGE_WAV_HEADER_BYTES);
});

test('what was written before the end can be played', async () => {
  const file = new MemoryRenderFile();
  const track = new WavTrack(file, SAMPLE_RATE, undefined);
  await track.addSound(sound(50_000));
  await track.checkpoint(false);
  const reader = new WavReader();
  const read = [...reader.push(file.bytes), ...reader.flush()];
  expect(read).toHaveLength(50_000);
  expect(reader.truncated).toBe(false);
});

test('a small one is RIFF, and has the same place for its sound', async () => {
  const file = new MemoryRenderFile();
  const track = new WavTrack(file, SAMPLE_RATE, undefined);
  await track.addPause(1.3);
  const placed = await track.addSound(sound(800));
  await track.finish();
  expect(placed).toEqual({ startMs: 1.25, endMs: 101.25 });
  expect(new TextDecoder().decode(file.bytes.subarray(0, 4))).toBe('RIFF');
  expect(readWav(file.bytes).samples).toHaveLength(810);
});

test.each([
  { samples: new Int16Array(1), sampleRate: 24_000 },
  { bytes: new Uint8Array(1), mediaType: 'audio/mpeg', durationSeconds: 1 },
])('sound of another kind is refused', async (other) => {
  const track = new WavTrack(new MemoryRenderFile(), SAMPLE_RATE, undefined);
  await expect(track.addSound(other)).rejects.toMatchObject({ code: 'sample_rate_change' });
});
