import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatSamples, encodePcm16, resample, writeWav } from '../audio/index.ts';
import { systemClock } from '../net/clock.ts';
import { SocketInput } from './socket-input.ts';
import { SoundIntake } from './sound-intake.ts';

const sound = (length: number) => Int16Array.from({ length }, (_, i) => ((i * 7919) % 4001) - 2000);

const chunks = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });

function* cut<T extends Int16Array | Uint8Array>(whole: T, sizes: readonly number[]) {
  let at = 0;
  for (let i = 0; at < whole.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield whole.subarray(at, at + size) as T;
    at += size;
  }
}

describe('the same samples come out however they went in', () => {
  test.each<[string, number, (samples: Int16Array) => Int16Array | Uint8Array]>([
    ['samples', 16_000, (samples) => samples],
    ['bytes', 16_000, encodePcm16],
    ['WAV', 16_000, (samples) => writeWav({ samples, sampleRate: 16_000 })],
    ['samples of another rate', 44_100, (samples) => samples],
    ['bytes of another rate', 8000, encodePcm16],
    ['WAV of another rate', 48_000, (samples) => writeWav({ samples, sampleRate: 48_000 })],
  ])('%s', (_name, rate, encode) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), chunks, (length, sizes) => {
        const intake = new SoundIntake(16_000, rate);
        const parts: Int16Array[] = [];
        for (const piece of cut(encode(sound(length)), sizes)) {
          parts.push(...intake.push(piece).map((part) => new Int16Array(part)));
        }
        parts.push(...intake.flush());
        expect(concatSamples(parts)).toEqual(resample(sound(length), rate, 16_000));
      }),
      { numRuns: 40 },
    );
  });
});

test('frames are 40 to 100 ms, and lose nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), chunks, (length, sizes) => {
      const frames: Buffer[] = [];
      const input = new SocketInput({
        clock: systemClock,
        options: { keepAliveMs: false },
        send: (text) => {
          const { audio } = JSON.parse(text) as { audio?: string };
          if (audio !== undefined) frames.push(Buffer.from(audio, 'base64'));
        },
        bufferedBytes: () => 0,
        patienceMs: 1000,
        onStall: () => undefined,
        onSent: () => undefined,
      });
      input.open();
      for (const piece of cut(sound(length), sizes)) input.write(piece, undefined);
      input.flush();
      expect(Buffer.concat(frames)).toEqual(Buffer.from(encodePcm16(sound(length))));
      for (const frame of frames.slice(0, -1)) expect(frame.length).toBeGreaterThanOrEqual(1280);
      for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(3200);
      input.close();
    }),
    { numRuns: 40 },
  );
});
