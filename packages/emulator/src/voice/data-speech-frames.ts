/** Bytes of one frame on the air. */
export const frameBytes = 8;
/** Bytes of text in it; the others are its number and its checksum. */
export const contentBytes = 6;
const textLimit = 0xffff;
/** Frames that may be missed before the listener takes what it hears for something else. */
const longestGap = 8;

/** What a listener makes of the frames it hears. */
export type DataSpeechEvent =
  /** The text so far, of a message that still goes on. */
  | { type: 'partial'; text: string }
  | { type: 'message'; text: string }
  /** A message of which `missingFrames` were not heard, or whose text does not fit its checksum (then 0). */
  | { type: 'damaged'; missingFrames: number };

/**
 * Cuts a text into frames of eight bytes: number, six bytes of content, CRC-8. Frame 0 announces length, CRC-16 and a tag of the message;
 * those after it, numbered 1 … 255 and again from 1, carry its UTF-8.
 * @param tag Tells a text that is said twice from a frame that is heard twice, 0 to 255.
 * @throws {RangeError} more than 65 535 bytes.
 */
export function toFrames(text: string, tag: number): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > textLimit) {
    throw new RangeError(
      `Data speech carries ${textLimit} bytes at most; this text has ${bytes.length}.`,
    );
  }
  const checksum = crc16(bytes);
  const announcement = [bytes.length >> 8, bytes.length, checksum >> 8, checksum, tag, ~tag];
  const frames = [frame(0, Uint8Array.from(announcement))];
  for (let start = 0; start < bytes.length; start += contentBytes) {
    const number = 1 + ((frames.length - 1) % 255);
    frames.push(frame(number, bytes.subarray(start, start + contentBytes)));
  }
  return frames;
}

/** How many bytes of the text's UTF-8 the first `frames` frames hold. */
export function bytesInFrames(frames: number): number {
  return Math.max(0, frames - 1) * contentBytes;
}

function frame(number: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(frameBytes);
  bytes[0] = number;
  bytes.set(content, 1);
  bytes[frameBytes - 1] = crc8(bytes.subarray(0, frameBytes - 1));
  return bytes;
}

type OpenMessage = {
  tag: number;
  length: number;
  checksum: number;
  frames: number;
  missing: number;
  bytes: Uint8Array;
};

/** Puts frames together again. Frames with a wrong checksum, and repetitions of the one before, are not there. */
export class FrameReader {
  #message: OpenMessage | undefined;
  #previous = -1;

  /** Takes the next eight bytes that were heard. */
  push(bytes: Uint8Array): DataSpeechEvent[] {
    if (
      bytes.length !== frameBytes ||
      crc8(bytes.subarray(0, frameBytes - 1)) !== bytes[frameBytes - 1]
    )
      return [];
    const number = bytes[0]!;
    if (number === 0) return this.#open(bytes.subarray(1, frameBytes - 1));
    const message = this.#message;
    if (!message || number === this.#previous) return [];
    const missed = (number - 1 - (message.frames % 255) + 255) % 255;
    if (missed > longestGap) return [];
    this.#previous = number;
    message.missing += missed;
    message.frames += missed;
    const start = message.frames * contentBytes;
    if (start >= message.length) return this.flush();
    message.bytes.set(bytes.subarray(1, 1 + Math.min(contentBytes, message.length - start)), start);
    message.frames++;
    if (start + contentBytes >= message.length) return this.#close();
    if (message.missing > 0) return [];
    return [
      { type: 'partial', text: wholeCharacters(message.bytes.subarray(0, start + contentBytes)) },
    ];
  }

  /** Ends the stream: a message that was cut short is damaged. */
  flush(): DataSpeechEvent[] {
    const message = this.#message;
    if (!message) return [];
    message.missing += Math.ceil(message.length / contentBytes) - message.frames;
    return this.#close();
  }

  #open(content: Uint8Array): DataSpeechEvent[] {
    const [lengthHigh = 0, lengthLow = 0, checksumHigh = 0, checksumLow = 0, tag = 0, inverse = 0] =
      content;
    const length = lengthHigh * 256 + lengthLow;
    if ((tag ^ inverse) !== 0xff || length === 0) return [];
    if (this.#previous === 0 && this.#message?.tag === tag) return [];
    const before = this.flush();
    this.#previous = 0;
    this.#message = {
      tag,
      length,
      checksum: checksumHigh * 256 + checksumLow,
      frames: 0,
      missing: 0,
      bytes: new Uint8Array(length),
    };
    return before;
  }

  #close(): DataSpeechEvent[] {
    const { bytes, checksum, missing } = this.#message!;
    this.#message = undefined;
    if (missing > 0 || crc16(bytes) !== checksum)
      return [{ type: 'damaged', missingFrames: missing }];
    return [{ type: 'message', text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }];
  }
}

/** Text of bytes that may end inside a character. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}

/** CRC-8/SMBUS: polynomial 0x07. */
function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}

/** CRC-16/IBM-3740: polynomial 0x1021, starting from 0xffff. */
function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc;
}
