const HEADER_BYTES = 27;
const MOST_LACING_VALUES = 255;
const FIRST_PAGE = 0x02;
const LAST_PAGE = 0x04;

export type OggPage = {
  /** Whole packets only. */
  packets: readonly Uint8Array[];
  /** Where the last of them ends, as the codec counts. */
  granulePosition: number;
  /** Whether the stream ends with this page. Default false. */
  isLast?: boolean;
};

/** Writes the pages of one logical stream, in order: RFC 3533, section 6. */
export class OggPageWriter {
  readonly #serial: number;
  #sequence = 0;

  /** `serial` tells the stream from others in the same file, 0 to 2³² − 1. */
  constructor(serial: number) {
    this.#serial = serial;
  }

  /** @throws {RangeError} packets that need more than the 255 lacing values of a page */
  page({ packets, granulePosition, isLast = false }: OggPage): Uint8Array {
    const lacing = packets.flatMap(lacingOf);
    if (lacing.length > MOST_LACING_VALUES) {
      throw new RangeError(
        `${packets.length} packets need ${lacing.length} lacing values; a page has ${MOST_LACING_VALUES}.`,
      );
    }
    const bodyOffset = HEADER_BYTES + lacing.length;
    const bytes = new Uint8Array(packets.reduce((sum, packet) => sum + packet.length, bodyOffset));
    const view = new DataView(bytes.buffer);
    new TextEncoder().encodeInto('OggS', bytes);
    bytes[5] = (this.#sequence === 0 ? FIRST_PAGE : 0) | (isLast ? LAST_PAGE : 0);
    view.setBigUint64(6, BigInt(granulePosition), true);
    view.setUint32(14, this.#serial, true);
    view.setUint32(18, this.#sequence, true);
    bytes[26] = lacing.length;
    bytes.set(lacing, HEADER_BYTES);
    let offset = bodyOffset;
    for (const packet of packets) {
      bytes.set(packet, offset);
      offset += packet.length;
    }
    // Counted with its own field at zero.
    view.setUint32(22, oggChecksum(bytes), true);
    this.#sequence += 1;
    return bytes;
  }
}

/** Full segments of 255 bytes and one that is shorter, which ends the packet even if it is empty. */
function lacingOf(packet: Uint8Array): number[] {
  const full = Array.from({ length: Math.floor(packet.length / 255) }, () => 255);
  return [...full, packet.length % 255];
}

let table: Uint32Array | undefined;

/** CRC-32 of polynomial 0x04c11db7, most significant bit first, from zero and without a final inversion. */
export function oggChecksum(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index << 24;
    for (let bit = 0; bit < 8; bit += 1) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
    return value;
  });
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8) ^ table[(crc >>> 24) ^ byte]!;
  return crc >>> 0;
}
