import { FloatResampler, Resampler, fromFloat32, toFloat32 } from '@stepvoice/core/audio';

/** Converts a stream in blocks, floats of −1 … 1. What the end holds back is left out. */
export type BlockResampler = (block: Float32Array) => Float32Array;

type OpenResampler = (from: number, to: number) => Promise<BlockResampler>;

/** 16 bits where that is all a converter has. */
export const RESAMPLERS: Readonly<Record<string, OpenResampler>> = {
  async ours(from, to) {
    const resampler = new FloatResampler({ from, to });
    return (block) => resampler.push(block);
  },

  async 'speex q7'(from, to) {
    const convert = await openSpeex(from, to);
    return (block) => toFloat32(convert(fromFloat32(block)));
  },

  async 'libsamplerate medium'(from, to) {
    const { default: libsamplerate } = await import('@alexanderolsen/libsamplerate-js');
    const { ConverterType, create } = libsamplerate;
    const converter = await create(1, from, to, {
      converterType: ConverterType.SRC_SINC_MEDIUM_QUALITY,
    });
    return (block) => converter.full(block);
  },

  /** What is written by hand most often. */
  async linear(from, to) {
    const ratio = from / to;
    let last = 0;
    let position = 0;
    return (block) => {
      const output = new Float32Array(Math.ceil((block.length - position) / ratio));
      let count = 0;
      for (; position < block.length; position += ratio) {
        const i = Math.floor(position);
        const before = i === 0 ? last : block[i - 1]!;
        output[count++] = before + (position - i) * (block[i]! - before);
      }
      position -= block.length;
      last = block.at(-1) ?? last;
      return output.subarray(0, count);
    };
  },
};

/** 16 bits in, 16 bits out, where a converter has such a way. */
export const PCM_RESAMPLERS: Readonly<
  Record<string, (from: number, to: number) => Promise<(block: Int16Array) => ArrayLike<number>>>
> = {
  async ours(from, to) {
    const resampler = new Resampler({ from, to });
    return (block) => resampler.push(block);
  },

  'speex q7': (from, to) => openSpeex(from, to),

  async 'libsamplerate medium'(from, to) {
    const convert = await RESAMPLERS['libsamplerate medium']!(from, to);
    return (block) => fromFloat32(convert(toFloat32(block)));
  },
};

async function openSpeex(from: number, to: number): Promise<(block: Int16Array) => Int16Array> {
  // A CommonJS package: its class is the default of the default.
  const { default: speex } = await import('speex-resampler');
  await speex.default.initPromise;
  const converter = new speex.default(1, from, to, 7);
  return (block) => {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    const converted = new Uint8Array(converter.processChunk(bytes));
    return new Int16Array(converted.buffer, 0, converted.length >> 1);
  };
}
