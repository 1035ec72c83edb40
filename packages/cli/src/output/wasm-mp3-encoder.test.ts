import { Mp3FrameReader } from '@stepvoice/core/audio';
import { expect, test } from 'vitest';
import { createWasmMp3Encoder } from './wasm-mp3-encoder.ts';

const tone = (sampleRate: number): Int16Array =>
  Int16Array.from({ length: sampleRate }, (_, at) => 8000 * Math.sin((at * 2765) / sampleRate));

test.each([
  [8000, 32, 576],
  [24_000, 64, 576],
  [48_000, 128, 1152],
])(
  '%d Hz stay, in frames without notes, and each time the same',
  async (sampleRate, bitrate, samples) => {
    const create = createWasmMp3Encoder();
    const encode = async (): Promise<Uint8Array[]> => {
      const encoder = await create({ sampleRate, bitrate });
      const reader = new Mp3FrameReader();
      const parts = [
        new Uint8Array(encoder.encode(tone(sampleRate))),
        new Uint8Array(encoder.finish()),
      ];
      const frames = [...parts.flatMap((part) => reader.push(part)), ...reader.flush()];
      expect(reader.info).toBeUndefined();
      for (const { layout } of frames) {
        expect(layout).toMatchObject({ sampleRate, channels: 1, samples });
      }
      expect(frames.length * samples).toBeGreaterThan(sampleRate + encoder.delaySamples + 529);
      return frames.map(({ bytes }) => bytes);
    };
    expect(await encode()).toEqual(await encode());
  },
);
