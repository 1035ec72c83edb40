import { encodePcm16 } from '../pcm.ts';

export type WavBytesOptions = {
  samples: Int16Array;
  sampleRate?: number;
  /** Chunks of any kind before and after the sound. */
  before?: { name: string; contents: Uint8Array }[];
  after?: { name: string; contents: Uint8Array }[];
  /** What to write in place of the right sizes. */
  riffSize?: number;
  dataSize?: number;
};

/** A mono 16-bit WAV file put together by hand, with all that a file may have and writeWav does not write. */
export function wavBytes(options: WavBytesOptions): Uint8Array {
  const { samples, sampleRate = 24_000, before = [], after = [] } = options;
  const format = new Uint8Array(16);
  const view = new DataView(format.buffer);
  view.setUint16(0, 1, true);
  view.setUint16(2, 1, true);
  view.setUint32(4, sampleRate, true);
  view.setUint32(8, sampleRate * 2, true);
  view.setUint16(12, 2, true);
  view.setUint16(14, 16, true);
  const contents = joinBytes([
    asciiBytes('WAVE'),
    ...before.map(({ name, contents }) => chunk(name, contents)),
    chunk('fmt ', format),
    chunk('data', encodePcm16(samples), options.dataSize),
    ...after.map(({ name, contents }) => chunk(name, contents)),
  ]);
  return chunk('RIFF', contents, options.riffSize);
}

export function chunk(name: string, contents: Uint8Array, size = contents.length): Uint8Array {
  const header = new Uint8Array(8);
  header.set(asciiBytes(name));
  new DataView(header.buffer).setUint32(4, size, true);
  return joinBytes([header, contents, new Uint8Array(contents.length % 2)]);
}

export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
