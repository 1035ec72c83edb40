import { ProtocolError } from '../errors.ts';
import { hasText, sniffContainer } from './container.ts';
import { concatSamples, type Pcm } from './pcm.ts';
import {
  WAV_FORMAT_BYTES,
  createWavSampleDecoder,
  parseWavFormat,
  type WavFormat,
  type WavSampleDecoder,
} from './wav-format.ts';
import { joinBytes } from './join-bytes.ts';

/** A WAV file's sound, mixed to mono 16 bits, and how it was stored. */
export type WavFile = Pcm & {
  format: WavFormat;
  /** Whether the file ended before its header said; the samples are those that came. */
  truncated: boolean;
};

/**
 * Reads a whole WAV file, or several that stand one behind another, as `WavReader` does. The samples of a 16-bit mono
 * file are a view of `bytes` where they can be.
 *
 * Throws `ProtocolError` as `WavReader` does.
 */
export function readWav(bytes: Uint8Array): WavFile {
  const reader = new WavReader();
  const samples = concatSamples([reader.push(bytes), reader.flush()].filter((part) => part.length));
  const format = reader.format!;
  return { samples, sampleRate: format.sampleRate, format, truncated: reader.truncated };
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const RIFF_FIRST_BYTE = 0x52;
/** Of a `ds64` chunk: the 64-bit sizes of the whole and of the sound. */
const LARGE_SIZES_BYTES = 16;
/** What stands for a size that is in the `ds64` chunk. */
const SIZE_ELSEWHERE = 0xffffffff;

/** What the next bytes are; `gap` is whatever stands behind a file, up to the next one. */
type Place = 'riff' | 'chunk' | 'sizes' | 'format' | 'data' | 'skip' | 'padding' | 'gap';

/**
 * Reads WAV from pieces that may end anywhere, and gives the samples as they come: mono (the mean of the channels), 16
 * bits, at the file's rate, whether the file has 8, 16, 24 or 32-bit integers or 32 or 64-bit floats. RF64, which large
 * files are written in (EBU Tech 3306), is read as RIFF is.
 *
 * Files that follow each other, each with its header, are joined without a seam. A length that a streaming writer could
 * not know (0, 0xFFFFFFFF and the like) means that the sound goes on until the stream ends or the next file begins.
 * Unknown chunks are skipped, and so is what stands between files or behind the last and is no WAV. One reader reads one
 * stream.
 *
 * `push` and `flush` throw `ProtocolError`: `invalid_wav` for what is not WAV, `unsupported_wav` for compressed or
 * unusual samples, `wav_rate_change` when a later file has another sample rate than the one before.
 */
export class WavReader {
  #place: Place = 'riff';
  /** The beginning of something that the next piece will complete: less than 40 bytes. */
  #held = new Uint8Array(0);
  #received = 0;
  #format: WavFormat | undefined;
  #decoder: WavSampleDecoder | undefined;
  #hasSound = false;
  #truncated = false;

  /** How far the present file is read, and where its header says that it ends: `Infinity` if it does not say. */
  #fileOffset = 0;
  #fileEnd = Infinity;
  #fileHasSound = false;
  /** Of the sound, where a large file has it in 64 bits. */
  #largeSoundSize: number | undefined;
  /** Of the present chunk's contents: `Infinity` for sound of unknown length. */
  #chunkRemaining = 0;
  #chunkIsOdd = false;
  /** Whether the length of the sound cannot be relied on, so that what looks like another file's header is one. */
  #expectsHeader = false;

  /** How the present file stores its samples; `undefined` until that was read. */
  get format(): WavFormat | undefined {
    return this.#format;
  }

  /** Whether the present file's sound was read to the end that its header says. What may follow is another file. */
  get isSoundOver(): boolean {
    return this.#fileHasSound && this.#place !== 'data';
  }

  /** After `flush`: whether the last file ended before its header said, or inside a sample. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** The samples that are complete by now. They may be a view of `bytes`: copy them if its memory will be used again. */
  push(bytes: Uint8Array): Int16Array {
    this.#received += bytes.length;
    let rest = this.#held.length > 0 ? joinBytes([this.#held, bytes]) : bytes;
    const parts: Int16Array[] = [];
    while (rest.length > 0) {
      const taken = this.#take(rest, parts);
      if (taken === undefined) break;
      this.#fileOffset += taken;
      rest = rest.subarray(taken);
    }
    this.#held = new Uint8Array(rest);
    return concatSamples(parts);
  }

  /** Ends the stream. The samples are those held back because they could have been the next file's header. */
  flush(): Int16Array {
    const parts: Int16Array[] = [];
    if (!this.#hasSound) {
      const where = this.#place === 'riff' ? 'inside its header' : 'before any sound';
      throw invalid(`it ends ${where}, after ${this.#received} bytes`);
    }
    if (this.#place === 'data') {
      this.#takeSound(this.#held, parts);
      const isCutInSample = this.#decoder!.flush() > 0;
      const isCutInChunk = this.#chunkRemaining > 0 && this.#chunkRemaining !== Infinity;
      this.#truncated = isCutInSample || isCutInChunk;
    } else {
      this.#truncated = !this.#fileHasSound;
    }
    this.#held = new Uint8Array(0);
    return concatSamples(parts);
  }

  /** Takes what `bytes` begin with and returns how much that was; `undefined` if it needs more to tell. */
  #take(bytes: Uint8Array, parts: Int16Array[]): number | undefined {
    switch (this.#place) {
      case 'riff':
        return bytes.length < RIFF_HEADER_BYTES ? undefined : this.#takeRiffHeader(bytes);
      case 'chunk':
        return bytes.length < CHUNK_HEADER_BYTES ? undefined : this.#takeChunkHeader(bytes);
      case 'sizes':
        return bytes.length < LARGE_SIZES_BYTES ? undefined : this.#takeLargeSizes(bytes);
      case 'format': {
        const wanted = Math.min(this.#chunkRemaining, WAV_FORMAT_BYTES);
        return bytes.length < wanted ? undefined : this.#takeFormat(bytes.subarray(0, wanted));
      }
      case 'data':
        return this.#takeData(bytes, parts);
      case 'skip':
        return this.#takeContents(Math.min(this.#chunkRemaining, bytes.length));
      case 'padding':
        this.#place = 'chunk';
        // Some writers leave the padding byte out, and the next file begins here.
        return bytes[0] === RIFF_FIRST_BYTE ? 0 : 1;
      case 'gap': {
        const { offset, isComplete } = findRiffHeader(bytes);
        if (isComplete) this.#place = 'riff';
        return isComplete || offset > 0 ? offset : undefined;
      }
    }
  }

  #takeRiffHeader(bytes: Uint8Array): number {
    const isLarge = hasText(bytes, 0, 'RF64');
    if (!(isLarge || hasText(bytes, 0, 'RIFF')) || !hasText(bytes, 8, 'WAVE')) {
      const container = sniffContainer(bytes);
      throw invalid(container ? `it is ${container}` : 'it does not begin with RIFF … WAVE');
    }
    const size = readUint32(bytes, 4);
    this.#fileOffset = 0;
    this.#fileEnd = isPlaceholder(size) ? Infinity : CHUNK_HEADER_BYTES + size;
    this.#fileHasSound = false;
    this.#largeSoundSize = undefined;
    this.#place = 'chunk';
    return RIFF_HEADER_BYTES;
  }

  #takeChunkHeader(bytes: Uint8Array): number {
    const isBehindFile = this.#fileOffset >= this.#fileEnd || !isChunkName(bytes);
    if (
      this.#fileHasSound &&
      (isBehindFile || hasText(bytes, 0, 'RIFF') || hasText(bytes, 0, 'RF64'))
    ) {
      this.#place = 'gap';
      return 0;
    }
    const size = readUint32(bytes, 4);
    this.#chunkRemaining = size;
    this.#chunkIsOdd = size % 2 !== 0;
    if (hasText(bytes, 0, 'data')) {
      this.#startSound(size);
    } else if (hasText(bytes, 0, 'ds64') && size >= LARGE_SIZES_BYTES) {
      this.#place = 'sizes';
    } else if (hasText(bytes, 0, 'fmt ')) {
      if (size < 16) throw invalid(`its format takes ${size} bytes instead of 16 or more`);
      this.#place = 'format';
    } else {
      this.#place = 'skip';
    }
    if (this.#chunkRemaining === 0) this.#takeContents(0);
    return CHUNK_HEADER_BYTES;
  }

  #takeLargeSizes(bytes: Uint8Array): number {
    const riffSize = readUint64(bytes, 0);
    const soundSize = readUint64(bytes, 8);
    if (isLargeSize(riffSize)) this.#fileEnd = CHUNK_HEADER_BYTES + riffSize;
    this.#largeSoundSize = isLargeSize(soundSize) ? soundSize : undefined;
    this.#place = 'skip';
    return this.#takeContents(LARGE_SIZES_BYTES);
  }

  #takeFormat(bytes: Uint8Array): number {
    const format = parseWavFormat(bytes);
    if (this.#format && this.#format.sampleRate !== format.sampleRate) {
      throw new ProtocolError(
        `The sample rate changes from ${this.#format.sampleRate} to ${format.sampleRate} Hz between two WAV files of one stream. Read each with a reader of its own.`,
        { code: 'wav_rate_change' },
      );
    }
    this.#format = format;
    this.#decoder = createWavSampleDecoder(format);
    this.#place = 'skip';
    return this.#takeContents(bytes.length);
  }

  #startSound(smallSize: number): void {
    if (!this.#decoder) throw invalid('its sound comes before its format');
    const largeSize = smallSize === SIZE_ELSEWHERE ? this.#largeSoundSize : undefined;
    const size = largeSize ?? smallSize;
    const start = this.#fileOffset + CHUNK_HEADER_BYTES;
    const end = this.#fileEnd === Infinity ? 0 : this.#fileEnd;
    // An empty chunk is one only if the file goes on behind it.
    const isUnknown = size === 0 ? end <= start : largeSize === undefined && isPlaceholder(size);
    this.#chunkRemaining = size;
    this.#chunkIsOdd = size % 2 !== 0;
    this.#expectsHeader = isUnknown || end < start + size;
    if (isUnknown) {
      this.#chunkRemaining = Infinity;
      this.#chunkIsOdd = false;
    }
    this.#hasSound = true;
    this.#fileHasSound = true;
    this.#place = 'data';
  }

  #takeData(bytes: Uint8Array, parts: Int16Array[]): number | undefined {
    let length = Math.min(this.#chunkRemaining, bytes.length);
    if (this.#expectsHeader) {
      const { offset, isComplete } = findRiffHeader(bytes);
      if (offset < length) {
        if (offset === 0 && !isComplete) return undefined;
        if (isComplete) this.#place = 'riff';
        length = offset;
      }
    }
    return this.#takeSound(bytes.subarray(0, length), parts);
  }

  #takeSound(bytes: Uint8Array, parts: Int16Array[]): number {
    const samples = this.#decoder!.push(bytes);
    if (samples.length > 0) parts.push(samples);
    return this.#takeContents(bytes.length);
  }

  /** Counts `length` bytes of the present chunk as read, and ends the chunk with the last. */
  #takeContents(length: number): number {
    this.#chunkRemaining -= length;
    if (this.#chunkRemaining === 0) this.#place = this.#chunkIsOdd ? 'padding' : 'chunk';
    return length;
  }
}

/** Sizes that writers put where they cannot know: 0, and close to the limits of 31 and 32 bits. */
function isPlaceholder(size: number): boolean {
  return size === 0 || (size >= 0x7ffff000 && size <= 0x80000000) || size >= 0xfffff000;
}

/** Whether 64 bits tell a size, and not that it was not known. */
function isLargeSize(size: number): boolean {
  return size > 0 && size <= Number.MAX_SAFE_INTEGER;
}

function isChunkName(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 4).every((byte) => byte >= 0x20 && byte < 0x7f);
}

/** Where the first header of a WAV file begins, or at the end of `bytes` may begin; their length if there is none. */
function findRiffHeader(bytes: Uint8Array): { offset: number; isComplete: boolean } {
  let offset = bytes.indexOf(RIFF_FIRST_BYTE);
  while (offset !== -1) {
    const isName = mayHaveText(bytes, offset, 'RIFF') || mayHaveText(bytes, offset, 'RF64');
    if (isName && mayHaveText(bytes, offset + 8, 'WAVE')) {
      return { offset, isComplete: bytes.length - offset >= RIFF_HEADER_BYTES };
    }
    offset = bytes.indexOf(RIFF_FIRST_BYTE, offset + 1);
  }
  return { offset: bytes.length, isComplete: false };
}

/** Whether as many of these characters as fit into `bytes` stand at `offset`. */
function mayHaveText(bytes: Uint8Array, offset: number, text: string): boolean {
  return hasText(bytes, offset, text.slice(0, Math.max(0, bytes.length - offset)));
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, true);
}

function readUint64(bytes: Uint8Array, offset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Number(view.getBigUint64(offset, true));
}

function invalid(reason: string): ProtocolError {
  return new ProtocolError(`Not a readable WAV file: ${reason}.`, { code: 'invalid_wav' });
}
