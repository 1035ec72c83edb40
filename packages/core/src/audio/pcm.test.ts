import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import {
  PcmReader,
  concatSamples,
  decodePcm16,
  durationSeconds,
  encodePcm16,
  fromFloat32,
  swapBytePairs,
  toFloat32,
} from './pcm.ts';

describe('decodePcm16 and encodePcm16', () => {
  test('read and write little-endian', () => {
    const bytes = Uint8Array.of(0x01, 0x00, 0xff, 0x7f, 0x00, 0x80, 0xfe, 0xff);
    expect(decodePcm16(bytes)).toEqual(Int16Array.of(1, 32_767, -32_768, -2));
    expect(encodePcm16(Int16Array.of(1, 32_767, -32_768, -2))).toEqual(bytes);
  });

  test('a view at an even offset, a copy at an odd one, with the same samples', () => {
    const buffer = Uint8Array.of(9, 1, 2, 3, 4, 5, 6).buffer;
    const even = decodePcm16(new Uint8Array(buffer, 2, 4));
    const odd = decodePcm16(new Uint8Array(buffer, 1, 4));
    expect(even.buffer).toBe(buffer);
    expect(even).toEqual(Int16Array.of(0x0302, 0x0504));
    expect(odd.buffer).not.toBe(buffer);
    expect(odd).toEqual(Int16Array.of(0x0201, 0x0403));
  });

  test('encode takes part of an array', () => {
    const part = Int16Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(encodePcm16(part)).toEqual(Uint8Array.of(2, 0, 3, 0));
  });

  test('an odd number of bytes is refused, with the way out', () => {
    expect(() => decodePcm16(new Uint8Array(7))).toThrow(ValidationError);
    expect(() => decodePcm16(new Uint8Array(7))).toThrow(/7 bytes.*even.*PcmReader/);
  });

  test('a big-endian platform swaps bytes and leaves the original as it was', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect(swapBytePairs(bytes)).toEqual(Uint8Array.of(2, 1, 4, 3));
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});

describe('floats', () => {
  test('every sample comes back from a float', () => {
    const all = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
    const floats = toFloat32(all);
    expect(floats[0]).toBe(-1);
    expect(floats[65_535]).toBe(32_767 / 32_768);
    expect(fromFloat32(floats)).toEqual(all);
  });

  test('rounds to the nearest, then clamps', () => {
    const inSamples = [0.49, 0.51, -0.49, -0.51, 32_766.6, 32_767.6, -32_767.6, -32_769];
    expect(fromFloat32(Float32Array.from(inSamples, (value) => value / 32_768))).toEqual(
      Int16Array.of(0, 1, 0, -1, 32_767, 32_767, -32_768, -32_768),
    );
  });

  test('beyond full scale, infinite and not a number', () => {
    expect(fromFloat32(Float32Array.of(1, -1, 2, -7e30, Infinity, -Infinity, Number.NaN))).toEqual(
      Int16Array.of(32_767, -32_768, 32_767, -32_768, 32_767, -32_768, 0),
    );
  });

  test('is never off by more than half a step', () => {
    fc.assert(
      fc.property(fc.float32Array({ min: -1, max: 1, noNaN: true }), (floats) => {
        fromFloat32(floats).forEach((sample, i) => {
          const exact = Math.min(floats[i]! * 32_768, 32_767);
          expect(Math.abs(sample - exact)).toBeLessThanOrEqual(0.5);
        });
      }),
    );
  });
});

describe('PcmReader', () => {
  test('gives the same samples however the bytes are cut, at whatever offset they lie', () => {
    const chunk = fc.tuple(fc.uint8Array({ maxLength: 9 }), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(fc.array(chunk), (chunks) => {
        const reader = new PcmReader();
        const parts = chunks.map(([bytes, shift]) => reader.push(atOffset(bytes, shift)));
        const all = Uint8Array.from(chunks.flatMap(([bytes]) => [...bytes]));
        const whole = all.subarray(0, all.length - (all.length % 2));
        expect(concatSamples(parts)).toEqual(decodePcm16(whole));
        expect(reader.flush()).toBe(all.length % 2);
      }),
    );
  });

  test('flush reports a cut sample once and forgets it', () => {
    const reader = new PcmReader();
    expect(reader.push(Uint8Array.of(1))).toHaveLength(0);
    expect(reader.push(new Uint8Array(0))).toHaveLength(0);
    expect(reader.flush()).toBe(1);
    expect(reader.flush()).toBe(0);
    expect(reader.push(Uint8Array.of(2, 0))).toEqual(Int16Array.of(2));
  });

  test('a chunk that needs no spare byte is not copied', () => {
    const bytes = new Uint8Array(100);
    expect(new PcmReader().push(bytes).buffer).toBe(bytes.buffer);
  });
});

test('concatSamples', () => {
  const one = Int16Array.of(1, 2);
  expect(concatSamples([])).toHaveLength(0);
  expect(concatSamples([one])).toBe(one);
  expect(concatSamples([one, new Int16Array(0), Int16Array.of(3)])).toEqual(Int16Array.of(1, 2, 3));
});

test('durationSeconds', () => {
  expect(durationSeconds({ samples: new Int16Array(12_000), sampleRate: 24_000 })).toBe(0.5);
});

function atOffset(bytes: Uint8Array, offset: number): Uint8Array {
  const shifted = new Uint8Array(bytes.length + offset);
  shifted.set(bytes, offset);
  return shifted.subarray(offset);
}
