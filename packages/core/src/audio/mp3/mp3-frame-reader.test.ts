import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../testing/wav-bytes.ts';
import { joinBytes } from '../join-bytes.ts';
import { id3Tag } from './id3-tag.ts';
import { Mp3FrameReader } from './mp3-frame-reader.ts';
import { infoFrame } from './mp3-info-frame.ts';
import { HEADERS, soundFrames } from './testing/sound-frames.ts';

const nothing = { isConstant: true, frames: 0, bytes: 0, delaySamples: 576, paddingSamples: 1000 };

function readInPieces(bytes: Uint8Array, sizes: readonly number[]) {
  const reader = new Mp3FrameReader();
  const frames: Uint8Array[] = [];
  for (let offset = 0, index = 0; offset < bytes.length; index += 1) {
    const size = sizes[index % sizes.length]!;
    // A copy, whose memory nobody else uses.
    frames.push(
      ...reader.push(bytes.slice(offset, offset + size)).map((frame) => frame.bytes.slice()),
    );
    offset += size;
  }
  frames.push(...reader.flush().map((frame) => frame.bytes));
  return { frames, reader };
}

/** An APE tag as Monkey's Audio writes it, with a header and a footer of 32 bytes. */
function apeTag(contents: Uint8Array, flags = 0xa0000000): Uint8Array {
  const part = (own: number) => {
    const bytes = new Uint8Array(32);
    bytes.set(asciiBytes('APETAGEX'));
    const view = new DataView(bytes.buffer);
    view.setUint32(8, 2000, true);
    view.setUint32(12, contents.length + 32, true);
    view.setUint32(20, own, true);
    return bytes;
  };
  return joinBytes([part(flags), contents, part(0x80000000)]);
}

const id3v1 = joinBytes([asciiBytes('TAG'), new Uint8Array(125).fill(0xff)]);

describe('frames', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 4, maxLength: 6 });

  test('come out of any pieces, without all that is no sound', () => {
    // Bytes that could be mistaken for headers where nobody looks for a tag.
    const cover = fc.uint8Array({ maxLength: 200 }).map((bytes) => apeTag(bytes));
    const title = fc.string({ unit: fc.constantFrom('ÿ', '\uffff', '\ufbff', 'a'), maxLength: 50 });
    const tag = fc.oneof(
      title.map((text) => id3Tag({ title: text })),
      cover,
      fc.constant(id3v1),
    );
    const header = fc.constantFrom(...Object.values(HEADERS));
    fc.assert(
      fc.property(
        header,
        fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 3 }),
        fc.array(tag, { minLength: 4, maxLength: 4 }),
        sizes,
        (kind, counts, tags, pieces) => {
          const streams = counts.map((count, index) => soundFrames(kind, count, 100 * index + 1));
          const bytes = joinBytes(
            streams.flatMap((stream, index) => [
              tags[index]!,
              infoFrame({ header: kind, ...nothing }),
              ...stream,
            ]),
          );
          const { frames, reader } = readInPieces(bytes, pieces);
          expect(Buffer.compare(joinBytes(frames), joinBytes(streams.flat()))).toBe(0);
          expect(reader.info).toEqual({ frames: 0, delaySamples: 576, paddingSamples: 1000 });
        },
      ),
      { numRuns: 40 },
    );
  });

  test('whatever comes in, whole and in pieces give the same', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.constant(Uint8Array.of(0xff, 0xf3, 0x84, 0xc4)),
      fc.constant(asciiBytes('ID3')),
      fc.integer({ min: 1, max: 3 }).map((count) => joinBytes(soundFrames(HEADERS.mono24, count))),
    );
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 6 }), sizes, (parts, pieces) => {
        const bytes = joinBytes(parts);
        const whole = readInPieces(bytes, [bytes.length + 1]).frames;
        const streamed = readInPieces(bytes, pieces).frames;
        expect(streamed.map(({ length }) => length)).toEqual(whole.map(({ length }) => length));
        expect(Buffer.compare(joinBytes(streamed), joinBytes(whole))).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('a cut frame at the end is left out', () => {
    const frames = soundFrames(HEADERS.mono24, 3);
    const bytes = joinBytes(frames);
    expect(readInPieces(bytes.subarray(0, -1), [100]).frames).toEqual(frames.slice(0, 2));
  });

  test('frames of another kind are none of the stream', () => {
    const frames = soundFrames(HEADERS.mono24, 2);
    const others = soundFrames(HEADERS.mono44, 2);
    expect(readInPieces(joinBytes([...frames, ...others]), [64]).frames).toEqual(frames);
  });

  test('a note of Fraunhofer’s encoder is no sound', () => {
    const [note] = soundFrames(HEADERS.mono24, 1) as [Uint8Array];
    note.set(asciiBytes('VBRI'), 36);
    const frames = soundFrames(HEADERS.mono24, 2);
    const { frames: read, reader } = readInPieces(joinBytes([note, ...frames]), [50]);
    expect(read).toEqual(frames);
    expect(reader.info).toMatchObject({ delaySamples: undefined });
  });
});
