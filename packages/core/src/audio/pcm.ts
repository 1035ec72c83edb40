import { ValidationError } from '../errors.ts';

/** Mono sound: what the modules of this library hand to each other. */
export type Pcm = {
  /** One channel, full scale −32768 … 32767. */
  samples: Int16Array;
  /** Samples a second. */
  sampleRate: number;
};

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Signed 16-bit little-endian bytes as samples. The result is a view of `bytes` where it can be, and a copy where the
 * bytes start at an odd offset of their buffer or the platform is big-endian.
 *
 * Throws `ValidationError` for an odd number of bytes; `PcmReader` takes chunks that end inside a sample.
 */
export function decodePcm16(bytes: Uint8Array): Int16Array {
  if (bytes.length % 2 !== 0) {
    throw new ValidationError(
      `bytes holds ${bytes.length} bytes; 16-bit samples need an even number. Give chunks of a stream to a PcmReader.`,
      {
        path: 'bytes',
        value: bytes.length,
        allowed: 'an even number of bytes',
        instead: 'PcmReader',
      },
    );
  }
  return viewSamples(bytes, bytes.length / 2);
}

/**
 * Samples as signed 16-bit little-endian bytes: a view of the same memory, or a copy on a big-endian platform.
 */
export function encodePcm16(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return isLittleEndian ? bytes : swapBytePairs(bytes);
}

/** Samples scaled to −1 … 1 (a division by 32768, so that `fromFloat32` gives back the very same samples). */
export function toFloat32(samples: Int16Array): Float32Array<ArrayBuffer> {
  const { length } = samples;
  const floats = new Float32Array(length);
  for (let i = 0; i < length; i++) floats[i] = samples[i]! * (1 / 32768);
  return floats;
}

/**
 * Floats of −1 … 1 as samples: scaled by 32768, rounded to the nearest, then clamped (so 1 becomes 32767). NaN becomes
 * silence.
 */
export function fromFloat32(floats: Float32Array): Int16Array<ArrayBuffer> {
  const { length } = floats;
  const samples = new Int16Array(length);
  for (let i = 0; i < length; i++) samples[i] = roundToInt16(floats[i]! * 32768);
  return samples;
}

/** The nearest sample to a value in sample units, clamped to the range; NaN gives 0. */
export function roundToInt16(value: number): number {
  if (value >= 32767) return 32767;
  if (value > -32768) {
    // Shifted into the positive, where dropping the fraction rounds down: cheaper than Math.round.
    return ((value + 32768.5) | 0) - 32768;
  }
  return value <= -32768 ? -32768 : 0;
}

/** All parts in one array. A single part is returned as it is, without a copy. */
export function concatSamples(parts: readonly Int16Array[]): Int16Array {
  if (parts.length === 1) return parts[0]!;
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Int16Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** How long the sound lasts. */
export function durationSeconds(pcm: Pcm): number {
  return pcm.samples.length / pcm.sampleRate;
}

/** Samples out of a stream of signed 16-bit little-endian bytes whose chunks may end anywhere, also inside a sample. */
export class PcmReader {
  #spare: number | undefined;

  /**
   * The samples that are complete by now. They are a view of `bytes` where it can be, as with `decodePcm16`: copy them
   * if the chunk's memory will be used again.
   */
  push(bytes: Uint8Array): Int16Array {
    let complete = bytes;
    if (this.#spare !== undefined && bytes.length > 0) {
      complete = new Uint8Array(bytes.length + 1);
      complete[0] = this.#spare;
      complete.set(bytes, 1);
      this.#spare = undefined;
    }
    if (complete.length % 2 !== 0) this.#spare = complete[complete.length - 1];
    return viewSamples(complete, complete.length >> 1);
  }

  /**
   * Ends the stream and reports what is left of a sample that was cut: 1 byte, or 0. A stream that ends well leaves
   * nothing. The reader is as new afterwards.
   */
  flush(): 0 | 1 {
    const dangling = this.#spare === undefined ? 0 : 1;
    this.#spare = undefined;
    return dangling;
  }
}

function viewSamples(bytes: Uint8Array, sampleCount: number): Int16Array {
  if (!isLittleEndian) bytes = swapBytePairs(bytes.subarray(0, sampleCount * 2));
  // Not bytes.slice(): that of a Node Buffer is a view, at the same odd offset.
  else if (bytes.byteOffset % 2 !== 0) bytes = new Uint8Array(bytes);
  return new Int16Array(bytes.buffer, bytes.byteOffset, sampleCount);
}

/** The other byte order: all that a big-endian platform needs. */
export function swapBytePairs(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const swapped = new Uint8Array(bytes.length);
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    swapped[i] = bytes[i + 1]!;
    swapped[i + 1] = bytes[i]!;
  }
  return swapped;
}
