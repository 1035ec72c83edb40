import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Mp3FrameReader } from '../../audio/mp3/mp3-frame-reader.ts';
import { EncodedMp3Track } from './encoded-mp3-track.ts';
import { MemoryRenderFile } from './memory-render-file.ts';
import type { CreateMp3Encoder } from './mp3-encoder.ts';
import type { TrackState } from './sound-track.ts';
import { createCountingEncoder } from './testing/counting-encoder.ts';

const SAMPLE_RATE = 8000;
const FRAME = 576;

function createTrack(
  file: MemoryRenderFile,
  createEncoder: CreateMp3Encoder,
  states: TrackState[],
) {
  return new EncodedMp3Track({
    file,
    createEncoder,
    encoder: { sampleRate: SAMPLE_RATE, bitrate: 8 },
    tag: { title: 'x' },
    state: states.at(-1),
    seekPoints: states,
  });
}

/** An encoder that remembers what it was given. */
function recording(pieces: Int16Array[][]): CreateMp3Encoder {
  return async (options) => {
    const encoder = await createCountingEncoder(options);
    const piece: Int16Array[] = [];
    pieces.push(piece);
    return {
      ...encoder,
      encode(samples) {
        piece.push(samples.slice());
        return encoder.encode(samples);
      },
    };
  };
}

const parts = fc.array(
  fc.record({
    samples: fc.integer({ min: 1, max: 60_000 }),
    pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1500 })),
  }),
  { minLength: 1, maxLength: 12 },
);

test('pieces begin at borders of frames, and the sound is where it is said to be', async () => {
  await fc.assert(
    fc.asyncProperty(parts, async (given) => {
      const file = new MemoryRenderFile();
      const pieces: Int16Array[][] = [];
      const track = createTrack(file, recording(pieces), []);
      const starts: number[] = [];
      const states: TrackState[] = [];
      for (const { samples, pauseMs } of given) {
        const sound = new Int16Array(samples).fill(1);
        sound[0] = 1000 + starts.length;
        const { startMs } = await track.addSound({ samples: sound, sampleRate: SAMPLE_RATE });
        starts.push(Math.round((startMs * SAMPLE_RATE) / 1000));
        await track.addPause(pauseMs);
        const state = await track.checkpoint();
        if (state !== undefined) states.push(state);
      }
      await track.finish({ title: 'x' });
      expect(pieces).toHaveLength(states.length + 1);
      // What every decoder would find: each piece plays from its first frame on.
      const found: number[] = [];
      for (const [index, piece] of pieces.entries()) {
        let at = (states[index - 1]?.frames ?? 0) * FRAME;
        for (const samples of piece) {
          for (const [offset, sample] of samples.entries()) {
            if (sample >= 1000) found[sample - 1000] = at + offset;
          }
          at += samples.length;
        }
      }
      expect(found).toEqual(starts);
      const reader = new Mp3FrameReader();
      const frames = [...reader.push(file.bytes), ...reader.flush()];
      const { delaySamples = 0, paddingSamples = 0 } = reader.info!;
      expect(reader.info!.frames).toBe(frames.length);
      const length = Math.round((track.lengthMs * SAMPLE_RATE) / 1000);
      expect(frames.length * FRAME - delaySamples - paddingSamples).toBe(length);
      expect(paddingSamples).toBeGreaterThanOrEqual(529);
    }),
    { numRuns: 25 },
  );
});

test('an hour without a pause is given short ones, so that it can be gone on with', async () => {
  const track = createTrack(new MemoryRenderFile(), createCountingEncoder, []);
  let states = 0;
  for (let second = 0; second < 180; second += 1) {
    await track.addSound({ samples: new Int16Array(SAMPLE_RATE), sampleRate: SAMPLE_RATE });
    await track.addPause(0);
    if ((await track.checkpoint()) !== undefined) states += 1;
  }
  expect(states).toBe(3);
  // The encoder's silence at 8 kHz.
  expect(track.lengthMs).toBeGreaterThan(180_000);
  expect(track.lengthMs).toBeLessThan(180_000 + 3 * 300);
});

test('an encoder that changes the rate is refused', async () => {
  const track = createTrack(
    new MemoryRenderFile(),
    () => createCountingEncoder({ sampleRate: 24_000, bitrate: 8 }),
    [],
  );
  const sound = { samples: new Int16Array(SAMPLE_RATE), sampleRate: SAMPLE_RATE };
  await expect(track.addSound(sound)).rejects.toMatchObject({ code: 'mp3_mode_change' });
});
