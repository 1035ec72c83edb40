import { SPEECH_SAMPLE_RATES } from '@stepvoice/core/protocol';
import { describe, expect, test } from 'vitest';
import { encodeWhole } from './encode-whole.ts';
import { mp3KilobitsPerSecond } from './mp3-codec.ts';
import { crc16, mp3FrameSamples } from './mp3-info-frame.ts';
import { speechLike } from './testing/speech-like.ts';

/** Offsets of all frames of a file of one bit rate; they follow each other without a gap. */
function frameOffsets(file: Uint8Array, sampleRate: number): number[] {
  const offsets: number[] = [];
  const bytesPerFrame =
    (mp3FrameSamples(sampleRate) * mp3KilobitsPerSecond(sampleRate) * 125) / sampleRate;
  for (let offset = 0; offset < file.length;) {
    expect(file[offset]).toBe(0xff);
    expect(file[offset + 1]! & 0xe0).toBe(0xe0);
    offsets.push(offset);
    const hasPadding = (file[offset + 2]! & 0x02) !== 0;
    offset += Math.floor(bytesPerFrame) + (hasPadding ? 1 : 0);
  }
  return offsets;
}

test('the checksum is CRC-16/ARC, also in pieces', () => {
  const bytes = new TextEncoder().encode('123456789');
  expect(crc16(bytes)).toBe(0xbb3d);
  expect(crc16(bytes.subarray(4), crc16(bytes.subarray(0, 4)))).toBe(0xbb3d);
});

describe.each(SPEECH_SAMPLE_RATES)('at %i Hz', (sampleRate) => {
  test.each([0, 1, 600, 12_345])('the first frame describes %i samples', async (length) => {
    const file = await encodeWhole('mp3', speechLike(length, sampleRate), sampleRate);
    const offsets = frameOffsets(file, sampleRate);
    const frames = offsets.length - 1;
    const audio = file.subarray(offsets[1]);

    const at = sampleRate === 48_000 ? 21 : 13;
    const tag = new DataView(file.buffer, at);
    expect(new TextDecoder().decode(file.subarray(at, at + 4))).toBe('Info');
    expect(tag.getUint32(4)).toBe(0x0f);
    expect(tag.getUint32(8)).toBe(frames);
    expect(tag.getUint32(12)).toBe(file.length);
    const seekTable = Array.from({ length: 100 }, (_, i) => tag.getUint8(16 + i));
    expect(seekTable).toEqual(seekTable.map((_, i) => Math.floor(i * 2.56)));
    expect(new TextDecoder().decode(file.subarray(at + 120, at + 124))).toBe('LAME');
    expect(tag.getUint8(140)).toBe(sampleRate === 8000 ? 64 : 128);
    const delay = tag.getUint16(141) >> 4;
    const padding = tag.getUint16(142) & 0x0fff;
    expect(delay).toBe(576);
    expect(padding).toBe(frames * mp3FrameSamples(sampleRate) - delay - length);
    expect(tag.getUint16(152)).toBe(crc16(audio));
    expect(tag.getUint16(154)).toBe(crc16(file.subarray(0, at + 154)));
  });
});
