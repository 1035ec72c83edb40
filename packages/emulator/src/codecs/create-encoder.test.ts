import fc from 'fast-check';
import { SPEECH_FORMATS, SPEECH_SAMPLE_RATES } from '@stepvoice/core/protocol';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { concatBytes } from './codec.ts';
import { codecDelay } from './codec-delay.ts';
import { createEncoder } from './create-encoder.ts';
import { oggPages } from './testing/ogg-pages.ts';
import { correlation } from './testing/compare.ts';
import { decode } from './testing/decode.ts';
import { speechLike } from './testing/speech-like.ts';
import type { Encoder } from './encoder.ts';

const every = SPEECH_FORMATS.flatMap((format) =>
  SPEECH_SAMPLE_RATES.map((sampleRate) => ({ format, sampleRate })),
);

/** Pushes the samples in pieces of the given sizes, over and over. */
function encodeInPieces(encoder: Encoder, samples: Int16Array, sizes: readonly number[]) {
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (let i = 0; offset < samples.length; i += 1) {
    const end = offset + sizes[i % sizes.length]!;
    parts.push(encoder.push(samples.subarray(offset, end)));
    offset = end;
  }
  return concatBytes([...parts, encoder.flush()]);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(every)('$format at $sampleRate Hz', ({ format, sampleRate }) => {
  test('a stream decodes to the sound, in time', async () => {
    const samples = speechLike(Math.round(1.3 * sampleRate) + 17, sampleRate);
    const file = encodeInPieces(await createEncoder(format, { sampleRate }), samples, [4001]);
    const decoded = await decode(format, file, sampleRate);

    const { leadingSamples, leastTrailingSamples, mostTrailingSamples } = codecDelay(
      format,
      sampleRate,
    );
    const expected = Math.round((samples.length * decoded.sampleRate) / sampleRate);
    const trailing = decoded.samples.length - leadingSamples - expected;
    expect(trailing).toBeGreaterThanOrEqual(leastTrailingSamples);
    expect(trailing).toBeLessThanOrEqual(mostTrailingSamples);
    const likeness = correlation({ samples, sampleRate }, decoded, leadingSamples);
    expect(likeness).toBeGreaterThan(0.95);
  });

  test.each([0, 1, 777])('a stream of %i samples is a file', async (length) => {
    const samples = speechLike(length, sampleRate);
    const encoder = await createEncoder(format, { sampleRate });
    const file = concatBytes([encoder.push(samples), encoder.flush()]);
    const decoded = await decode(format, file, sampleRate);
    const delay = codecDelay(format, sampleRate);
    const expected = Math.round((length * decoded.sampleRate) / sampleRate);
    const trailing = decoded.samples.length - delay.leadingSamples - expected;
    expect(trailing).toBeGreaterThanOrEqual(delay.leastTrailingSamples);
    expect(trailing).toBeLessThanOrEqual(delay.mostTrailingSamples);
  });
});

const lossless = every.filter(({ format }) => format !== 'mp3' && format !== 'opus');

test.each(lossless)('$format at $sampleRate Hz gives back the samples', async (of) => {
  const { format, sampleRate } = of;
  // Every value once, so also the ones at the ends.
  const samples = Int16Array.from({ length: 65_536 }, (_, i) => Math.imul(i, 40_503));
  const file = encodeInPieces(await createEncoder(format, { sampleRate }), samples, [1234]);
  expect(await decode(format, file, sampleRate)).toEqual({ samples, sampleRate });
});

/** What of a file does not change from one to the next: of Ogg all but serials and checksums. */
function essence(format: string, file: Uint8Array): unknown {
  if (format !== 'opus') return file;
  return oggPages(file).map(({ flags, granulePosition, sequence, packets }) => {
    return { flags, granulePosition, sequence, packets };
  });
}

test.each(SPEECH_FORMATS)('%s does not depend on how the samples are cut', async (format) => {
  const sampleRate = 22_050;
  const samples = speechLike(9001, sampleRate);
  const whole = encodeInPieces(await createEncoder(format, { sampleRate }), samples, [9001]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1 }),
      async (sizes) => {
        fc.pre(sizes.some((size) => size > 50));
        const encoder = await createEncoder(format, { sampleRate });
        const cut = encodeInPieces(encoder, samples, sizes);
        expect(essence(format, cut)).toEqual(essence(format, whole));
      },
    ),
    { numRuns: 15 },
  );
});

describe.each(SPEECH_FORMATS)('an encoder of %s', (format) => {
  const sampleRate = 24_000;
  const samples = speechLike(30_000, sampleRate);

  test('sends nearly all of what was pushed, without waiting for the end', async () => {
    const encoder = await createEncoder(format, { sampleRate });
    const early = encoder.push(samples);
    const late = encoder.flush();
    // 1.25 s of sound, of which at most a page of 200 ms is held back.
    expect(early.length).toBeGreaterThan(4 * late.length);
  });

  test('gives bytes that later work does not overwrite, and keeps none of the samples', async () => {
    const encoder = await createEncoder(format, { sampleRate });
    const reused = samples.slice();
    const first = encoder.push(reused);
    const copy = first.slice();
    reused.fill(99);
    const last = encoder.push(samples);
    const end = encoder.flush();
    expect(first).toEqual(copy);

    const other = await createEncoder(format, { sampleRate });
    const expected = concatBytes([other.push(samples), other.push(samples), other.flush()]);
    expect(essence(format, concatBytes([first, last, end]))).toEqual(essence(format, expected));
  });

  test('takes nothing after its end, and may be closed at any time', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    const finished = await createEncoder(format, { sampleRate });
    finished.push(samples);
    finished.flush();
    expect(() => finished.push(samples)).toThrow('finished or closed');
    expect(() => finished.flush()).toThrow('finished or closed');
    finished.close();

    const unfinished = await createEncoder(format, { sampleRate });
    unfinished.push(samples.subarray(0, 5000));
    unfinished.close();
    unfinished.close();
    expect(() => unfinished.push(samples)).toThrow('finished or closed');
    const untouched = await createEncoder(format, { sampleRate });
    untouched.close();
    expect(printed).not.toHaveBeenCalled();
  });

  test('works beside others of its kind', async () => {
    const alone = encodeInPieces(await createEncoder(format, { sampleRate }), samples, [3000]);
    const encoders = await Promise.all(
      Array.from({ length: 12 }, () => createEncoder(format, { sampleRate })),
    );
    const parts = encoders.map((): Uint8Array[] => []);
    for (let offset = 0; offset < samples.length; offset += 3000) {
      for (const [i, encoder] of encoders.entries()) {
        parts[i]!.push(encoder.push(samples.subarray(offset, offset + 3000)));
      }
    }
    for (const [i, encoder] of encoders.entries()) {
      const file = concatBytes([...parts[i]!, encoder.flush()]);
      expect(essence(format, file)).toEqual(essence(format, alone));
    }
  });
});

test('a rate that the service does not have is refused', async () => {
  await expect(createEncoder('mp3', { sampleRate: 44_100 })).rejects.toThrow(
    'sampleRate is 44100; it must be one of 8000, 16000, 22050, 24000, 48000.',
  );
});
