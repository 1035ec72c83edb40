import { ValidationError } from '../../errors.ts';
import { hasText } from '../container.ts';
import { readMp3Frame } from '../mp3-frame.ts';
import type { Mp3Frame } from '../mp3-frame.ts';
import { MP3_HEADER_BYTES, sideInfoBytes, sideInfoOffset } from './mp3-layout.ts';
import { writeAscii } from '../ascii-text.ts';

/** What the frame in front of an MP3 stream tells; what it does not is `undefined`. */
export type Mp3Info = {
  /** Frames of the stream, without this one. */
  readonly frames: number | undefined;
  /** Samples of silence that the encoder put before the sound, without the decoder's own 529. */
  readonly delaySamples: number | undefined;
  /** And behind it. */
  readonly paddingSamples: number | undefined;
};

const HAS_FRAMES = 1;
const HAS_BYTES = 2;
const HAS_TOC = 4;
const HAS_QUALITY = 8;
const TOC_ENTRIES = 100;
/** Where the delays stand in the part that LAME has added. */
const DELAYS_OFFSET = 21;
const LAME_BYTES = 36;
/** Fraunhofer's encoder puts its notes there, whatever the version and the channels. */
const VBRI_OFFSET = MP3_HEADER_BYTES + 32;

/** Reads the notes of the encoder (Xing, Info, VBRI) out of a frame; `undefined` for a frame of sound. */
export function readInfoFrame(frame: Uint8Array, layout: Mp3Frame): Mp3Info | undefined {
  if (hasText(frame, VBRI_OFFSET, 'VBRI')) {
    return { frames: undefined, delaySamples: undefined, paddingSamples: undefined };
  }
  const start = sideInfoOffset(frame) + sideInfoBytes(layout);
  if (!hasText(frame, start, 'Xing') && !hasText(frame, start, 'Info')) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < start + 8) {
    return { frames: undefined, delaySamples: undefined, paddingSamples: undefined };
  }
  const flags = view.getUint32(start + 4);
  let offset = start + 8;
  const frames =
    flags & HAS_FRAMES && frame.length >= offset + 4 ? view.getUint32(offset) : undefined;
  for (const [flag, bytes] of [
    [HAS_FRAMES, 4],
    [HAS_BYTES, 4],
    [HAS_TOC, TOC_ENTRIES],
    [HAS_QUALITY, 4],
  ] as const) {
    if (flags & flag) offset += bytes;
  }
  const at = offset + DELAYS_OFFSET;
  // Encoders that do not know LAME's part leave it empty; any name will do.
  if (frame.length < at + 3 || frame[offset] === 0) {
    return { frames, delaySamples: undefined, paddingSamples: undefined };
  }
  return {
    frames,
    delaySamples: (frame[at]! << 4) | (frame[at + 1]! >> 4),
    paddingSamples: ((frame[at + 1]! & 0xf) << 8) | frame[at + 2]!,
  };
}

/** A place of a stream: how many frames stand before it, and how many bytes. */
export type Mp3SeekPoint = { readonly frames: number; readonly bytes: number };

export type InfoFrameOptions = {
  /** The header of a frame of the stream. */
  readonly header: Uint8Array;
  /** Whether all frames have one bit rate. */
  readonly isConstant: boolean;
  /** Of the stream, without this one. */
  readonly frames: number;
  /** Of those frames. */
  readonly bytes: number;
  /** Places by which players find a time: in order, as many as there are. */
  readonly seekPoints?: readonly Mp3SeekPoint[] | undefined;
  /** 0 to 4095 samples of silence that players are to leave out, without the decoder's own 529. */
  readonly delaySamples: number;
  /** 0 to 4095 at the end. */
  readonly paddingSamples: number;
};

/**
 * The frame that stands in front of an MP3 stream and tells how long it is, where its times are, and how much silence of
 * the encoder to leave out: Xing's, or Info for a constant bit rate, with LAME's part. It decodes to silence where a
 * player does not know it. Its length depends on `header` alone.
 *
 * @throws {ValidationError} for a header that is none, and for silence beyond 4095 samples.
 */
export function infoFrame(options: InfoFrameOptions): Uint8Array<ArrayBuffer> {
  const { frames, bytes, delaySamples, paddingSamples } = options;
  checkSilence(delaySamples, 'delaySamples');
  checkSilence(paddingSamples, 'paddingSamples');
  const { header, layout } = roomyHeader(options.header);
  const frame = new Uint8Array(layout.bytes);
  frame.set(header);
  const view = new DataView(frame.buffer);
  const start = MP3_HEADER_BYTES + sideInfoBytes(layout);
  writeAscii(frame, start, options.isConstant ? 'Info' : 'Xing');
  view.setUint32(start + 4, HAS_FRAMES | HAS_BYTES | HAS_TOC | HAS_QUALITY);
  view.setUint32(start + 8, frames);
  view.setUint32(start + 12, layout.bytes + bytes);
  frame.set(tableOfContents(options, layout.bytes), start + 16);
  const lame = start + 16 + TOC_ENTRIES + 4;
  // Players only trust the delays of encoders whose name they know.
  writeAscii(frame, lame, 'LAME3.100');
  frame[lame + 9] = options.isConstant ? 1 : 0;
  frame[lame + DELAYS_OFFSET] = delaySamples >> 4;
  frame[lame + DELAYS_OFFSET + 1] = ((delaySamples & 0xf) << 4) | (paddingSamples >> 8);
  frame[lame + DELAYS_OFFSET + 2] = paddingSamples & 0xff;
  view.setUint32(lame + 28, layout.bytes + bytes);
  view.setUint16(lame + 34, crc16(frame.subarray(0, lame + 34)));
  return frame;
}

/** Of each hundredth of the time, which 256th of the bytes it stands at. */
function tableOfContents(
  { frames, bytes, seekPoints = [] }: InfoFrameOptions,
  infoBytes: number,
): Uint8Array {
  const table = new Uint8Array(TOC_ENTRIES);
  const points = [{ frames: 0, bytes: 0 }, ...seekPoints, { frames, bytes }];
  let next = 0;
  for (let entry = 0; entry < TOC_ENTRIES; entry += 1) {
    const wanted = (entry / TOC_ENTRIES) * frames;
    while (next < points.length - 1 && points[next]!.frames <= wanted) next += 1;
    const after = points[next]!;
    const before = points[next - 1] ?? after;
    const span = after.frames - before.frames;
    const share = span > 0 ? (wanted - before.frames) / span : 0;
    const at = infoBytes + before.bytes + share * (after.bytes - before.bytes);
    table[entry] = Math.min(255, Math.floor((256 * at) / (infoBytes + bytes)));
  }
  return table;
}

/** The header with the least bit rate, from the stream's own on, that gives a frame which holds the notes. */
function roomyHeader(given: Uint8Array): { header: Uint8Array; layout: Mp3Frame } {
  const header = plainHeader(given);
  for (let index = header[2]! >> 4; index < 15; index += 1) {
    header[2] = (index << 4) | (header[2]! & 0x0f);
    const layout = readMp3Frame(header, 0);
    if (layout === undefined) break;
    const needed = MP3_HEADER_BYTES + sideInfoBytes(layout) + 16 + TOC_ENTRIES + 4 + LAME_BYTES;
    if (layout.bytes >= needed) return { header, layout };
  }
  const allowed = 'the 4 bytes of a layer III header';
  throw new ValidationError(`header must be ${allowed}.`, {
    path: 'header',
    value: given.length,
    allowed,
  });
}

/** A header for a frame of our own: without checksum and without the byte that some frames have more. */
export function plainHeader(header: Uint8Array): Uint8Array<ArrayBuffer> {
  const plain = new Uint8Array(header.subarray(0, MP3_HEADER_BYTES));
  plain[1]! |= 1;
  plain[2]! &= ~2;
  return plain;
}

function checkSilence(value: number, path: string): void {
  if (Number.isInteger(value) && value >= 0 && value <= 4095) return;
  const allowed = 'a whole number from 0 to 4095';
  throw new ValidationError(`${path} is ${value}; it must be ${allowed}.`, {
    path,
    value,
    allowed,
  });
}

/** CRC-16 with the polynomial 0x8005, reflected, as LAME's part ends with. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
