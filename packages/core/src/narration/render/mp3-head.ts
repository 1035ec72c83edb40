import { id3Tag } from '../../audio/mp3/id3-tag.ts';
import type { Id3TagOptions } from '../../audio/mp3/id3-tag.ts';
import { infoFrame } from '../../audio/mp3/mp3-info-frame.ts';
import { joinBytes } from '../../audio/join-bytes.ts';

/** How long the tag and the frame of notes in front of an MP3 will be: as long as now, when nothing is known. */
export function placeholderHead(tag: Id3TagOptions, header: Uint8Array): Uint8Array<ArrayBuffer> {
  const nothing = { isConstant: true, frames: 0, bytes: 0, delaySamples: 0, paddingSamples: 0 };
  return joinBytes([id3Tag(tag), infoFrame({ header, ...nothing })]);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16),
  );
}
