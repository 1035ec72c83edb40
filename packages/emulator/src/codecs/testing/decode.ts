import { concatSamples, decodePcm16, fromFloat32, readWav, type Pcm } from '@stepvoice/core/audio';
import type { SpeechFormat } from '@stepvoice/core/protocol';
import libflac from 'libflacjs/dist/libflac.js';
import { Decoder } from 'libflacjs/lib/decoder.js';
import { createDecoder } from 'libopus-wasm';
import { MPEGDecoder } from 'mpg123-decoder';
import { oggPages } from './ogg-pages.ts';

/**
 * Decodes a file by other means than it was made with.
 *
 * @param sampleRate of raw PCM, which does not carry its own
 */
export async function decode(
  format: SpeechFormat,
  bytes: Uint8Array,
  sampleRate: number,
): Promise<Pcm> {
  switch (format) {
    case 'pcm':
      return { samples: decodePcm16(bytes), sampleRate };
    case 'wav': {
      const wav = readWav(bytes);
      return { samples: wav.samples, sampleRate: wav.sampleRate };
    }
    case 'mp3':
      return decodeMp3(bytes);
    case 'opus':
      return decodeOggOpus(bytes);
    case 'flac':
      return decodeFlac(bytes);
  }
}

async function decodeMp3(bytes: Uint8Array): Promise<Pcm> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  const { channelData, sampleRate, errors } = decoder.decode(bytes);
  decoder.free();
  if (errors.length > 0) throw new Error(errors[0]!.message);
  return { samples: fromFloat32(channelData[0] ?? new Float32Array()), sampleRate };
}

/** By libFLAC, which also finds frames of a few bytes. */
function decodeFlac(bytes: Uint8Array): Pcm {
  const decoder = new Decoder(libflac, { verify: true });
  try {
    if (!decoder.decode(new Uint8Array(bytes))) throw new Error('libFLAC found an error.');
    const parts = decoder.rawData.map(([channel]) => decodePcm16(channel!));
    return { samples: concatSamples(parts), sampleRate: decoder.metadata!.sampleRate };
  } finally {
    decoder.destroy();
  }
}

/** To the letter of RFC 7845: without the pre-skip, and no further than the last granule position. */
async function decodeOggOpus(bytes: Uint8Array): Promise<Pcm> {
  const [head, , ...pages] = oggPages(bytes);
  const preSkip = head!.packets[0]![10]! + 256 * head!.packets[0]![11]!;
  const decoder = await createDecoder({ channels: 1, sampleRate: 48_000 });
  const decoded = concatSamples(
    pages.flatMap(({ packets }) => packets.map((packet) => decoder.decode(packet))),
  );
  decoder.free();
  const end = Number(pages.at(-1)!.granulePosition);
  return { samples: decoded.subarray(preSkip, end), sampleRate: 48_000 };
}
