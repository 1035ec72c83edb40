import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  containerMediaType,
  containerOfMediaType,
  sniffContainer,
  type AudioContainer,
} from './container.ts';
import { encodePcm16 } from './pcm.ts';

describe('sniffContainer', () => {
  const starts: [AudioContainer, string, Uint8Array][] = [
    ['wav', 'RIFF and WAVE', ascii('RIFF\xff\xff\xff\xffWAVEfmt ')],
    ['flac', 'fLaC', ascii('fLaC\x00\x00\x00\x22')],
    ['ogg', 'OggS', ascii('OggS\x00\x02\x00\x00')],
    ['mp4', 'an M4A file', ascii('\x00\x00\x00\x1cftypM4A \x00\x00\x02\x00')],
    ['webm', 'EBML', Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x86, 0x81)],
    ['mp3', 'an ID3 tag', ascii('ID3\x04\x00\x00\x00\x00\x02\x01')],
    ['flac', 'FLAC behind an ID3 tag', ascii('ID3\x03\x00\x00\x00\x00\x00\x02zzfLaC')],
    [
      'flac',
      'FLAC behind an ID3 tag with a footer',
      ascii('ID3\x04\x00\x10\x00\x00\x00\x023DI\x04\x00\x10\x00\x00\x00\x02zzfLaC'),
    ],
    ['mp3', 'MPEG-1, 128 kbit/s, 44.1 kHz', Uint8Array.of(0xff, 0xfb, 0x90, 0x64)],
    ['mp3', 'MPEG-2, 64 kbit/s, 24 kHz', Uint8Array.of(0xff, 0xf3, 0x84, 0xc4)],
    ['mp3', 'MPEG-2.5, 8 kbit/s, 8 kHz', Uint8Array.of(0xff, 0xe3, 0x18, 0xc4)],
  ];
  test.each(starts)('%s: %s', (container, _, bytes) => {
    expect(sniffContainer(bytes)).toBe(container);
    expect(sniffContainer(Uint8Array.of(...bytes, 1, 2, 3))).toBe(container);
  });

  test('at any offset of a buffer', () => {
    const [, , bytes] = starts[0]!;
    expect(sniffContainer(Uint8Array.of(7, ...bytes).subarray(1))).toBe('wav');
  });

  const strangers: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['silence', new Uint8Array(64)],
    ['PCM of −1', new Uint8Array(64).fill(0xff)],
    ['a RIFF file of another kind', ascii('RIFF\x10\x00\x00\x00AVI LIST')],
    ['JSON', ascii('{"error":{"message":"no"}}')],
    ['AAC in ADTS', Uint8Array.of(0xff, 0xf1, 0x50, 0x80, 0x02)],
    ['MPEG layer II', Uint8Array.of(0xff, 0xfd, 0x90, 0x64)],
    ['the reserved version', Uint8Array.of(0xff, 0xeb, 0x90, 0x64)],
    ['bit rate 15', Uint8Array.of(0xff, 0xfb, 0xf0, 0x64)],
    ['a free bit rate', Uint8Array.of(0xff, 0xfb, 0x00, 0x64)],
    ['the reserved sample rate', Uint8Array.of(0xff, 0xfb, 0x9c, 0x64)],
    ['the reserved emphasis', Uint8Array.of(0xff, 0xfb, 0x90, 0x66)],
    ['ID3 with a size that cannot be', ascii('ID3\x04\x00\x00\x80\x00\x02\x01')],
  ];
  test.each(strangers)('not %s', (_, bytes) => {
    expect(sniffContainer(bytes)).toBeUndefined();
  });

  test('every beginning that is too short is undefined or right', () => {
    for (const [container, , bytes] of starts) {
      for (let length = 0; length < bytes.length; length++) {
        // An ID3 tag reads as MP3 until one sees what it stands before.
        const answer = sniffContainer(bytes.subarray(0, length));
        const allowed = bytes[0] === 0x49 ? [undefined, container, 'mp3'] : [undefined, container];
        expect(allowed).toContain(answer);
      }
    }
  });

  describe('MP3 by its frames', () => {
    // 24 kHz at 64 kbit/s: 72 000 × 64 / 24 000 = 192 bytes a frame.
    const header = [0xff, 0xf3, 0x84, 0xc4];

    test('two frames in a row', () => {
      expect(sniffContainer(frames(header, header))).toBe('mp3');
      expect(sniffContainer(frames(header, [0xff, 0xf3, 0x86, 0x44]))).toBe('mp3');
    });

    test('a single frame, and one cut short', () => {
      expect(sniffContainer(frames(header))).toBe('mp3');
      expect(sniffContainer(frames(header).subarray(0, 100))).toBe('mp3');
    });

    test('not a frame that no frame of the same stream follows', () => {
      expect(sniffContainer(frames(header, [0, 0, 0, 0]))).toBeUndefined();
      const otherRate = [0xff, 0xf3, 0x80, 0xc4];
      expect(sniffContainer(frames(header, otherRate))).toBeUndefined();
      const otherVersion = [0xff, 0xfb, 0x84, 0xc4];
      expect(sniffContainer(frames(header, otherVersion))).toBeUndefined();
    });

    test('not random PCM that begins with a plausible header', () => {
      const pcm = fc.int16Array({ minLength: 1500, maxLength: 1500 });
      fc.assert(
        fc.property(pcm, fc.constantFrom(-1025, -3073, -3329), (samples, first) => {
          samples[0] = first;
          expect(sniffContainer(encodePcm16(samples))).toBeUndefined();
        }),
        // Two headers that fit each other can also meet by chance, so not any samples, but these.
        { seed: 1 },
      );
    });

    function frames(...headers: number[][]): Uint8Array {
      const bytes = new Uint8Array(192 * headers.length).fill(0x55);
      headers.forEach((values, i) => bytes.set(values, 192 * i));
      return bytes;
    }
  });
});

describe('media types', () => {
  test('each container has one, and it leads back', () => {
    for (const container of ['wav', 'mp3', 'flac', 'ogg', 'mp4', 'webm'] as const) {
      expect(containerOfMediaType(containerMediaType(container))).toBe(container);
    }
    expect(containerMediaType('mp3')).toBe('audio/mpeg');
  });

  test.each([
    ['audio/x-wav', 'wav'],
    ['audio/vnd.wave;codec=1', 'wav'],
    ['Audio/MP3', 'mp3'],
    [' audio/x-flac ; rate=24000', 'flac'],
    ['audio/ogg; codecs=opus', 'ogg'],
    ['audio/opus', 'ogg'],
    ['application/ogg', 'ogg'],
    ['audio/x-m4a', 'mp4'],
    ['audio/x-matroska', 'webm'],
  ])('%s is %s', (mediaType, container) => {
    expect(containerOfMediaType(mediaType)).toBe(container);
  });

  test.each([
    'audio/L16',
    'application/octet-stream',
    'application/json',
    'audio',
    '',
    'video/mp4',
    'audio/',
  ])('%j is none', (mediaType) => {
    expect(containerOfMediaType(mediaType)).toBeUndefined();
  });
});

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
