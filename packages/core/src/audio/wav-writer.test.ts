import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { concatSamples } from './pcm.ts';
import { asciiBytes, joinBytes } from './testing/wav-bytes.ts';
import { WavReader, readWav } from './wav-reader.ts';
import { LARGE_WAV_HEADER_BYTES, wavHeader, writeWav } from './wav-writer.ts';

/** What sox writes for these three samples, byte for byte. */
const threeSamples = new Uint8Array([
  0x52, 0x49, 0x46, 0x46, 0x2a, 0, 0, 0, 0x57, 0x41, 0x56, 0x45, 0x66, 0x6d, 0x74, 0x20, 16, 0, 0,
  0, 1, 0, 1, 0, 0xc0, 0x5d, 0, 0, 0x80, 0xbb, 0, 0, 2, 0, 16, 0, 0x64, 0x61, 0x74, 0x61, 6, 0, 0,
  0, 1, 0, 0xff, 0xff, 0x39, 0x30,
]);

describe('writeWav', () => {
  test('writes what other programs write', () => {
    const samples = Int16Array.of(1, -1, 12_345);
    expect(writeWav({ samples, sampleRate: 24_000 })).toEqual(threeSamples);
  });

  test('readWav gives back the samples and the rate', () => {
    fc.assert(
      fc.property(
        fc.int16Array(),
        fc.integer({ min: 1000, max: 768_000 }),
        (samples, sampleRate) => {
          const file = readWav(writeWav({ samples, sampleRate }));
          expect([...file.samples]).toEqual([...samples]);
          expect(file.sampleRate).toBe(sampleRate);
          expect(file.truncated).toBe(false);
        },
      ),
    );
  });

  test('part of an array', () => {
    const samples = Int16Array.of(9, 1, -1, 12_345, 9).subarray(1, 4);
    expect(writeWav({ samples, sampleRate: 24_000 })).toEqual(threeSamples);
  });
});

describe('wavHeader', () => {
  test('without a length, sound of any length can follow', () => {
    const header = wavHeader({ sampleRate: 16_000 });
    const view = new DataView(header.buffer);
    expect(header).toHaveLength(44);
    expect(view.getUint32(4, true)).toBe(0xffffffff);
    expect(view.getUint32(40, true)).toBe(0xffffffff);

    const reader = new WavReader();
    const parts = [
      reader.push(header),
      reader.push(Uint8Array.of(1, 0, 2)),
      reader.push(Uint8Array.of(0)),
    ];
    expect(concatSamples([...parts, reader.flush()])).toEqual(Int16Array.of(1, 2));
    expect(reader.format?.sampleRate).toBe(16_000);
    expect(reader.truncated).toBe(false);
  });

  test('the largest file with 32-bit sizes, and one sample more', () => {
    const largest = 2_147_483_629;
    const view = new DataView(wavHeader({ sampleRate: 24_000, samples: largest }).buffer);
    expect(view.getUint32(4, true)).toBe(36 + 2 * largest);
    expect(view.getUint32(40, true)).toBe(2 * largest);
    const large = wavHeader({ sampleRate: 24_000, samples: largest + 1 });
    expect(large).toEqual(
      // Laid out as in EBU Tech 3306, table 2.
      joinBytes([
        asciiBytes('RF64'),
        Uint8Array.of(0xff, 0xff, 0xff, 0xff),
        asciiBytes('WAVEds64'),
        Uint8Array.of(28, 0, 0, 0),
        // 80 − 8 + 2 · 2 147 483 630 = 0x1_0000_0024, the sound 0xffff_ffdc, its samples half of that; no table.
        Uint8Array.of(0x24, 0, 0, 0, 1, 0, 0, 0),
        Uint8Array.of(0xdc, 0xff, 0xff, 0xff, 0, 0, 0, 0),
        Uint8Array.of(0xee, 0xff, 0xff, 0x7f, 0, 0, 0, 0),
        Uint8Array.of(0, 0, 0, 0),
        asciiBytes('fmt '),
        threeSamples.subarray(16, 36),
        asciiBytes('data'),
        Uint8Array.of(0xff, 0xff, 0xff, 0xff),
      ]),
    );
    expect(large).toHaveLength(LARGE_WAV_HEADER_BYTES);
  });

  test('with reserved room, the header has one length whatever follows', () => {
    const counts = fc.oneof(
      fc.constant(undefined),
      fc.nat(1_000_000_000),
      fc.integer({ min: 2_147_483_612, max: 2_147_483_660 }),
      fc.integer({ min: 2 ** 32, max: 2 ** 45 }),
    );
    fc.assert(
      fc.property(counts, (samples) => {
        const header = wavHeader({ sampleRate: 24_000, samples, reserved: true });
        expect(header).toHaveLength(LARGE_WAV_HEADER_BYTES);
        const reader = new WavReader();
        reader.push(header);
        const three = threeSamples.subarray(44);
        expect([...reader.push(three), ...reader.flush()].slice(0, samples ?? 3)).toEqual(
          [1, -1, 12_345].slice(0, samples ?? 3),
        );
        expect(reader.truncated).toBe(samples !== undefined && samples > 3);
      }),
      { numRuns: 200 },
    );
  });

  test.each([-1, 0.5, Number.NaN, Infinity])('%d samples are refused', (samples) => {
    expect(() => wavHeader({ sampleRate: 24_000, samples })).toThrow(ValidationError);
  });

  test.each([0, Number.NaN, 24_000.5, -1, 1e6])('a rate of %d is refused', (sampleRate) => {
    expect(() => writeWav({ samples: new Int16Array(1), sampleRate })).toThrow(
      /sampleRate is .*1000 to 768000/,
    );
  });
});
