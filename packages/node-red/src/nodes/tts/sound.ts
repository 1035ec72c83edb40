import { Buffer } from 'node:buffer';
import type { SpeechFormat, Subtitle } from '@stepvoice/core/node';
import { loadAudio } from '../../kit/core.ts';
import type { AudioFacts } from '../../kit/node-red.ts';

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

const FILES: Record<SpeechFormat, { mediaType: string; extension: string }> = {
  mp3: { mediaType: 'audio/mpeg', extension: 'mp3' },
  wav: { mediaType: 'audio/wav', extension: 'wav' },
  flac: { mediaType: 'audio/flac', extension: 'flac' },
  opus: { mediaType: 'audio/ogg', extension: 'ogg' },
  pcm: { mediaType: 'audio/l16', extension: 'pcm' },
};

export function fileTypeOf(format: SpeechFormat): { mediaType: string; extension: string } {
  return FILES[format];
}

/** `msg.audio` of speech. */
export function audioFacts(
  format: SpeechFormat,
  sampleRate: number,
  durationMs: number | undefined,
): AudioFacts {
  const facts: AudioFacts = { format, sampleRate, channels: 1 };
  if (format === 'pcm') facts.encoding = 's16le';
  if (durationMs !== undefined) facts.durationMs = Math.round(durationMs);
  return facts;
}

/** Of samples of 16 bits, one channel. */
export function pcmDurationMs(bytes: number, sampleRate: number): number {
  return (bytes / 2 / sampleRate) * 1000;
}

/** How long a whole file lasts, as far as that can be seen without decoding it. */
export async function fileDurationMs(
  bytes: Uint8Array,
  format: SpeechFormat,
  sampleRate: number,
): Promise<number | undefined> {
  if (format === 'pcm') return pcmDurationMs(bytes.length, sampleRate);
  if (format !== 'wav' && format !== 'mp3') return undefined;
  const { Mp3FrameReader, readWav } = await loadAudio();
  if (format === 'wav') {
    try {
      const wav = readWav(bytes);
      return (wav.samples.length / wav.sampleRate) * 1000;
    } catch {
      // Players may read what is not read here.
      return undefined;
    }
  }
  const reader = new Mp3FrameReader();
  let seconds = 0;
  for (const { layout } of [...reader.push(bytes), ...reader.flush()]) {
    seconds += layout.samples / layout.sampleRate;
  }
  return seconds * 1000;
}

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
