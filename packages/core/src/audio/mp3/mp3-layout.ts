import type { Mp3Frame } from '../mp3-frame.ts';

/** Bytes of a header, with which every frame begins. */
export const MP3_HEADER_BYTES = 4;
/** By which every decoder is late, as the LAME tag has it: 528 samples and one more. */
export const DECODER_DELAY_SAMPLES = 529;
/** By which LAME, which nearly every MP3 of speech comes from, is late. */
export const LAME_DELAY_SAMPLES = 576;

const CRC_BYTES = 2;

/** The length of the side information by version and channels (ISO/IEC 11172-3 and 13818-3, layer III). */
export function sideInfoBytes({ samples, channels }: Mp3Frame): number {
  if (samples === 1152) return channels === 1 ? 17 : 32;
  return channels === 1 ? 9 : 17;
}

/** Where the side information begins: behind the header and, where the frame has one, its checksum. */
export function sideInfoOffset(frame: Uint8Array): number {
  const isProtected = (frame[1]! & 1) === 0;
  return MP3_HEADER_BYTES + (isProtected ? CRC_BYTES : 0);
}

/** How many bytes of the frames before hold the beginning of this frame's data: 0 where it stands by itself. */
export function mainDataBegin(frame: Uint8Array, layout: Mp3Frame): number {
  const offset = sideInfoOffset(frame);
  const first = frame[offset] ?? 0;
  return layout.samples === 1152 ? (first << 1) | ((frame[offset + 1] ?? 0) >> 7) : first;
}

/** Whether frames can stand in one stream: the same version, sample rate and number of channels. */
export function isSameStream(one: Mp3Frame, other: Mp3Frame): boolean {
  return (
    one.sampleRate === other.sampleRate &&
    one.samples === other.samples &&
    one.channels === other.channels
  );
}
