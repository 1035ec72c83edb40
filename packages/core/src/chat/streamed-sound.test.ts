import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatSamples, encodePcm16 } from '../audio/pcm.ts';
import { writeWav } from '../audio/wav-writer.ts';
import { StreamedSound } from './streamed-sound.ts';

const samples = fc.int16Array({ maxLength: 60 });

function read(bytes: Uint8Array, cuts: number[]): { samples: Int16Array; sampleRate: number } {
  const sound = new StreamedSound();
  const parts: Int16Array[] = [];
  let at = 0;
  for (const cut of cuts.map((each) => each % (bytes.length + 1)).toSorted((a, b) => a - b)) {
    parts.push(new Int16Array(sound.push(bytes.subarray(at, cut))));
    at = cut;
  }
  parts.push(new Int16Array(sound.push(bytes.subarray(at))), new Int16Array(sound.flush()));
  return { samples: concatSamples(parts), sampleRate: sound.sampleRate };
}

test('samples in any pieces, also those that begin like a WAV', () => {
  const likeWav = samples.map((rest) => concatSamples([Int16Array.of(0x4952, 0x4646), rest]));
  fc.assert(
    fc.property(fc.oneof(samples, likeWav), fc.array(fc.nat(), { maxLength: 6 }), (pcm, cuts) => {
      expect(read(new Uint8Array(encodePcm16(pcm)), cuts)).toEqual({
        samples: pcm,
        sampleRate: 24_000,
      });
    }),
  );
});

test('a WAV in any pieces is unwrapped, with its own rate', () => {
  fc.assert(
    fc.property(samples, fc.array(fc.nat(), { maxLength: 6 }), (pcm, cuts) => {
      fc.pre(pcm.length > 0);
      const wav = writeWav({ samples: pcm, sampleRate: 16_000 });
      expect(read(wav, cuts)).toEqual({ samples: pcm, sampleRate: 16_000 });
    }),
  );
});

test('a half sample at the end is dropped', () => {
  expect(read(Uint8Array.of(1, 0, 9), []).samples).toEqual(Int16Array.of(1));
});
