import { setImmediate } from 'node:timers/promises';
import type { SpeechFormat } from '@stepvoice/core/protocol';
import { concatBytes, inPieces } from './codec.ts';
import { createCodec } from './create-codec.ts';

/**
 * A complete file with all that its format can say about the whole: WAV and FLAC their length, FLAC its checksum, MP3 its
 * length, delay and padding, so that it decodes to as many samples as there were. Other work gets its turn between
 * stretches of a few milliseconds.
 *
 * @throws {RangeError} a sample rate other than 8000, 16000, 22050, 24000 or 48000
 */
export async function encodeWhole(
  format: SpeechFormat,
  samples: Int16Array,
  sampleRate: number,
): Promise<Uint8Array> {
  const codec = await createCodec(format, sampleRate);
  try {
    const parts: Uint8Array[] = [];
    for (const piece of inPieces(samples)) {
      if (parts.length > 0) await setImmediate();
      parts.push(codec.encode(piece));
    }
    parts.push(codec.finish());
    return concatBytes([codec.fileHeader(), ...parts]);
  } finally {
    codec.free();
  }
}
