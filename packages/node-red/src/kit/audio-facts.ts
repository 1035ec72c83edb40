import type { AudioContainer } from '@stepvoice/core/audio';
import type { SpeechFormat } from '@stepvoice/core/node';
import { loadAudio } from './core.ts';
import type { AudioFacts } from './node-red.ts';

const FILES: Record<SpeechFormat, { mediaType: string; extension: string }> = {
  mp3: { mediaType: 'audio/mpeg', extension: 'mp3' },
  wav: { mediaType: 'audio/wav', extension: 'wav' },
  flac: { mediaType: 'audio/flac', extension: 'flac' },
  opus: { mediaType: 'audio/ogg', extension: 'ogg' },
  pcm: { mediaType: 'audio/l16', extension: 'pcm' },
};

/** What speech is called as a file and on the web. */
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

const CONTAINERS: Partial<Record<SpeechFormat, AudioContainer>> = {
  mp3: 'mp3',
  opus: 'ogg',
  flac: 'flac',
};

/** How long a whole file lasts, as far as that can be seen without decoding it. */
export async function fileDurationMs(
  bytes: Uint8Array,
  format: SpeechFormat,
  sampleRate: number,
): Promise<number | undefined> {
  if (format === 'pcm') return pcmDurationMs(bytes.length, sampleRate);
  const { createDurationScanner, readWav } = await loadAudio();
  const container = CONTAINERS[format];
  if (container === undefined) {
    try {
      const wav = readWav(bytes);
      return (wav.samples.length / wav.sampleRate) * 1000;
    } catch {
      // Players may read what is not read here.
      return undefined;
    }
  }
  const scanner = createDurationScanner(container);
  scanner?.push(bytes);
  return scanner?.seconds === undefined ? undefined : scanner.seconds * 1000;
}
