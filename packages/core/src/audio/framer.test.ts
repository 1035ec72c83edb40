import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { Framer } from './framer.ts';
import { concatSamples } from './pcm.ts';

describe('Framer', () => {
  test('cuts any chunks into the same frames as the whole', () => {
    const chunks = fc.array(fc.int16Array({ maxLength: 40 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), chunks, (frameSamples, parts) => {
        const framer = new Framer({ frameSamples });
        const frames = parts.flatMap((part) => framer.push(part));
        const rest = framer.flush();
        const whole = concatSamples([...parts, new Int16Array(0)]);

        expect(frames.every((frame) => frame.length === frameSamples)).toBe(true);
        expect(rest?.length ?? 0).toBe(whole.length % frameSamples);
        expect(concatSamples([...frames, ...(rest ? [rest] : []), new Int16Array(0)])).toEqual(
          whole,
        );
      }),
    );
  });

  test('a frame within one chunk is a view, one across chunks stays what it was', () => {
    const framer = new Framer({ frameSamples: 2 });
    const chunk = Int16Array.of(1, 2, 3);
    const [first] = framer.push(chunk);
    expect(first!.buffer).toBe(chunk.buffer);
    const [second] = framer.push(Int16Array.of(4, 5));
    const [third] = framer.push(Int16Array.of(6));
    expect(second).toEqual(Int16Array.of(3, 4));
    expect(third).toEqual(Int16Array.of(5, 6));
  });

  test('flush gives the short rest, or a whole frame padded with silence', () => {
    const framer = new Framer({ frameSamples: 4 });
    framer.push(Int16Array.of(1, 2, 3, 4, 5));
    expect(framer.flush()).toEqual(Int16Array.of(5));
    framer.push(Int16Array.of(6, 7));
    expect(framer.flush({ pad: true })).toEqual(Int16Array.of(6, 7, 0, 0));
    expect(framer.flush({ pad: true })).toBeUndefined();
  });

  test('nothing is left of complete frames', () => {
    const framer = new Framer({ frameSamples: 480 });
    expect(framer.push(new Int16Array(960))).toHaveLength(2);
    expect(framer.flush()).toBeUndefined();
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 24 + 1])(
    'refuses frames of %d samples',
    (frameSamples) => {
      expect(() => new Framer({ frameSamples })).toThrow(ValidationError);
    },
  );
});
