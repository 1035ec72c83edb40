import { Buffer } from 'node:buffer';
import type { SpeechFormat, Subtitle } from '@stepvoice/core/node';

/** A whole speech. */
export type Sound = {
  bytes: Buffer;
  format: SpeechFormat;
  /** Hz. */
  sampleRate: number;
  /** Where the format or the service tells. */
  durationMs: number | undefined;
  subtitles: readonly Subtitle[];
};

/** @param chunks in memory that nobody writes to any more */
export function joinChunks(chunks: readonly Uint8Array[]): Buffer {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) {
    return Buffer.from(only.buffer as ArrayBuffer, only.byteOffset, only.byteLength);
  }
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  // Not from the pool: the bytes are handed to strangers, who may look at the whole of their `buffer`.
  const joined = Buffer.alloc(length);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
