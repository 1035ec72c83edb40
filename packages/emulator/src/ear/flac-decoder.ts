import type { Decoder as LibflacDecoder } from 'libflacjs/lib/decoder.js';

type FlacBlock = { channelData: Float32Array[]; sampleRate: number };

/**
 * Decodes a whole FLAC file by libFLAC, block by block; of a damaged one those blocks that are whole. (The decoder of the
 * family that serves the other formats leaves out a last block of a few bytes.)
 */
export async function decodeFlac(bytes: Uint8Array, isOgg: boolean): Promise<FlacBlock[]> {
  const [{ default: flac }, { Decoder }] = await Promise.all([
    import('libflacjs/dist/libflac.js'),
    import('libflacjs/lib/decoder.js'),
  ]);
  if (!flac.isReady()) await new Promise<void>((resolve) => flac.on('ready', () => resolve()));
  const decoder = new Decoder(flac, { verify: true, isOgg });
  try {
    decoder.decode(new Uint8Array(bytes));
    return toBlocks(decoder);
  } finally {
    decoder.destroy();
  }
}

function toBlocks(decoder: LibflacDecoder): FlacBlock[] {
  const { metadata, rawData } = decoder;
  if (metadata === undefined) return [];
  const { sampleRate, bitsPerSample } = metadata;
  return rawData.map((channels) => ({
    sampleRate,
    channelData: channels.map((channel) => toFloats(channel, bitsPerSample)),
  }));
}

/** Little-endian integers of 1 to 4 bytes, as libFLAC hands them out. */
function toFloats(bytes: Uint8Array, bits: number): Float32Array {
  const size = Math.ceil(bits / 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const floats = new Float32Array(Math.floor(bytes.length / size));
  const scale = 2 ** (bits - 1);
  for (let i = 0; i < floats.length; i++) {
    let value = view.getInt8(i * size + size - 1);
    for (let k = size - 2; k >= 0; k--) value = value * 256 + view.getUint8(i * size + k);
    floats[i] = value / scale;
  }
  return floats;
}
