import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinBytes } from '../join-bytes.ts';
import { readMp3Frame } from '../mp3-frame.ts';
import { Mp3FrameReader } from './mp3-frame-reader.ts';
import { infoFrame, readInfoFrame } from './mp3-info-frame.ts';
import { Mp3Joiner } from './mp3-joiner.ts';
import { silentFrame } from './silent-frame.ts';
import { HEADERS, soundFrames } from './testing/sound-frames.ts';

const FRAME = 576;
const DELAY = 576 + 529;

/** A file as an encoder writes it: its notes, and frames for so many samples. */
function file(samples: number, first: number, hasNotes = true): Uint8Array {
  const count = Math.ceil((samples + DELAY) / FRAME);
  const frames = soundFrames(HEADERS.mono24, count, first);
  const notes = infoFrame({
    header: HEADERS.mono24,
    isConstant: true,
    frames: count,
    bytes: 0,
    delaySamples: 576,
    paddingSamples: count * FRAME - 576 - samples,
  });
  return joinBytes(hasNotes ? [notes, ...frames] : frames);
}

const framesOf = (bytes: Uint8Array) => {
  const reader = new Mp3FrameReader();
  return [...reader.push(bytes), ...reader.flush()].map((frame) => frame.bytes);
};

const anyStreams = fc.array(
  fc.record({
    samples: fc.integer({ min: 1, max: 8000 }),
    pause: fc.integer({ min: 0, max: 20_000 }),
  }),
  { minLength: 1, maxLength: 8 },
);

test('every frame of every stream is there, and pauses are kept to half a frame', () => {
  fc.assert(
    fc.property(anyStreams, fc.boolean(), (streams, hasNotes) => {
      const joiner = new Mp3Joiner();
      const written: Uint8Array[] = [];
      let end = 0;
      let pause = 0;
      for (const [index, given] of streams.entries()) {
        const stream = file(given.samples, 1000 * (index + 1), hasNotes);
        const joined = joiner.append(stream);
        written.push(joined.bytes);
        const own = framesOf(stream);
        expect(framesOf(joined.bytes).slice(-own.length)).toEqual(own);
        // Without notes it is taken to be as long as its frames can tell.
        const longest = own.length * FRAME - DELAY;
        expect(joined.samples).toBe(hasNotes ? given.samples : longest);
        const gap = joined.startSamples - end;
        expect(gap).toBeGreaterThanOrEqual(pause - FRAME / 2);
        // An encoder's own silence may be longer than the pause.
        expect(gap).toBeLessThanOrEqual(Math.max(pause + FRAME / 2, DELAY + FRAME));
        end = joined.startSamples + joined.samples;
        pause = given.pause;
        joiner.pause(pause);
      }
      written.push(joiner.finish());
      const frames = framesOf(joinBytes(written));
      const { state } = joiner;
      expect(frames).toHaveLength(state.frames);
      expect(joinBytes(frames)).toHaveLength(state.bytes);
      expect(state.endSamples).toBe(end + pause);
      const notes = joiner.infoFrame();
      const { delaySamples, paddingSamples } = readInfoFrame(notes, readMp3Frame(notes, 0)!)!;
      expect(delaySamples! + state.endSamples + paddingSamples!).toBe(state.frames * FRAME);
      expect(paddingSamples).toBeGreaterThanOrEqual(529);
    }),
    { numRuns: 60 },
  );
});

test('it goes on from its state', () => {
  fc.assert(
    fc.property(anyStreams, fc.nat(), (given, at) => {
      const join = (cut: number) => {
        let joiner = new Mp3Joiner();
        const written: Uint8Array[] = [];
        for (const [index, { samples, pause }] of given.entries()) {
          written.push(joiner.append(file(samples, index)).bytes);
          joiner.pause(pause);
          if (index === cut) joiner = new Mp3Joiner(JSON.parse(JSON.stringify(joiner.state)));
        }
        return joinBytes([...written, joiner.finish(), joiner.infoFrame()]);
      };
      expect(join(at % given.length)).toEqual(join(-1));
    }),
    { numRuns: 20 },
  );
});

test('frames that need the data of others before them become silence', () => {
  const frames = soundFrames(HEADERS.mono24, 4);
  const size = frames[0]!.length - 13;
  // MPEG-2: the first byte behind the header tells how far back the data begins.
  frames[0]![4] = 200;
  frames[1]![4] = Math.min(255, size);
  frames[2]![4] = 255;
  const { bytes } = new Mp3Joiner().append(joinBytes(frames));
  expect(framesOf(bytes)).toEqual([silentFrame(frames[0]!), ...frames.slice(1)]);
});

test('other kinds and other things are refused', () => {
  const joiner = new Mp3Joiner();
  joiner.append(file(1000, 1));
  const other = joinBytes(soundFrames(HEADERS.mono44, 3));
  expect(() => joiner.append(other)).toThrow(expect.objectContaining({ code: 'mp3_mode_change' }));
  expect(() => joiner.append(new Uint8Array(500))).toThrow(
    expect.objectContaining({ code: 'invalid_mp3' }),
  );
});

test('a header of nothing makes no silence', () => {
  expect(() => silentFrame(new Uint8Array(2))).toThrow(expect.objectContaining({ path: 'header' }));
});
