import { ProtocolError } from '../errors.ts';

/** Where the samples stand in a WAV of 16 bits, mono: the only kind that the service makes. */
export type WavSamples = {
  sampleRate: number;
  start: number;
  /** Behind the last; `Infinity` where the header does not say. */
  end: number;
};

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** Lengths that a writer puts where it cannot know: close to the limits of 31 and 32 bits. */
const isUnknown = (size: number): boolean =>
  size === 0 || (size >= 0x7ffff000 && size <= 0x80000000) || size >= 0xfffff000;

/**
 * Finds the samples by the headers before them; `undefined` where `bytes` ends before the samples begin.
 *
 * @param bytes that begin with RIFF … WAVE
 * @throws {ProtocolError} for samples of another kind.
 */
export function findWavSamples(bytes: Uint8Array): WavSamples | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sampleRate = 0;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length;) {
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    const size = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER_BYTES;
    if (name === 'data') {
      if (sampleRate === 0) throw wrongKind();
      return { sampleRate, start, end: isUnknown(size) ? Number.POSITIVE_INFINITY : start + size };
    }
    if (name === 'fmt ' && start + 16 <= bytes.length) {
      const isMono16 =
        view.getUint16(start + 2, true) === 1 && view.getUint16(start + 14, true) === 16;
      // 0xfffe stands for a longer description of, here, the same.
      const isPcm = [1, 0xfffe].includes(view.getUint16(start, true));
      if (!isMono16 || !isPcm) throw wrongKind();
      sampleRate = view.getUint32(start + 4, true);
    }
    // Contents of an odd length have a byte behind them (RIFF, 1991).
    at = start + size + (size % 2);
  }
  return undefined;
}

function wrongKind(): ProtocolError {
  return new ProtocolError('The service sent a WAV that does not hold 16-bit mono samples.', {
    code: 'wrong_audio',
  });
}
