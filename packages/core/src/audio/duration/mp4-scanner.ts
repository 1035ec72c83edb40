import { hasText } from '../container.ts';
import type { DurationScanner } from './duration-scanner.ts';
import { StructureWalker } from './structure-walker.ts';

const HEADER_BYTES = 8;
const LARGE_HEADER_BYTES = 16;
/** Header, version, times, time scale and duration of the longer form of `mvhd`. */
const MOVIE_HEADER_BYTES = 40;

/**
 * Reads the movie header (ISO/IEC 14496-12, `mvhd` in `moov`), which may stand behind the sound. A fragmented file names
 * no length there.
 */
export function createMp4Scanner(): DurationScanner {
  let seconds: number | undefined;
  const walker = new StructureWalker((bytes) => {
    if (bytes.length < HEADER_BYTES) return undefined;
    // Its boxes are walked over one by one.
    if (hasText(bytes, 4, 'moov')) return HEADER_BYTES;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = view.getUint32(0);
    if (hasText(bytes, 4, 'mvhd') && size >= 28) {
      if (bytes.length < Math.min(size, MOVIE_HEADER_BYTES)) return undefined;
      seconds ??= readMovieHeader(view);
    }
    if (size === 0) return Number.POSITIVE_INFINITY;
    if (size !== 1) return Math.max(size, HEADER_BYTES);
    if (bytes.length < LARGE_HEADER_BYTES) return undefined;
    const large = view.getUint32(8) * 2 ** 32 + view.getUint32(12);
    return Math.max(large, LARGE_HEADER_BYTES);
  });
  return {
    push: (bytes) => walker.push(bytes),
    get seconds() {
      return seconds;
    },
  };
}

function readMovieHeader(view: DataView): number | undefined {
  const isLong = view.getUint8(8) === 1;
  if (view.byteLength < (isLong ? MOVIE_HEADER_BYTES : 28)) return undefined;
  const timeScale = view.getUint32(isLong ? 28 : 20);
  const duration = isLong ? view.getUint32(32) * 2 ** 32 + view.getUint32(36) : view.getUint32(24);
  const isUnknown = isLong ? duration >= 2 ** 63 : duration === 0xffffffff;
  return timeScale === 0 || duration === 0 || isUnknown ? undefined : duration / timeScale;
}
