import { decodePcm16, fromFloat32, readWav } from '@stepvoice/core/audio';
import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { MPEGDecoder } from 'mpg123-decoder';
import { OggOpusDecoder } from 'ogg-opus-decoder';
import { afterAll, describe, expect, test } from 'vitest';
import { createEncoder } from '../codecs/index.ts';
import { dataVoice, hearDataSpeech } from './data-speech.ts';
import { createSpeechEngine } from './worker-speech-engine.ts';

const text = '从字节到声音，再回来：Stepvoice 42！';
const engine = createSpeechEngine();
afterAll(() => engine.close());

type Sound = { samples: Int16Array; sampleRate: number };
type Decoded = { channelData: Float32Array[]; sampleRate: number };
const toSound = ({ channelData, sampleRate }: Decoded): Sound => ({
  samples: fromFloat32(channelData[0]!),
  sampleRate,
});

/** Decoders that have nothing to do with the encoders. */
const decoders = {
  wav: (file: Uint8Array) => Promise.resolve(readWav(file)),
  pcm: (file: Uint8Array, sampleRate: number) =>
    Promise.resolve({ samples: decodePcm16(file), sampleRate }),
  mp3: async (file: Uint8Array) => {
    const decoder = new MPEGDecoder();
    await decoder.ready;
    const sound = toSound(decoder.decode(file));
    decoder.free();
    return sound;
  },
  flac: async (file: Uint8Array) => {
    const decoder = new FLACDecoder();
    await decoder.ready;
    const sound = toSound(await decoder.decodeFile(file));
    decoder.free();
    return sound;
  },
  opus: async (file: Uint8Array) => {
    const decoder = new OggOpusDecoder();
    await decoder.ready;
    const sound = toSound(await decoder.decodeFile(file));
    decoder.free();
    return sound;
  },
} satisfies Record<string, (file: Uint8Array, sampleRate: number) => Promise<Sound>>;

describe.each(Object.keys(decoders) as (keyof typeof decoders)[])('%s', (format) => {
  test.each([16_000, 22_050, 24_000, 48_000])(
    'carries data speech at %i Hz to the letter',
    async (sampleRate) => {
      const encoder = await createEncoder(format, { sampleRate });
      const parts: Uint8Array[] = [];
      const request = { text, voice: dataVoice, sampleRate, directives: false };
      for await (const { samples } of engine.synthesize(request)) parts.push(encoder.push(samples));
      parts.push(encoder.flush());
      const sound = await decoders[format](Uint8Array.from(Buffer.concat(parts)), sampleRate);
      expect(await hearDataSpeech(sound)).toBe(text);
    },
  );
});
