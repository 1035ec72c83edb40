import { concatSamples, encodePcm16, writeWav } from '@stepvoice/core/audio';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSoundReader } from './sound-reader.ts';
import type { SoundFormat } from './session-settings.ts';

const MONO: SoundFormat = { type: 'pcm', codec: 'pcm_s16le', rate: 8000, bits: 16, channel: 1 };

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  edges.sort((a, b) => a - b);
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i], end));
}

test('raw samples are the same however they are cut, in one channel and in two', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.int16Array({ minLength: 1, maxLength: 60 }),
      fc.array(fc.nat()),
      fc.constantFrom(1, 2),
      async (samples, places, channel) => {
        const reader = createSoundReader({ ...MONO, channel });
        const parts: Int16Array[] = [];
        for (const piece of cut(encodePcm16(samples), places)) {
          // What begins like a WAV file is one.
          if (piece[0] === 0x52) return;
          parts.push(await reader.push(piece));
        }
        const whole = samples.length - (samples.length % channel);
        const mean = Array.from({ length: whole / channel }, (_, i) =>
          channel === 1 ? samples[i]! : Math.round((samples[2 * i]! + samples[2 * i + 1]!) / 2),
        );
        expect(Array.from(concatSamples(parts))).toEqual(mean);
      },
    ),
  );
});

test('a WAV file of another rate is brought to that of the session', async () => {
  const reader = createSoundReader(MONO);
  const wav = writeWav({ samples: new Int16Array(1600), sampleRate: 16_000 });
  expect((await reader.push(wav)).length).toBe(800);
  await expect(reader.push(wav.subarray(0, 20))).rejects.toThrow('not a readable one');
});

test('a broken Ogg stream is told so, and the next one is read', async () => {
  const reader = createSoundReader({ ...MONO, type: 'ogg' });
  await expect(reader.push(new TextEncoder().encode('hello'))).rejects.toThrow('not an Ogg stream');
  const garbage = new TextEncoder().encode(`OggS${'x'.repeat(2000)}`);
  expect((await reader.push(garbage)).length).toBe(0);
  expect((await reader.flush()).length).toBe(0);
  reader.close();
});
