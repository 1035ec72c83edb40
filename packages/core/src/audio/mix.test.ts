import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { mix, type MixPart } from './mix.ts';
import type { Pcm } from './pcm.ts';

const pcm = (samples: Int16Array, sampleRate = 8000) => ({ samples, sampleRate });

test('parts begin at their offsets, with their gains, and the mix ends with the last', () => {
  const { samples, sampleRate } = mix([
    { pcm: pcm(Int16Array.of(100, 200, 300)) },
    { pcm: pcm(Int16Array.of(1000, 1000)), offsetSeconds: 2 / 8000, gainDb: -20 },
    { pcm: pcm(Int16Array.of(-7)), offsetSeconds: 5 / 8000 },
  ]);
  expect(sampleRate).toBe(8000);
  expect(samples).toEqual(Int16Array.of(100, 200, 400, 100, 0, -7));
});

test('what passes full scale is held there and does not turn over', () => {
  const loud = pcm(Int16Array.of(30_000, -30_000, 30_000));
  const inverse = pcm(Int16Array.of(0, 0, -30_000));
  expect(mix([{ pcm: loud }, { pcm: loud }, { pcm: inverse }]).samples).toEqual(
    // The third comes back into the range: only the sum is held, not what it is made of.
    Int16Array.of(32_767, -32_768, 30_000),
  );
});

test('rounds once: two halves of one are one', () => {
  const one = pcm(Int16Array.of(1));
  const half = 20 * Math.log10(0.5);
  expect(
    mix([
      { pcm: one, gainDb: half },
      { pcm: one, gainDb: half },
    ]).samples,
  ).toEqual(Int16Array.of(1));
});

test('is the sum of its parts, in any order and across any block', () => {
  const part = fc.record({
    pcm: fc.int16Array({ maxLength: 300 }).map((samples) => pcm(samples)),
    offsetSeconds: fc.nat({ max: 9000 }).map((start) => start / 8000),
  });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const { samples } = mix(parts);
      expect(mix([...parts].reverse()).samples).toEqual(samples);
      expect(samples).toEqual(naiveMix(parts));
    }),
    { numRuns: 40 },
  );
});

function naiveMix(parts: readonly { pcm: Pcm; offsetSeconds: number }[]): Int16Array {
  const starts = parts.map(({ offsetSeconds }) => Math.round(offsetSeconds * 8000));
  const sum: number[] = [];
  for (const [index, start] of starts.entries()) {
    const { samples } = parts[index]!.pcm;
    while (sum.length < start + samples.length) sum.push(0);
    for (const [i, sample] of samples.entries()) sum[start + i]! += sample;
  }
  return Int16Array.from(sum, (value) => Math.min(32_767, Math.max(-32_768, value)));
}

describe('bad input', () => {
  const good = { pcm: pcm(new Int16Array(2)) };
  test.each<[readonly MixPart[], string]>([
    [[], 'parts'],
    [[good, { pcm: pcm(new Int16Array(2), 16_000) }], 'parts[1].pcm.sampleRate'],
    [[{ pcm: pcm(new Int16Array(2), 0) }], 'parts[0].pcm.sampleRate'],
    [[good, { ...good, offsetSeconds: -1 }], 'parts[1].offsetSeconds'],
    [[{ ...good, offsetSeconds: NaN }], 'parts[0].offsetSeconds'],
    [[{ ...good, gainDb: NaN }], 'parts[0].gainDb'],
  ])('is refused %#', (parts, path) => {
    expect(() => mix(parts)).toThrow(ValidationError);
    expect(() => mix(parts)).toThrow(expect.objectContaining({ path }));
  });
});
