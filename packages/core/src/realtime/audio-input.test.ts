import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resample } from '../audio/resampler.ts';
import { ValidationError } from '../errors.ts';
import { AudioInput } from './audio-input.ts';
import type { AudioFrame } from './audio-input.ts';

function decode(frames: readonly AudioFrame[]): number[] {
  return frames.flatMap(({ base64 }) => {
    const bytes = Buffer.from(base64, 'base64');
    return Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2));
  });
}

const tone = (length: number, rate: number) =>
  Int16Array.from({ length }, (_, index) => 9000 * Math.sin((index * 2 * Math.PI * 440) / rate));

test.each([8000, 16_000, 24_000, 44_100, 48_000])(
  'sound at %i Hz, in chunks of any size, is that of the whole',
  (rate) => {
    const samples = tone(rate / 5, rate);
    const whole = [...resample(samples, rate, 24_000)];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 20 }), (sizes) => {
        const input = new AudioInput();
        const frames: AudioFrame[] = [];
        let at = 0;
        for (const size of [...sizes, samples.length]) {
          frames.push(...input.push(samples.subarray(at, at + size), rate));
          at += size;
        }
        expect(frames.every((frame) => frame.samples === 480)).toBe(true);
        frames.push(...input.flush());
        expect(decode(frames)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  },
);

test('bytes may end inside a sample', () => {
  const samples = tone(1000, 24_000);
  const bytes = new Uint8Array(samples.buffer);
  const input = new AudioInput();
  const frames = [
    ...input.push(bytes.subarray(0, 333), 24_000),
    ...input.push(bytes.subarray(333, 334), 24_000),
    ...input.push(bytes.subarray(334), 24_000),
    ...input.flush(),
  ];
  expect(decode(frames)).toEqual([...samples]);
});

test('the memory of a chunk is free again', () => {
  const input = new AudioInput();
  const chunk = Int16Array.from({ length: 700 }, () => 5);
  const frames = input.push(chunk, 24_000);
  chunk.fill(0);
  expect(decode([...frames, ...input.flush()])).toEqual(Array.from({ length: 700 }, () => 5));
});

test('another rate begins where the one before ended', () => {
  const input = new AudioInput();
  const frames = [
    ...input.push(tone(8000, 16_000), 16_000),
    ...input.push(tone(24_000, 48_000), 48_000),
    ...input.flush(),
  ];
  expect(decode(frames)).toHaveLength(24_000);
});

test.each([
  [new Int16Array(1), Number.NaN],
  [new Int16Array(1), 0],
  [new Int16Array(1), 44_100.5],
  [new Float32Array(1), 24_000],
  [[1, 2], 24_000],
  ['AAAA', 24_000],
  [undefined, 24_000],
])('%j at %s Hz is no sound', (audio, rate) => {
  expect(() => new AudioInput().push(audio as Int16Array, rate)).toThrow(ValidationError);
});
