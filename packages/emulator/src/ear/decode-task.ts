import { concatSamples, fromFloat32 } from '@stepvoice/core/audio';
import { decodeFlac } from './flac-decoder.ts';
import type { Compression, DecoderAnswer, DecoderTask } from './decoder-messages.ts';

/** What a decoder makes of some bytes: channels of floats, as long as each other. */
type Decoded = { channelData: readonly Float32Array[]; sampleRate: number };

interface Decoder {
  ready: Promise<void>;
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>;
  flush?(): Promise<Decoded>;
}

type StreamCompression = Exclude<Compression, 'flac' | 'ogg-flac'>;

/** Of the file at a time, so that floats of a long file never stand in memory as a whole. */
const PIECE_BYTES = 64 * 1024;

async function createDecoder(compression: StreamCompression): Promise<Decoder> {
  switch (compression) {
    case 'mp3':
      return new (await import('mpg123-decoder')).MPEGDecoder();
    case 'opus':
      return new (await import('ogg-opus-decoder')).OggOpusDecoder();
    case 'vorbis':
      return new (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder();
  }
}

/** The sound of a file, piece by piece. */
async function* decodePieces({ compression, bytes }: DecoderTask): AsyncGenerator<Decoded> {
  if (compression === 'flac' || compression === 'ogg-flac') {
    return yield* await decodeFlac(bytes, compression === 'ogg-flac');
  }
  const decoder = await createDecoder(compression);
  await decoder.ready;
  for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
    yield decoder.decode(bytes.subarray(offset, offset + PIECE_BYTES));
  }
  if (decoder.flush !== undefined) yield decoder.flush();
}

/**
 * Does what the decoding thread is asked to do, in the thread that calls it. Rejects with whatever a decoder throws for
 * what it cannot make sense of.
 */
export async function decodeTask(task: DecoderTask): Promise<DecoderAnswer> {
  const parts: Int16Array[][] = [];
  let sampleRate = 0;
  let length = 0;
  for await (const { channelData, sampleRate: rate } of decodePieces(task)) {
    const [first] = channelData;
    if (first === undefined || first.length === 0) continue;
    sampleRate ||= rate;
    length += first.length;
    if (length > task.mostSamples) return { type: 'too-long' };
    for (const [channel, floats] of (task.keepChannels
      ? channelData
      : [mix(channelData)]
    ).entries()) {
      (parts[channel] ??= []).push(fromFloat32(floats));
    }
  }
  if (length === 0) return { type: 'invalid' };
  return { type: 'sound', channels: parts.map((channel) => concatSamples(channel)), sampleRate };
}

function mix(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(), ...others] = channels;
  if (others.length === 0) return first;
  return first.map((value, i) => {
    let sum = value;
    for (const other of others) sum += other[i] ?? 0;
    return sum / channels.length;
  });
}
