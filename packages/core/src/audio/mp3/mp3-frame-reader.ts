import { hasText, id3TagLength, isId3Tag } from '../container.ts';
import { readMp3Frame } from '../mp3-frame.ts';
import type { Mp3Frame } from '../mp3-frame.ts';
import { readInfoFrame } from './mp3-info-frame.ts';
import type { Mp3Info } from './mp3-info-frame.ts';
import { MP3_HEADER_BYTES, isSameStream } from './mp3-layout.ts';
import { joinBytes } from '../join-bytes.ts';

/** A frame of sound: its bytes, the header's four first, and what the header says. */
export type Mp3SoundFrame = { readonly bytes: Uint8Array; readonly layout: Mp3Frame };

const ID3V1_BYTES = 128;
/** Of an APE tag's header and footer alike: name, version, length without header, items, flags, nothing. */
const APE_HEADER_BYTES = 32;
const APE_IS_HEADER = 0x20000000;
/** As much as any of these needs to be told. */
const MOST_HEADER_BYTES = APE_HEADER_BYTES;

/**
 * Reads the frames of an MP3 from pieces that may end anywhere, and only those: ID3v2, ID3v1 and APE tags, the encoder's
 * notes (Xing, Info, VBRI) and whatever else stands between frames are left out. A frame that is cut at the end is left
 * out too. One reader reads one stream.
 */
export class Mp3FrameReader {
  /** Less than a frame and a header. */
  #held = new Uint8Array(0);
  #skip = 0;
  #layout: Mp3Frame | undefined;
  /** Whether what comes next stands right behind a frame, so that a header there is one. */
  #isInStep = false;
  #info: Mp3Info | undefined;

  /** What the encoder noted in front of the first frame; `undefined` where it did not. */
  get info(): Mp3Info | undefined {
    return this.#info;
  }

  /** The frames that are complete by now. They may be views of `bytes`. */
  push(bytes: Uint8Array): Mp3SoundFrame[] {
    return this.#read(bytes, false);
  }

  /** Ends the stream: what was held back because more could have followed. */
  flush(): Mp3SoundFrame[] {
    const frames = this.#read(new Uint8Array(0), true);
    this.#held = new Uint8Array(0);
    return frames;
  }

  #read(bytes: Uint8Array, isEnd: boolean): Mp3SoundFrame[] {
    let rest = this.#held.length > 0 ? joinBytes([this.#held, bytes]) : bytes;
    const frames: Mp3SoundFrame[] = [];
    while (rest.length > 0) {
      const taken = this.#skip > 0 ? this.#skip : this.#take(rest, isEnd, frames);
      if (taken === undefined) break;
      this.#skip = Math.max(0, taken - rest.length);
      rest = rest.subarray(taken);
    }
    this.#held = new Uint8Array(rest);
    return frames;
  }

  /** How many bytes what `rest` begins with has; `undefined` if it needs more to tell. */
  #take(rest: Uint8Array, isEnd: boolean, frames: Mp3SoundFrame[]): number | undefined {
    if (rest.length < MOST_HEADER_BYTES && !isEnd) return undefined;
    const layout = readMp3Frame(rest, 0);
    if (layout !== undefined && this.#belongs(layout)) {
      const known = this.#isFrame(rest, layout, isEnd);
      if (known === undefined) return isEnd ? rest.length : undefined;
      if (known) {
        this.#takeFrame({ bytes: rest.subarray(0, layout.bytes), layout }, frames);
        return layout.bytes;
      }
    }
    const tag = tagLength(rest);
    if (tag !== undefined) return tag;
    this.#isInStep = false;
    const next = rest.subarray(1).findIndex((byte) => byte === 0xff || byte === 0x49);
    return next === -1 ? rest.length : next + 1;
  }

  #belongs(layout: Mp3Frame): boolean {
    return this.#layout === undefined || isSameStream(this.#layout, layout);
  }

  /** Four bytes look like a header now and then: out of step, only one that another one follows is believed. */
  #isFrame(rest: Uint8Array, layout: Mp3Frame, isEnd: boolean): boolean | undefined {
    if (rest.length < layout.bytes) return undefined;
    if (this.#isInStep) return true;
    if (rest.length < layout.bytes + MOST_HEADER_BYTES && !isEnd) return undefined;
    if (rest.length < layout.bytes + MP3_HEADER_BYTES) return true;
    const next = readMp3Frame(rest, layout.bytes);
    return next === undefined
      ? tagLength(rest.subarray(layout.bytes)) !== undefined
      : isSameStream(layout, next);
  }

  #takeFrame(frame: Mp3SoundFrame, frames: Mp3SoundFrame[]): void {
    this.#isInStep = true;
    const info = readInfoFrame(frame.bytes, frame.layout);
    if (info === undefined) frames.push(frame);
    else if (this.#layout === undefined) this.#info = info;
    this.#layout ??= frame.layout;
  }
}

/** The length of the tag that `bytes` begin with. */
function tagLength(bytes: Uint8Array): number | undefined {
  if (isId3Tag(bytes)) return id3TagLength(bytes);
  if (hasText(bytes, 0, 'TAG')) return ID3V1_BYTES;
  if (!hasText(bytes, 0, 'APETAGEX') || bytes.length < APE_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A footer without a header before it was met as bytes of no meaning: only itself is left.
  const isHeader = (view.getUint32(20, true) & APE_IS_HEADER) !== 0;
  return APE_HEADER_BYTES + (isHeader ? view.getUint32(12, true) : 0);
}
