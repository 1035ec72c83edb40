/** What a FLAC encoder knows about a stream only at its end. */
export type FlacTotals = {
  /** Bytes of the smallest and the largest frame. */
  min_framesize: number;
  max_framesize: number;
  total_samples: number;
  /** Of the samples as little-endian bytes, in hexadecimal. */
  md5sum: string;
};

/** The marker `fLaC` and the head of the first block, which always is STREAMINFO. */
const STREAM_INFO_OFFSET = 8;

/**
 * The header of a FLAC stream with the fields filled in that were unknown, that is zero, when it was written (RFC 9639,
 * section 8.2).
 */
export function withStreamInfo(header: Uint8Array, totals: FlacTotals): Uint8Array {
  const bytes = new Uint8Array(header);
  const view = new DataView(bytes.buffer, STREAM_INFO_OFFSET);
  // After two block sizes of 16 bits: two frame sizes of 24.
  view.setUint16(4, totals.min_framesize >>> 8);
  view.setUint8(6, totals.min_framesize & 0xff);
  view.setUint16(7, totals.max_framesize >>> 8);
  view.setUint8(9, totals.max_framesize & 0xff);
  // After rate, channels and sample size: 36 bits, of which the upper four share their byte with the sample size.
  view.setUint8(13, (view.getUint8(13) & 0xf0) | Math.floor(totals.total_samples / 2 ** 32));
  view.setUint32(14, totals.total_samples % 2 ** 32);
  bytes.set(Buffer.from(totals.md5sum, 'hex'), STREAM_INFO_OFFSET + 18);
  return bytes;
}
