import { silentFrame } from '../silent-frame.ts';

/** Headers without a checksum, at 64 kbit/s: MPEG-2 mono, MPEG-1 stereo and mono, MPEG-2.5 mono. */
export const HEADERS = {
  mono24: Uint8Array.of(0xff, 0xf3, 0x84, 0xc4),
  stereo48: Uint8Array.of(0xff, 0xfb, 0x54, 0x44),
  mono44: Uint8Array.of(0xff, 0xfb, 0x50, 0xc4),
  mono8: Uint8Array.of(0xff, 0xe3, 0x88, 0xc4),
} as const;

/** Frames that can be told apart: no sound, but data that counts from `first`. */
export function soundFrames(header: Uint8Array, count: number, first = 1): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const frame = silentFrame(header);
    new DataView(frame.buffer).setUint32(frame.length - 4, first + index);
    return frame;
  });
}
