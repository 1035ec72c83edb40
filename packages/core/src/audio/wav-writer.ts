import { ValidationError } from '../errors.ts';
import { encodePcm16, type Pcm } from './pcm.ts';
import { checkSampleRate } from './sample-rate.ts';
import { writeAscii } from './ascii-text.ts';

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
/** The sizes in a RIFF file have 32 bits, and the outer one counts all of the header but its first eight bytes. */
const MAX_BYTES = 0xffffffff;
/** What streaming writers put for a length they do not know, and RF64 for one that stands in its `ds64` chunk. */
const UNKNOWN_SIZE = 0xffffffff;
/** The sizes of RIFF, sound and samples in 64 bits each, and a table of none (EBU Tech 3306, section 3). */
const DS64_BYTES = 28;
const CHUNK_HEADER_BYTES = 8;

/** A WAV file: 16 bits, mono. Throws `ValidationError` as `wavHeader` does. */
export function writeWav(pcm: Pcm): Uint8Array<ArrayBuffer> {
  const header = wavHeader({ sampleRate: pcm.sampleRate, samples: pcm.samples.length });
  const file = new Uint8Array(header.length + pcm.samples.byteLength);
  file.set(header);
  file.set(encodePcm16(pcm.samples), header.length);
  return file;
}

export type WavHeaderOptions = {
  sampleRate: number;
  /** How many samples will follow; left out, the header is one for streaming, and readers go on until the end. */
  samples?: number | undefined;
  /**
   * Takes the room that the sizes of a large file need, in a `JUNK` chunk, so that the header has the same length
   * whatever will follow, and can be written again when that is known. Default false: 44 bytes where they are enough.
   */
  reserved?: boolean | undefined;
};

/** How long the headers are that `wavHeader` writes with `reserved`, and for sound beyond 4 GiB. */
export const LARGE_WAV_HEADER_BYTES = HEADER_BYTES + CHUNK_HEADER_BYTES + DS64_BYTES;

/**
 * What stands before 16-bit mono samples: the 44 bytes of RIFF, or, beyond the 4 GiB that those can tell (2 147 483 629
 * samples: 24 hours at 24 kHz), the 80 bytes of RF64 (EBU Tech 3306).
 *
 * Throws `ValidationError` for an unusable sample rate and for a count that is no whole number.
 */
export function wavHeader({
  sampleRate,
  samples,
  reserved = false,
}: WavHeaderOptions): Uint8Array<ArrayBuffer> {
  checkSampleRate(sampleRate, 'sampleRate');
  if (samples !== undefined && !(Number.isSafeInteger(samples) && samples >= 0)) {
    const allowed = 'a whole number, or nothing if it is not known yet';
    throw new ValidationError(`samples is ${samples}; it must be ${allowed}.`, {
      path: 'samples',
      value: samples,
      allowed,
    });
  }
  const dataBytes = samples === undefined ? UNKNOWN_SIZE : samples * BYTES_PER_SAMPLE;
  const smallHeader = reserved ? LARGE_WAV_HEADER_BYTES : HEADER_BYTES;
  const isLarge = samples !== undefined && smallHeader - CHUNK_HEADER_BYTES + dataBytes > MAX_BYTES;
  const headerBytes = isLarge ? LARGE_WAV_HEADER_BYTES : smallHeader;
  const riffBytes = headerBytes - CHUNK_HEADER_BYTES + dataBytes;
  const isSized = samples !== undefined && !isLarge;

  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  writeAscii(header, 0, isLarge ? 'RF64' : 'RIFF');
  view.setUint32(4, isSized ? riffBytes : UNKNOWN_SIZE, true);
  writeAscii(header, 8, 'WAVE');
  let offset = 12;
  if (headerBytes > HEADER_BYTES) {
    writeAscii(header, offset, isLarge ? 'ds64' : 'JUNK');
    view.setUint32(offset + 4, DS64_BYTES, true);
    if (isLarge) {
      view.setBigUint64(offset + 8, BigInt(riffBytes), true);
      view.setBigUint64(offset + 16, BigInt(dataBytes), true);
      view.setBigUint64(offset + 24, BigInt(samples), true);
    }
    offset += CHUNK_HEADER_BYTES + DS64_BYTES;
  }
  writeAscii(header, offset, 'fmt ');
  view.setUint32(offset + 4, 16, true);
  view.setUint16(offset + 8, 1, true);
  view.setUint16(offset + 10, 1, true);
  view.setUint32(offset + 12, sampleRate, true);
  view.setUint32(offset + 16, sampleRate * BYTES_PER_SAMPLE, true);
  view.setUint16(offset + 20, BYTES_PER_SAMPLE, true);
  view.setUint16(offset + 22, 8 * BYTES_PER_SAMPLE, true);
  writeAscii(header, offset + 24, 'data');
  view.setUint32(offset + 28, isSized ? dataBytes : UNKNOWN_SIZE, true);
  return header;
}
