const MAGIC_BYTES = 8;

export type OpusHead = {
  /** Samples at 48 kHz that a decoder leaves out at the front: the encoder's look-ahead. */
  preSkip: number;
  /** Rate of what was encoded, in Hz. It says nothing about decoding, which always works at 48 kHz. */
  inputSampleRate: number;
};

/** The identification header of a mono stream: RFC 7845, section 5.1. */
export function opusHead({ preSkip, inputSampleRate }: OpusHead): Uint8Array {
  const bytes = new Uint8Array(19);
  const view = new DataView(bytes.buffer);
  new TextEncoder().encodeInto('OpusHead', bytes);
  bytes[8] = 1; // version
  bytes[9] = 1; // channels
  view.setUint16(10, preSkip, true);
  view.setUint32(12, inputSampleRate, true);
  // Output gain 0 and channel mapping family 0 end the header.
  return bytes;
}

/** The comment header without comments: RFC 7845, section 5.2. */
export function opusTags(vendor: string): Uint8Array {
  const text = new TextEncoder().encode(vendor);
  const bytes = new Uint8Array(MAGIC_BYTES + 4 + text.length + 4);
  new TextEncoder().encodeInto('OpusTags', bytes);
  new DataView(bytes.buffer).setUint32(MAGIC_BYTES, text.length, true);
  bytes.set(text, MAGIC_BYTES + 4);
  return bytes;
}
