import { concatSamples, decodePcm16, fromFloat32, readWav } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import type { SpeechFormat } from '@stepvoice/core';
import libflac from 'libflacjs/dist/libflac.js';
import { Decoder as FlacDecoder } from 'libflacjs/lib/decoder.js';
import { MPEGDecoder } from 'mpg123-decoder';
import { OggOpusDecoder } from 'ogg-opus-decoder';

type Decoded = { channelData: Float32Array[]; sampleRate: number; errors: { message: string }[] };

/**
 * Decodes one file, or several glued together, by decoders that have nothing to do with the encoders under test.
 *
 * @param sampleRate of raw PCM, which does not carry its own
 */
export async function decodeAudio(
  bytes: Uint8Array,
  format: SpeechFormat,
  sampleRate: number,
): Promise<Pcm> {
  switch (format) {
    case 'pcm':
      return { samples: decodePcm16(bytes), sampleRate };
    case 'wav': {
      const wav = readWav(bytes);
      return { samples: wav.samples, sampleRate: wav.sampleRate };
    }
    case 'mp3': {
      const decoder = new MPEGDecoder();
      await decoder.ready;
      const decoded = decoder.decode(bytes);
      decoder.free();
      return toPcm(decoded);
    }
    case 'flac':
      return decodeFlac(bytes);
    case 'opus': {
      const decoder = new OggOpusDecoder();
      await decoder.ready;
      const decoded = await decoder.decodeFile(bytes);
      decoder.free();
      return toPcm(decoded);
    }
  }
}

/** Decodes clips one by one, as a player would that plays one after the other. */
export async function decodeClips(
  clips: readonly Uint8Array[],
  format: SpeechFormat,
  sampleRate: number,
): Promise<Pcm> {
  const decoded = await Promise.all(clips.map((clip) => decodeAudio(clip, format, sampleRate)));
  return {
    samples: concatSamples(decoded.map((pcm) => pcm.samples)),
    sampleRate: decoded[0]?.sampleRate ?? sampleRate,
  };
}

/** By libFLAC: the other FLAC decoder at hand loses last frames of a few bytes, which a silent end gives. */
function decodeFlac(bytes: Uint8Array): Pcm {
  const decoder = new FlacDecoder(libflac, { verify: true });
  try {
    if (!decoder.decode(new Uint8Array(bytes))) throw new Error('libFLAC found an error.');
    const blocks = decoder.rawData.map(([channel]) => decodePcm16(channel!));
    return { samples: concatSamples(blocks), sampleRate: decoder.metadata!.sampleRate };
  } finally {
    decoder.destroy();
  }
}

function toPcm({ channelData, sampleRate, errors }: Decoded): Pcm {
  if (errors.length > 0) throw new Error(`Cannot be decoded: ${errors[0]?.message}`);
  const [left] = channelData;
  if (left === undefined) throw new Error('Decoded to no channel.');
  return { samples: fromFloat32(left), sampleRate };
}
