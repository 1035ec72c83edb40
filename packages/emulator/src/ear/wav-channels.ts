import { readWav, wavHeader } from '@stepvoice/core/audio';
import type { WavFormat } from '@stepvoice/core/audio';
import type { Sound } from './sound.ts';

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const SAMPLE_RATE_OFFSET = 24;

/**
 * A WAV file with its channels apart, where `readWav` mixes them.
 *
 * @throws {ProtocolError} as `readWav` does.
 */
export function readWavChannels(bytes: Uint8Array): Sound {
  const { samples, sampleRate, format } = readWav(bytes);
  const { channels } = format;
  if (channels === 1) return { channels: [samples], sampleRate };
  const frames = findFrames(bytes);
  return {
    sampleRate,
    channels: Array.from({ length: channels }, (_, channel) =>
      readChannel(frames, format, channel),
    ),
  };
}

/** One channel, by way of a WAV file that has no other. */
function readChannel(frames: Uint8Array, format: WavFormat, channel: number): Int16Array {
  const sampleBytes = format.bitsPerSample / 8;
  const frameBytes = sampleBytes * format.channels;
  const count = Math.floor(frames.length / frameBytes);
  const header = toHeader(format, count);
  const file = new Uint8Array(header.length + count * sampleBytes);
  file.set(header);
  for (let i = 0; i < count; i++) {
    const start = i * frameBytes + channel * sampleBytes;
    file.set(frames.subarray(start, start + sampleBytes), header.length + i * sampleBytes);
  }
  return readWav(file).samples;
}

function toHeader({ encoding, bitsPerSample, sampleRate }: WavFormat, samples: number): Uint8Array {
  const header = wavHeader({ sampleRate });
  const view = new DataView(header.buffer);
  const sampleBytes = bitsPerSample / 8;
  view.setUint16(20, encoding === 'float' ? 3 : 1, true);
  view.setUint32(SAMPLE_RATE_OFFSET + 4, sampleRate * sampleBytes, true);
  view.setUint16(32, sampleBytes, true);
  view.setUint16(34, bitsPerSample, true);
  view.setUint32(40, samples * sampleBytes, true);
  return header;
}

/** Contents of the first `data` chunk; a size that its writer did not know ends with the file. */
function findFrames(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = RIFF_HEADER_BYTES;
  while (offset + CHUNK_HEADER_BYTES <= bytes.length) {
    const size = view.getUint32(offset + 4, true);
    const start = offset + CHUNK_HEADER_BYTES;
    const name = String.fromCharCode(...bytes.subarray(offset, offset + 4));
    if (name === 'data') return bytes.subarray(start, size === 0 ? bytes.length : start + size);
    offset = start + size + (size % 2);
  }
  return new Uint8Array();
}
