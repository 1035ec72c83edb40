export type Mp3Totals = {
  /** The bytes of the first frame, of which the header is taken. */
  firstFrame: Uint8Array;
  sampleRate: number;
  kilobitsPerSecond: number;
  /** Samples that were encoded. */
  samples: number;
  /** Bytes of all frames that follow. */
  bytes: number;
  /** Checksum of those bytes, see {@link crc16}. */
  crc: number;
};

/** Samples of silence that LAME puts in front (its `ENCDELAY`). */
export const LAME_DELAY_SAMPLES = 576;
const PADDING_BIT = 0x02;
const TAG_FRAMES_BYTES_TOC_QUALITY = 0x0f;
const TOC_ENTRIES = 100;
/** LAME's own figure for its defaults: 100 − 10 × VBR quality 4 − quality 3. */
const QUALITY = 57;
const CONSTANT_BIT_RATE = 0x01;

/** Samples in a frame: 1152 in MPEG-1, 576 in MPEG-2 and 2.5. */
export function mp3FrameSamples(sampleRate: number): number {
  return sampleRate >= 32_000 ? 1152 : 576;
}

/**
 * The silent frame before a whole MP3 file of a constant bit rate that tells players its length, and how much silence the
 * encoder added at both ends (the "Info" tag of Xing and LAME). Gapless players then give just what was encoded.
 */
export function mp3InfoFrame(totals: Mp3Totals): Uint8Array {
  const { sampleRate, kilobitsPerSecond, samples } = totals;
  const frameSamples = mp3FrameSamples(sampleRate);
  const bytesPerSecond = kilobitsPerSecond * 125;
  const frames = Math.round((totals.bytes * sampleRate) / (bytesPerSecond * frameSamples));
  const padding = frames * frameSamples - LAME_DELAY_SAMPLES - samples;

  const frame = new Uint8Array(Math.floor((frameSamples * bytesPerSecond) / sampleRate));
  frame.set(totals.firstFrame.subarray(0, 4));
  frame[2]! &= ~PADDING_BIT;
  const tag = 4 + (frameSamples === 1152 ? 17 : 9); // after the side information of a mono frame
  const view = new DataView(frame.buffer, tag);
  writeText(view, 0, 'Info');
  view.setUint32(4, TAG_FRAMES_BYTES_TOC_QUALITY);
  view.setUint32(8, frames);
  view.setUint32(12, frame.length + totals.bytes);
  for (let i = 0; i < TOC_ENTRIES; i += 1) {
    view.setUint8(16 + i, Math.floor((i * 256) / TOC_ENTRIES));
  }
  view.setUint32(116, QUALITY);
  writeText(view, 120, 'LAME3.100');
  view.setUint8(129, CONSTANT_BIT_RATE);
  view.setUint8(140, kilobitsPerSecond);
  view.setUint16(141, (LAME_DELAY_SAMPLES << 4) | (padding >> 8));
  view.setUint8(143, padding & 0xff);
  view.setUint32(148, frame.length + totals.bytes);
  view.setUint16(152, totals.crc);
  view.setUint16(154, crc16(frame.subarray(0, tag + 154)));
  return frame;
}

function writeText(view: DataView, offset: number, text: string): void {
  for (let i = 0; i < text.length; i += 1) view.setUint8(offset + i, text.charCodeAt(i));
}

let table: Uint16Array | undefined;

/** CRC-16/ARC, as the tag uses it; `crc` is that of the bytes before. */
export function crc16(bytes: Uint8Array, crc = 0): number {
  table ??= Uint16Array.from({ length: 256 }, (_, value) => {
    for (let bit = 0; bit < 8; bit += 1) value = (value >> 1) ^ (value & 1 ? 0xa001 : 0);
    return value;
  });
  for (const byte of bytes) crc = (crc >> 8) ^ table[(crc ^ byte) & 0xff]!;
  return crc;
}
