import { readMp3Frame } from '../../../audio/mp3-frame.ts';
import { joinBytes } from '../../../audio/join-bytes.ts';
import type { CreateMp3Encoder } from '../mp3-encoder.ts';

/** Of MPEG-2, layer III, 8 kbit/s, mono, by sample rate. */
const HEADERS: Readonly<Record<number, number[]>> = {
  8000: [0xff, 0xe3, 0x18, 0xc0],
  24_000: [0xff, 0xf3, 0x14, 0xc0],
};

/**
 * Gives frames as LAME does (as many, as late), with a digest of the samples in place of the sound: what is compared to the
 * byte was given the same samples in the same pieces.
 */
export const createCountingEncoder: CreateMp3Encoder = ({ sampleRate }) => {
  const header = HEADERS[sampleRate]!;
  const frameBytes = readMp3Frame(Uint8Array.from(header), 0)!.bytes;
  let digest = 1;
  let samples = 0;
  let frames = 0;
  const take = (until: number): Uint8Array => {
    const made: Uint8Array[] = [];
    for (; frames < until; frames += 1) {
      const frame = new Uint8Array(frameBytes);
      frame.set(header);
      new DataView(frame.buffer).setUint32(frameBytes - 4, digest);
      made.push(frame);
    }
    return joinBytes(made);
  };
  return {
    delaySamples: 576,
    encode(given) {
      for (const sample of given) digest = (Math.imul(digest, 31) + sample) >>> 0;
      samples += given.length;
      return take(Math.floor(samples / 576));
    },
    finish: () => take(Math.ceil((samples + 576 + 529) / 576) + 1),
  };
};
