import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatSamples, writeWav } from '../audio/index.ts';
import { PieceSource } from './piece-source.ts';
import type { SoundPiece } from './piece-source.ts';
import { SoundOpener } from './sound-source.ts';

const RATE = 8000;

async function* pieces(bytes: Uint8Array, sizes: readonly number[]) {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    // The same memory again and again, as some streams do.
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function readAll(source: PieceSource): Promise<SoundPiece[]> {
  const all: SoundPiece[] = [];
  for (let piece = await source.read(); piece !== undefined; piece = await source.read()) {
    all.push(piece);
  }
  return all;
}

test('the pieces are the input, gapless and in time, however the input comes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 5 * RATE }),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 1, max: 3, noNaN: true }),
      fc.boolean(),
      async (length, sizes, maxSeconds, isWav) => {
        const samples = Int16Array.from({ length }, (_, i) =>
          i % 4000 < 2500 ? ((i * 7919) % 4001) - 2000 : 0,
        );
        const bytes = isWav
          ? writeWav({ samples, sampleRate: RATE })
          : new Uint8Array(samples.buffer);
        const opener = new SoundOpener(pieces(bytes, sizes), {
          format: isWav ? undefined : 'pcm',
          sampleRate: RATE,
          channels: undefined,
          decode: undefined,
          fileSeconds: 1800,
          signal: new AbortController().signal,
        });
        const sound = await opener.open();
        if (!('samples' in sound)) throw new Error('no samples');
        const all = await readAll(new PieceSource(sound.samples, maxSeconds));
        const joined = concatSamples(all.map((piece) => piece.samples));
        expect(joined.subarray(0, length)).toEqual(samples);
        // What is too short for a call is filled up.
        expect(joined.length - length).toBeLessThan(0.2 * RATE);
        let at = 0;
        for (const piece of all) {
          expect(piece.startMs).toBe(Math.round(at / 8));
          expect(piece.samples.length).toBeLessThanOrEqual(maxSeconds * RATE);
          at += piece.samples.length;
        }
        expect(all.at(-1)!.endMs).toBe(Math.round(length / 8));
      },
    ),
    { numRuns: 40 },
  );
});
