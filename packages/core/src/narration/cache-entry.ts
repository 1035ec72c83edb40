import type { AudioClip } from '../audio/output/audio-output.ts';
import { decodePcm16, encodePcm16 } from '../audio/pcm.ts';
import type { Pcm } from '../audio/pcm.ts';
import type { TextRange } from '../text/text-range.ts';
import type { TimingSource } from './speech-unit.ts';

/** A word of stored speech; its place counts in the text that was spoken. */
export type StoredWord = {
  readonly range: TextRange;
  readonly startSeconds: number;
  readonly endSeconds: number;
};

/** Speech as it is stored: what was heard for one text, and when each word was. */
export type StoredSpeech = {
  readonly sound: Pcm | AudioClip;
  readonly words: readonly StoredWord[];
  readonly timing: TimingSource;
};

type Head = {
  readonly timing: TimingSource;
  readonly words: readonly (readonly [number, number, number, number])[];
  readonly sampleRate?: number;
  readonly mediaType?: string;
  readonly seconds?: number;
};

/** "SVU" and the version of the layout: magic, checksum, length of the head, head in JSON, sound. */
const MAGIC = Uint8Array.of(0x53, 0x56, 0x55, 1);
const CHECKSUM_BYTES = 8;
const CHECKED_AT = MAGIC.length + CHECKSUM_BYTES;
const HEAD_AT = CHECKED_AT + 4;

/** Stored speech as bytes, with a checksum that tells whether they are still whole. */
export function encodeEntry({ sound, words, timing }: StoredSpeech): Uint8Array<ArrayBuffer> {
  const times = words.map(
    ({ range, startSeconds, endSeconds }) =>
      [range.start, range.end, startSeconds, endSeconds] as const,
  );
  const head: Head = {
    timing,
    words: times,
    ...('samples' in sound
      ? { sampleRate: sound.sampleRate }
      : { mediaType: sound.mediaType, seconds: sound.durationSeconds }),
  };
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const body = 'samples' in sound ? encodePcm16(sound.samples) : sound.bytes;
  // Samples begin at an even place, so that they can be read where they lie.
  const soundAt = HEAD_AT + headBytes.length + (headBytes.length % 2);
  const entry = new Uint8Array(soundAt + body.length);
  entry.set(MAGIC);
  new DataView(entry.buffer).setUint32(CHECKED_AT, headBytes.length, true);
  entry.set(headBytes, HEAD_AT);
  entry.set(body, soundAt);
  entry.set(checksumOf(entry), MAGIC.length);
  return entry;
}

/** Reads stored speech; `undefined` for bytes that are cut, changed, or of another version. */
export function decodeEntry(entry: Uint8Array): StoredSpeech | undefined {
  if (entry.length < HEAD_AT || MAGIC.some((byte, at) => entry[at] !== byte)) return undefined;
  const checksum = entry.subarray(MAGIC.length, CHECKED_AT);
  if (checksumOf(entry).some((byte, at) => checksum[at] !== byte)) return undefined;
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  const headLength = view.getUint32(CHECKED_AT, true);
  const head = JSON.parse(
    new TextDecoder().decode(entry.subarray(HEAD_AT, HEAD_AT + headLength)),
  ) as Head;
  const body = entry.subarray(HEAD_AT + headLength + (headLength % 2));
  const words = head.words.map(([start, end, startSeconds, endSeconds]) => ({
    range: { start, end },
    startSeconds,
    endSeconds,
  }));
  if (head.sampleRate !== undefined) {
    const sound = { samples: decodePcm16(body), sampleRate: head.sampleRate };
    return { sound, words, timing: head.timing };
  }
  const { mediaType = '', seconds = 0 } = head;
  const sound = { bytes: new Uint8Array(body), mediaType, durationSeconds: seconds };
  return { sound, words, timing: head.timing };
}

/**
 * 64 bits over what stands behind the checksum: against a file that was cut or a disk that lies, not against anybody who
 * means it. Every step can be undone, so no change of a single word goes unseen. (SHA-256 took longer than all the rest of
 * making an entry.)
 */
function checksumOf(entry: Uint8Array): Uint8Array {
  const view = new DataView(entry.buffer, entry.byteOffset + CHECKED_AT, entry.length - CHECKED_AT);
  const { byteLength } = view;
  let one = byteLength | 0;
  let other = ~byteLength;
  let at = 0;
  for (; at + 4 <= byteLength; at += 4) {
    const word = view.getInt32(at, true);
    one = (Math.imul(rotate(one ^ word, 13), 5) + 0x52dce729) | 0;
    other = (Math.imul(rotate(other ^ word, 17), 0x2c1b3c6d) + 0x297a2d39) | 0;
  }
  for (; at < byteLength; at += 1) {
    const byte = view.getUint8(at);
    one = (Math.imul(rotate(one ^ byte, 13), 5) + 0x52dce729) | 0;
    other = (Math.imul(rotate(other ^ byte, 17), 0x2c1b3c6d) + 0x297a2d39) | 0;
  }
  const checksum = new Uint8Array(CHECKSUM_BYTES);
  const written = new DataView(checksum.buffer);
  written.setInt32(0, one, true);
  written.setInt32(4, other, true);
  return checksum;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
