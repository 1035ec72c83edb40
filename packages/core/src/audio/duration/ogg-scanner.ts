import { hasText } from '../container.ts';
import type { DurationScanner } from './duration-scanner.ts';
import { StructureWalker } from './structure-walker.ts';

const PAGE_HEADER_BYTES = 27;
/** As much of a codec's first packet as is read. */
const CODEC_HEADER_BYTES = 40;
const BEGINS_STREAM = 2;
/** RFC 7845: Opus counts at 48 kHz whatever it was made from. */
const OPUS_RATE = 48_000;

type LogicalStream = { serial: number; rate: number; preSkip: number; granule: number };

/**
 * Reads the page headers (RFC 3533): the position of a stream's last page is where it ends. Streams that follow each
 * other are added up.
 */
export function createOggScanner(): DurationScanner {
  const streams: LogicalStream[] = [];
  const walker = new StructureWalker((bytes) => {
    if (bytes.length < PAGE_HEADER_BYTES) return undefined;
    if (!hasText(bytes, 0, 'OggS')) return 1;
    const segments = bytes[26]!;
    const bodyStart = PAGE_HEADER_BYTES + segments;
    if (bytes.length < bodyStart) return undefined;
    let bodyBytes = 0;
    for (let i = PAGE_HEADER_BYTES; i < bodyStart; i++) bodyBytes += bytes[i]!;
    const wanted = bodyStart + Math.min(bodyBytes, CODEC_HEADER_BYTES);
    const isFirst = (bytes[5]! & BEGINS_STREAM) !== 0;
    if (isFirst && bytes.length < wanted) return undefined;

    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const serial = view.getUint32(14, true);
    if (isFirst) {
      const clock = readClock(bytes.subarray(bodyStart, wanted));
      if (clock !== undefined) streams.push({ serial, granule: 0, ...clock });
    }
    const high = view.getInt32(10, true);
    // −1: no packet ends on this page.
    const stream = streams.findLast((candidate) => candidate.serial === serial);
    if (stream !== undefined && high >= 0) {
      stream.granule = Math.max(stream.granule, high * 2 ** 32 + view.getUint32(6, true));
    }
    return bodyStart + bodyBytes;
  });
  return {
    push: (bytes) => walker.push(bytes),
    get seconds() {
      if (streams.length === 0) return undefined;
      return streams.reduce(
        (sum, { granule, preSkip, rate }) => sum + Math.max(0, granule - preSkip) / rate,
        0,
      );
    },
  };
}

/** How a codec counts positions, from its first packet. */
function readClock(packet: Uint8Array): { rate: number; preSkip: number } | undefined {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (hasText(packet, 0, 'OpusHead') && packet.length >= 12) {
    return { rate: OPUS_RATE, preSkip: view.getUint16(10, true) };
  }
  const rateAt = hasText(packet, 1, 'vorbis')
    ? 12
    : hasText(packet, 0, 'Speex   ')
      ? 36
      : undefined;
  if (rateAt === undefined || packet.length < rateAt + 4) return undefined;
  const rate = view.getUint32(rateAt, true);
  return rate > 0 ? { rate, preSkip: 0 } : undefined;
}
