import { PcmReader, readWav, sniffContainer } from '@stepvoice/core/audio';
import type { AudioContainer, Pcm } from '@stepvoice/core/audio';
import { decodeCompressed } from './compressed-audio.ts';
import type { Compression } from './decoder-messages.ts';
import { decodeM4a } from './ffmpeg.ts';
import { mixToMono, splitFrames } from './sound.ts';
import type { Sound } from './sound.ts';
import { UndecodableAudioError } from './undecodable-audio-error.ts';
import { readWavChannels } from './wav-channels.ts';

/** As the service's requests name them; `ogg` is Opus, Vorbis or FLAC in Ogg. */
export type AudioFormat = 'wav' | 'mp3' | 'ogg' | 'flac' | 'm4a' | 'pcm';

export type DecodeOptions = {
  /** What the file is said to be. Without it the file has to say so itself, which raw PCM cannot. */
  format?: AudioFormat | undefined;
  /** Of raw PCM, Hz; default 16 000. */
  sampleRate?: number | undefined;
  /** Of raw PCM, 1 or 2; default 1. */
  channels?: number | undefined;
  /** Of raw PCM: 16, the only size there is here. */
  bits?: number | undefined;
  signal?: AbortSignal | undefined;
};

const DEFAULT_PCM_RATE = 16_000;
const CONTAINERS: Readonly<Record<AudioContainer, AudioFormat | undefined>> = {
  wav: 'wav',
  mp3: 'mp3',
  flac: 'flac',
  ogg: 'ogg',
  mp4: 'm4a',
  webm: undefined,
};

/**
 * Decodes a whole file to mono, at its own rate (Opus: 48 kHz). A WAV header in front of raw PCM is believed, not heard.
 *
 * @throws {UndecodableAudioError} for a file that is not what it is said to be, and for one of no sound at all; and the
 *   signal's reason.
 */
export async function decodeAudio(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Pcm> {
  return mixToMono(await decode(bytes, options, false));
}

/** As {@link decodeAudio}, with the channels apart. */
export function decodeChannels(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Sound> {
  return decode(bytes, options, true);
}

async function decode(
  bytes: Uint8Array,
  options: DecodeOptions,
  keepChannels: boolean,
): Promise<Sound> {
  const { signal } = options;
  const format = findFormat(bytes, options.format);
  switch (format) {
    case 'wav':
      return decodeWav(bytes, keepChannels);
    case 'pcm':
      return decodePcm(bytes, options);
    case 'm4a':
      return decodeM4a(bytes, { keepChannels, signal });
    case 'mp3':
      return dropEqual(await decodeCompressed(bytes, { compression: 'mp3', keepChannels, signal }));
    case 'flac':
      return decodeCompressed(bytes, { compression: 'flac', keepChannels, signal });
    case 'ogg':
      return decodeCompressed(bytes, { compression: oggCodec(bytes), keepChannels, signal });
  }
}

function findFormat(bytes: Uint8Array, said: AudioFormat | undefined): AudioFormat {
  if (bytes.length === 0) throw invalid('the audio is empty');
  const container = sniffContainer(bytes);
  const found = container === undefined ? undefined : CONTAINERS[container];
  if (said === 'pcm') return found === 'wav' ? 'wav' : 'pcm';
  if (container !== undefined && found === undefined) {
    throw new UndecodableAudioError(
      'unsupported',
      `the audio is ${container}; send wav, mp3, ogg, flac, m4a or pcm`,
    );
  }
  if (said === undefined) {
    if (found !== undefined) return found;
    throw invalid('the audio is none of wav, mp3, ogg, flac and m4a');
  }
  if (found !== undefined && found !== said) throw invalid(`the audio is ${found}, not ${said}`);
  // An MP3 may begin with what is left of the frame before it; the others say at once what they are.
  if (found === undefined && said !== 'mp3') throw invalid(`the audio is not readable ${said}`);
  return said;
}

function decodeWav(bytes: Uint8Array, keepChannels: boolean): Sound {
  try {
    if (keepChannels) return readWavChannels(bytes);
    const { samples, sampleRate } = readWav(bytes);
    return { channels: [samples], sampleRate };
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : 'the audio is not readable wav', cause);
  }
}

function decodePcm(bytes: Uint8Array, options: DecodeOptions): Sound {
  const { sampleRate = DEFAULT_PCM_RATE, channels = 1, bits = 16 } = options;
  if (bits !== 16) {
    throw new UndecodableAudioError('unsupported', `pcm has ${bits} bits; send samples of 16`);
  }
  // Half a sample at the end is left out: a client that cuts by time may leave one.
  const samples = new PcmReader().push(bytes);
  return { channels: splitFrames(samples, channels), sampleRate };
}

/** What is in an Ogg file stands at the beginning of its first packet, behind a page header with one segment size. */
function oggCodec(bytes: Uint8Array): Compression {
  const segments = bytes[26] ?? 0;
  const start = 27 + segments;
  const packet = String.fromCharCode(...bytes.subarray(start, start + 8));
  if (packet === 'OpusHead') return 'opus';
  if (packet.startsWith('\u0001vorbis')) return 'vorbis';
  if (packet.startsWith('\u007fFLAC')) return 'ogg-flac';
  throw new UndecodableAudioError(
    'unsupported',
    'the ogg file holds neither Opus, Vorbis nor FLAC',
  );
}

/** The MP3 decoder gives a single channel twice. */
function dropEqual(sound: Sound): Sound {
  const [first, second, ...others] = sound.channels;
  if (first === undefined || second === undefined || others.length > 0) return sound;
  const isSame = first.every((sample, i) => sample === second[i]);
  return isSame ? { ...sound, channels: [first] } : sound;
}

function invalid(message: string, cause?: unknown): UndecodableAudioError {
  return new UndecodableAudioError('invalid', message, { cause });
}
