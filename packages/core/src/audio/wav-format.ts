import { ProtocolError } from '../errors.ts';
import { PcmReader, roundToInt16 } from './pcm.ts';
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE, isSampleRate } from './sample-rate.ts';

/** How a WAV file stores its samples. */
export type WavFormat = {
  encoding: 'int' | 'float';
  /** Of a sample as it is stored: 8, 16, 24 or 32, and 64 for floats. 8 bits are unsigned. */
  bitsPerSample: 8 | 16 | 24 | 32 | 64;
  channels: number;
  sampleRate: number;
};

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;

/** As much of a `fmt ` chunk as there is any use for: the extensible form. */
export const WAV_FORMAT_BYTES = 40;

/** Reads the contents of a `fmt ` chunk, at least 16 bytes. Throws `ProtocolError` for what is no PCM, or no sense. */
export function parseWavFormat(bytes: Uint8Array): WavFormat {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let tag = view.getUint16(0, true);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const blockBytes = view.getUint16(12, true);
  const validBits = view.getUint16(14, true);
  // The real tag is then the beginning of a GUID.
  if (tag === FORMAT_EXTENSIBLE && bytes.length >= 26) tag = view.getUint16(24, true);

  if (tag !== FORMAT_PCM && tag !== FORMAT_FLOAT) {
    throw unsupported(
      `its samples are coded (format tag 0x${tag.toString(16).padStart(4, '0')}), and only PCM can be read`,
    );
  }
  if (channels === 0) throw unsupported('it has no channels');
  if (!isSampleRate(sampleRate)) {
    throw unsupported(
      `its sample rate is ${sampleRate} Hz, and ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} can be read`,
    );
  }
  // Samples of 20 bits, say, stand at the upper end of a larger container, whose size only the block tells.
  const ownBits = 8 * Math.ceil(validBits / 8);
  const blockBits = (8 * blockBytes) / channels;
  const bitsPerSample = Number.isInteger(blockBits) && blockBits > ownBits ? blockBits : ownBits;
  const encoding = tag === FORMAT_FLOAT ? 'float' : 'int';
  if (!isSampleSize(bitsPerSample, encoding)) {
    throw unsupported(
      `it has ${bitsPerSample}-bit ${encoding} samples; 8, 16, 24 and 32-bit integers and 32 and 64-bit floats can be read`,
    );
  }
  return { encoding, bitsPerSample, channels, sampleRate };
}

/** Turns the contents of `data` chunks into mono samples, chunk by chunk. */
export interface WavSampleDecoder {
  /** The samples that are complete by now; may be a view of `bytes`. */
  push(bytes: Uint8Array): Int16Array;
  /** Bytes of an incomplete sample that are left over at the end. */
  flush(): number;
}

/** 16-bit mono passes as it is; anything else is mixed to mono (the mean of the channels), rounded and clamped. */
export function createWavSampleDecoder(format: WavFormat): WavSampleDecoder {
  const isPlain = format.encoding === 'int' && format.bitsPerSample === 16 && format.channels === 1;
  return isPlain ? new PcmReader() : new MixingDecoder(format);
}

class MixingDecoder implements WavSampleDecoder {
  readonly #channels: number;
  readonly #sampleBytes: number;
  readonly #carry: Uint8Array<ArrayBuffer>;
  readonly #readSample: SampleReader;
  #carried = 0;

  constructor(format: WavFormat) {
    this.#channels = format.channels;
    this.#sampleBytes = format.bitsPerSample / 8;
    this.#carry = new Uint8Array(this.#channels * this.#sampleBytes);
    this.#readSample = sampleReaders[`${format.encoding}${format.bitsPerSample}`]!;
  }

  push(bytes: Uint8Array): Int16Array {
    const frameBytes = this.#carry.length;
    const samples = new Int16Array(Math.floor((this.#carried + bytes.length) / frameBytes));
    let count = 0;
    let offset = 0;
    if (this.#carried > 0) {
      offset = this.#fillCarry(bytes);
      if (this.#carried < frameBytes) return samples;
      samples[count++] = this.#mixFrame(toView(this.#carry), 0);
      this.#carried = 0;
    }
    const view = toView(bytes);
    for (; count < samples.length; offset += frameBytes) {
      samples[count++] = this.#mixFrame(view, offset);
    }
    this.#fillCarry(bytes.subarray(offset));
    return samples;
  }

  flush(): number {
    const dangling = this.#carried;
    this.#carried = 0;
    return dangling;
  }

  #fillCarry(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.#carry.length - this.#carried);
    this.#carry.set(taken, this.#carried);
    this.#carried += taken.length;
    return taken.length;
  }

  #mixFrame(view: DataView, offset: number): number {
    let sum = 0;
    for (let channel = 0; channel < this.#channels; channel++) {
      sum += this.#readSample(view, offset + channel * this.#sampleBytes);
    }
    return roundToInt16(sum / this.#channels);
  }
}

/** Reads one stored sample on the scale of 16 bits. */
type SampleReader = (view: DataView, offset: number) => number;

const sampleReaders: Record<string, SampleReader> = {
  int8: (view, offset) => (view.getUint8(offset) - 128) * 256,
  int16: (view, offset) => view.getInt16(offset, true),
  int24: (view, offset) => view.getInt16(offset + 1, true) + view.getUint8(offset) / 256,
  int32: (view, offset) => view.getInt32(offset, true) / 65536,
  float32: (view, offset) => view.getFloat32(offset, true) * 32768,
  float64: (view, offset) => view.getFloat64(offset, true) * 32768,
};

function isSampleSize(
  bits: number,
  encoding: WavFormat['encoding'],
): bits is WavFormat['bitsPerSample'] {
  return `${encoding}${bits}` in sampleReaders;
}

function toView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unsupported(reason: string): ProtocolError {
  return new ProtocolError(`This WAV file cannot be read: ${reason}.`, { code: 'unsupported_wav' });
}
