import { readMp3Frame } from './mp3-frame.ts';

/** File formats that audio comes in here. `mp4` includes M4A, `webm` Matroska, `ogg` Opus in Ogg. */
export type AudioContainer = 'wav' | 'mp3' | 'flac' | 'ogg' | 'mp4' | 'webm';

/**
 * Tells the container from a file's first bytes; `undefined` for anything else, raw PCM included. 16 bytes are enough,
 * but an MP3 without an ID3 tag has no more to show than a plausible frame header, which one in about 22 000 random
 * starts has too: with the whole first frame (at most 1441 bytes) and 4 bytes more, the next header is checked as well.
 */
export function sniffContainer(bytes: Uint8Array): AudioContainer | undefined {
  const isRiff = hasText(bytes, 0, 'RIFF') || hasText(bytes, 0, 'RF64');
  if (isRiff && hasText(bytes, 8, 'WAVE')) return 'wav';
  if (hasText(bytes, 0, 'fLaC')) return 'flac';
  if (hasText(bytes, 0, 'OggS')) return 'ogg';
  if (hasText(bytes, 4, 'ftyp')) return 'mp4';
  if (bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3)
    return 'webm';
  if (isId3Tag(bytes)) return hasText(bytes, id3TagLength(bytes), 'fLaC') ? 'flac' : 'mp3';
  return startsWithMp3Frame(bytes) ? 'mp3' : undefined;
}

const mediaTypes: Record<AudioContainer, string> = {
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  mp4: 'audio/mp4',
  webm: 'audio/webm',
};

/** Other names in use for the same, without `audio/` and `x-`. */
const mediaTypeAliases = new Map<string, AudioContainer>([
  ['wave', 'wav'],
  ['vnd.wave', 'wav'],
  ['mp3', 'mp3'],
  ['mpeg3', 'mp3'],
  ['opus', 'ogg'],
  ['m4a', 'mp4'],
  ['matroska', 'webm'],
]);

/** The media type of a container: `audio/mpeg` for `mp3`. */
export function containerMediaType(container: AudioContainer): string {
  return mediaTypes[container];
}

/**
 * The container that a media type names, parameters, case and `x-` aside: `mp3` for `Audio/MP3; rate=24000`. `undefined`
 * for any other, such as `audio/L16` (raw PCM) and `application/octet-stream`.
 */
export function containerOfMediaType(mediaType: string): AudioContainer | undefined {
  const [type, subtype] = mediaType.split(';', 1)[0]!.trim().toLowerCase().split('/');
  if (type === 'application' && subtype === 'ogg') return 'ogg';
  if (type !== 'audio' || subtype === undefined) return undefined;
  const name = subtype.startsWith('x-') ? subtype.slice(2) : subtype;
  for (const container of Object.keys(mediaTypes) as AudioContainer[]) {
    if (mediaTypes[container] === `audio/${name}`) return container;
  }
  return mediaTypeAliases.get(name);
}

/** Whether `bytes` has these ASCII characters at `offset`. */
export function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** ID3v2, section 3.1: version and revision are never 0xFF, a byte of the size never has its top bit. */
export function isId3Tag(bytes: Uint8Array): boolean {
  if (!hasText(bytes, 0, 'ID3') || bytes.length < 10) return false;
  return (
    bytes[3] !== 0xff && bytes[4] !== 0xff && bytes.subarray(6, 10).every((byte) => byte < 0x80)
  );
}

/** Length in bytes of the ID3v2 tag that `bytes` begin with, its header and footer included. */
export function id3TagLength(bytes: Uint8Array): number {
  const size = (bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!;
  const hasFooter = (bytes[5]! & 0x10) !== 0;
  return 10 + size + (hasFooter ? 10 : 0);
}

function startsWithMp3Frame(bytes: Uint8Array): boolean {
  const length = readMp3Frame(bytes, 0)?.bytes;
  if (length === undefined) return false;
  if (bytes.length < length + 4) return true;
  // Bit rate, padding and stereo mode may change from frame to frame; version, layer and sample rate may not.
  const sameStream = bytes[length + 1]! >> 1 === bytes[1]! >> 1;
  const sameRate = (bytes[length + 2]! & 0x0c) === (bytes[2]! & 0x0c);
  return readMp3Frame(bytes, length) !== undefined && sameStream && sameRate;
}
