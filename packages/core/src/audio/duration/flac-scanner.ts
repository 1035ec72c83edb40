import { hasText, id3TagLength, isId3Tag } from '../container.ts';
import type { DurationScanner } from './duration-scanner.ts';
import { StructureWalker } from './structure-walker.ts';

const MAGIC_BYTES = 4;
const BLOCK_HEADER_BYTES = 4;
/** As far as the number of samples. */
const STREAM_INFO_BYTES = 18;

/** Reads the first metadata block (RFC 9639, section 8.2), which says how many samples follow, unless a streaming writer could not know. */
export function createFlacScanner(): DurationScanner {
  let seconds: number | undefined;
  const walker = new StructureWalker((bytes) => {
    if (bytes.length < 10) return undefined;
    if (isId3Tag(bytes)) return id3TagLength(bytes);
    if (!hasText(bytes, 0, 'fLaC')) return Number.POSITIVE_INFINITY;
    if (bytes.length < MAGIC_BYTES + BLOCK_HEADER_BYTES + STREAM_INFO_BYTES) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset + MAGIC_BYTES + BLOCK_HEADER_BYTES);
    // 20 bits of rate, 3 of channels, 5 of sample size, 36 of samples.
    const sampleRate = view.getUint32(10) >>> 12;
    const samples = (view.getUint8(13) & 0x0f) * 2 ** 32 + view.getUint32(14);
    if (sampleRate > 0 && samples > 0) seconds = samples / sampleRate;
    return Number.POSITIVE_INFINITY;
  });
  return {
    push: (bytes) => walker.push(bytes),
    get seconds() {
      return seconds;
    },
  };
}
