import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { concatSamples } from './pcm.ts';
import { WavReader, readWav } from './wav-reader.ts';
import { wavHeader, writeWav } from './wav-writer.ts';

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

  test('the largest file, and one sample more', () => {
    const largest = 2_147_483_629;
    const view = new DataView(wavHeader({ sampleRate: 24_000, samples: largest }).buffer);
    expect(view.getUint32(4, true)).toBe(36 + 2 * largest);
    expect(view.getUint32(40, true)).toBe(2 * largest);
    expect(() => wavHeader({ sampleRate: 24_000, samples: largest + 1 })).toThrow(
      /4 GiB.*streaming header/,
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
