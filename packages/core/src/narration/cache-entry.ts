import { sha256 } from '@noble/hashes/sha2.js';
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

/** "SVU" and the version of the layout: magic, digest, length of the head, head in JSON, sound. */
const MAGIC = Uint8Array.of(0x53, 0x56, 0x55, 1);
const DIGEST_BYTES = 16;
const HEAD_AT = MAGIC.length + DIGEST_BYTES + 4;

/** Stored speech as bytes, with a digest that tells whether they are still whole. */
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
  new DataView(entry.buffer).setUint32(MAGIC.length + DIGEST_BYTES, headBytes.length, true);
  entry.set(headBytes, HEAD_AT);
  entry.set(body, soundAt);
  entry.set(digestOf(entry), MAGIC.length);
  return entry;
}

/** Reads stored speech; `undefined` for bytes that are cut, changed, or of another version. */
export function decodeEntry(entry: Uint8Array): StoredSpeech | undefined {
  if (entry.length < HEAD_AT || MAGIC.some((byte, at) => entry[at] !== byte)) return undefined;
  const digest = entry.subarray(MAGIC.length, MAGIC.length + DIGEST_BYTES);
  if (digestOf(entry).some((byte, at) => digest[at] !== byte)) return undefined;
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  const headLength = view.getUint32(MAGIC.length + DIGEST_BYTES, true);
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

function digestOf(entry: Uint8Array): Uint8Array {
  return sha256(entry.subarray(MAGIC.length + DIGEST_BYTES)).subarray(0, DIGEST_BYTES);
}
