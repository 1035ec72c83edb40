/**
 * What is particular to a format: {@link CodecEncoder} and `encodeWhole` make files of it. Called in the order of the
 * members, `encode` any number of times; `free` may come at any point, and more than once.
 */
export interface Codec {
  /** The front of a file that is sent before its length is known. */
  readonly streamHeader: Uint8Array;
  /** The bytes after the header that are complete by now. They are the caller's own. */
  encode(samples: Int16Array): Uint8Array;
  /** The rest of the bytes after the header. */
  finish(): Uint8Array;
  /** The front of a whole file, in place of {@link streamHeader}: known once all of it is encoded. */
  fileHeader(): Uint8Array;
  free(): void;
}

/** The most samples that a codec is given at once: a third of a second at 48 kHz, so that its memory stays small. */
export const PIECE_SAMPLES = 16_384;

/** The samples in pieces that a codec takes. */
export function* inPieces(samples: Int16Array): Generator<Int16Array> {
  for (let offset = 0; offset < samples.length; offset += PIECE_SAMPLES) {
    yield samples.subarray(offset, offset + PIECE_SAMPLES);
  }
}

/** All parts in one array of its own. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
