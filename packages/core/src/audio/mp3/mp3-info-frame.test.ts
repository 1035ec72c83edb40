import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMp3Frame } from '../mp3-frame.ts';
import { infoFrame, readInfoFrame } from './mp3-info-frame.ts';
import { HEADERS, soundFrames } from './testing/sound-frames.ts';

const header = fc.constantFrom(
  ...Object.values(HEADERS),
  // 8 kbit/s, in which no notes have room.
  Uint8Array.of(0xff, 0xf3, 0x14, 0xc0),
  // With a checksum, and with padding.
  Uint8Array.of(0xff, 0xf2, 0x86, 0xc4),
);

test('what was written is read, and its length depends on the header alone', () => {
  const silence = fc.integer({ min: 0, max: 4095 });
  fc.assert(
    fc.property(
      header,
      fc.boolean(),
      fc.nat(1e8),
      silence,
      silence,
      (kind, isConstant, frames, delaySamples, paddingSamples) => {
        const frame = infoFrame({
          header: kind,
          isConstant,
          frames,
          bytes: frames * 7,
          delaySamples,
          paddingSamples,
        });
        const layout = readMp3Frame(frame, 0)!;
        expect(layout.bytes).toBe(frame.length);
        expect(readInfoFrame(frame, layout)).toEqual({ frames, delaySamples, paddingSamples });
        const empty = { isConstant, frames: 0, bytes: 0, delaySamples: 0, paddingSamples: 0 };
        expect(infoFrame({ header: kind, ...empty }).length).toBe(frame.length);
      },
    ),
    { numRuns: 200 },
  );
});

test('its table leads to the bytes of a time', () => {
  // The first half of the time takes a tenth of the bytes.
  const frame = infoFrame({
    header: HEADERS.mono24,
    isConstant: false,
    frames: 10_000,
    bytes: 1_000_000,
    seekPoints: [{ frames: 5000, bytes: 100_000 }],
    delaySamples: 0,
    paddingSamples: 0,
  });
  const start = 4 + 9 + 16;
  const table = [...frame.subarray(start, start + 100)];
  expect(table[0]).toBe(0);
  expect(table[25]).toBe(Math.floor(256 * 0.05));
  expect(table[50]).toBe(Math.floor(256 * 0.1));
  expect(table[75]).toBe(Math.floor(256 * 0.55));
  expect(table).toEqual(table.toSorted((one, other) => one - other));
});

test('a frame of sound has no notes', () => {
  const [frame] = soundFrames(HEADERS.mono24, 1) as [Uint8Array];
  expect(readInfoFrame(frame, readMp3Frame(frame, 0)!)).toBeUndefined();
});

test.each([
  ['no header', { header: Uint8Array.of(1, 2, 3, 4) }],
  ['too much silence', { delaySamples: 4096 }],
  ['no whole number', { paddingSamples: 0.5 }],
])('%s is refused', (_, wrong) => {
  const right = { isConstant: true, frames: 1, bytes: 1, delaySamples: 0, paddingSamples: 0 };
  expect(() => infoFrame({ header: HEADERS.mono24, ...right, ...wrong })).toThrow(
    expect.objectContaining({ code: 'invalid_argument', path: Object.keys(wrong)[0] }),
  );
});
