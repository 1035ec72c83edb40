import { decodeBase64, encodeBase64 } from '../../../../packages/core/src/audio/base64.ts';
import {
  decodeBase64ByTable,
  encodeBase64ByTable,
} from '../../../../packages/core/src/audio/base64-table.ts';
import type { Figures } from '../../harness/row.ts';
import type { AudioTaskOf } from '../audio-task.ts';
import { bestTime, noiseBytes } from '../best-time.ts';

type Coder = { decode: (text: string) => Uint8Array; encode: (bytes: Uint8Array) => string };

/** 100 ms of PCM at 24 kHz, and ten seconds of such pieces. */
const PIECE_BYTES = 4800;
const PIECES = 100;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const CODERS: Readonly<Record<string, () => Coder>> = {
  ours: () => ({ decode: decodeBase64, encode: encodeBase64 }),
  'our table': () => ({ decode: decodeBase64ByTable, encode: encodeBase64ByTable }),
  Buffer: () => ({
    decode: (text) => Buffer.from(text, 'base64'),
    encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
  }),
  platform: () => ({
    decode: (text) => Uint8Array.fromBase64(text),
    encode: (bytes) => bytes.toBase64(),
  }),
  table: tableCoder,
  /** What is written by hand most often. */
  'atob and a loop': () => ({
    decode(text) {
      const binary = atob(text);
      const bytes = new Uint8Array(binary.length);
      for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
      return bytes;
    },
    encode(bytes) {
      let binary = '';
      for (let i = 0; i < bytes.length; i += 0x80_00) {
        binary += String.fromCharCode(...bytes.subarray(i, i + 0x80_00));
      }
      return btoa(binary);
    },
  }),
};

/** Megabytes of audio a second, into or out of base64. */
export function measureBase64(task: AudioTaskOf<'base64'>): Figures {
  const { decode, encode } = CODERS[task.contender]?.() ?? {};
  if (decode === undefined || encode === undefined) throw new Error(`no coder ${task.contender}`);
  const sound = noiseBytes(PIECE_BYTES * PIECES);
  const pieces = Array.from({ length: PIECES }, (_, i) =>
    sound.slice(i * PIECE_BYTES, (i + 1) * PIECE_BYTES),
  );
  // Each a string of its own out of JSON, as they come: code that a compiler has made for one string counts for nothing.
  const texts = pieces.map((piece) => JSON.parse(`"${encodeBase64(piece)}"`) as string);
  for (const [i, piece] of pieces.entries()) {
    if (encode(piece) !== texts[i] || decode(texts[i]!).join() !== piece.join()) {
      throw new Error(`${task.contender} is wrong`);
    }
  }
  let sink = 0;
  const ms = bestTime(
    task.direction === 'decode'
      ? () => {
          for (const text of texts) sink += decode(text).length;
        }
      : () => {
          for (const piece of pieces) sink += encode(piece).length;
        },
  );
  if (sink === 0) throw new Error('nothing was done');
  return { speed: (PIECE_BYTES * PIECES) / 1e6 / (ms / 1000) };
}

/** The textbook's loops: no padding in the middle, no wrong characters. */
function tableCoder(): Coder {
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values[ALPHABET.charCodeAt(i)] = i;
  const codes = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
  const ascii = new TextDecoder();
  return {
    decode(text) {
      const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
      const bytes = new Uint8Array((text.length / 4) * 3 - padding);
      for (let i = 0, at = 0; i < text.length; i += 4, at += 3) {
        const a = values[text.charCodeAt(i)]!;
        const b = values[text.charCodeAt(i + 1)]!;
        const c = values[text.charCodeAt(i + 2)]!;
        const d = values[text.charCodeAt(i + 3)]!;
        bytes[at] = (a << 2) | (b >> 4);
        bytes[at + 1] = (b << 4) | (c >> 2);
        bytes[at + 2] = (c << 6) | d;
      }
      return bytes;
    },
    encode(bytes) {
      if (bytes.length % 3 !== 0) throw new Error('only whole groups');
      const text = new Uint8Array((bytes.length / 3) * 4);
      for (let i = 0, at = 0; i < bytes.length; i += 3, at += 4) {
        const group = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
        text[at] = codes[group >> 18]!;
        text[at + 1] = codes[(group >> 12) & 63]!;
        text[at + 2] = codes[(group >> 6) & 63]!;
        text[at + 3] = codes[group & 63]!;
      }
      return ascii.decode(text);
    },
  };
}
