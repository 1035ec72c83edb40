import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioContainer } from '../container.ts';
import { createDurationScanner } from './duration-scanner.ts';

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes, 1152 samples. */
const mp3Frame = () => {
  const frame = new Uint8Array(417).fill(0x55);
  frame.set([0xff, 0xfb, 0x90, 0xc0]);
  return frame;
};
const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const repeat = (count: number, make: () => Uint8Array) => Array.from({ length: count }, make);

function oggPage(serial: number, granule: bigint, body: Uint8Array, flags = 0): Uint8Array {
  const segments: number[] = [];
  for (let rest = body.length; rest >= 0; rest -= 255) segments.push(Math.min(rest, 255));
  const header = new Uint8Array(27 + segments.length);
  header.set(ascii('OggS'));
  const view = new DataView(header.buffer);
  header[5] = flags;
  view.setBigInt64(6, granule, true);
  view.setUint32(14, serial, true);
  header[26] = segments.length;
  header.set(segments, 27);
  return Buffer.concat([header, body]);
}

function opusHead(preSkip: number): Uint8Array {
  const head = new Uint8Array(19);
  head.set(ascii('OpusHead'));
  new DataView(head.buffer).setUint16(10, preSkip, true);
  return head;
}

function vorbisHead(rate: number): Uint8Array {
  const head = new Uint8Array(30);
  head.set([1, ...ascii('vorbis')]);
  new DataView(head.buffer).setUint32(12, rate, true);
  return head;
}

function box(type: string, ...contents: Uint8Array[]): Uint8Array {
  const body = Buffer.concat(contents);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

function movieHeader(version: 0 | 1, timeScale: number, duration: number): Uint8Array {
  const body = Buffer.alloc(version === 1 ? 112 : 100);
  body[0] = version;
  body.writeUInt32BE(timeScale, version === 1 ? 20 : 12);
  if (version === 1) body.writeBigUInt64BE(BigInt(duration), 24);
  else body.writeUInt32BE(duration, 16);
  return box('mvhd', body);
}

/** What a FLAC file begins with: its mark and its first block of metadata. */
function flacHead(rate: number, channels: number, bits: number, samples: bigint): Uint8Array {
  const head = Buffer.alloc(42);
  head.write('fLaC', 0, 'latin1');
  head[7] = 34;
  const packed =
    (BigInt(rate) << 44n) | (BigInt(channels - 1) << 41n) | (BigInt(bits - 1) << 36n) | samples;
  head.writeBigUInt64BE(packed, 18);
  return head;
}

const largeBox = Buffer.concat([
  Buffer.from([0, 0, 0, 1]),
  ascii('mdat'),
  Buffer.from([0, 0, 0, 0, 0, 0, 1, 0]),
  new Uint8Array(240).fill(7),
]);
const id3 = Uint8Array.from([
  ...ascii('ID3'),
  4,
  0,
  0,
  0,
  0,
  1,
  0,
  ...new Uint8Array(128).fill(0xff),
]);

describe.each<[string, AudioContainer, Uint8Array[], number]>([
  ['MP3', 'mp3', repeat(100, mp3Frame), 115_200 / 44_100],
  [
    'MP3 with tags',
    'mp3',
    [id3, ...repeat(9, mp3Frame), ascii('TAG'), new Uint8Array(125)],
    10_368 / 44_100,
  ],
  ['MP3 with a gap', 'mp3', [mp3Frame(), new Uint8Array(50), mp3Frame()], 2304 / 44_100],
  [
    'Opus',
    'ogg',
    [
      oggPage(7, 0n, opusHead(312), 2),
      oggPage(7, 0n, new Uint8Array(600)),
      oggPage(7, 48_000n, new Uint8Array(3000)),
      oggPage(7, -1n, new Uint8Array(3000)),
      oggPage(7, 96_312n, new Uint8Array(99), 4),
    ],
    2,
  ],
  [
    'two files of Opus',
    'ogg',
    [1, 2].flatMap((serial) => [
      oggPage(serial, 0n, opusHead(0), 2),
      oggPage(serial, 72_000n, new Uint8Array(300), 4),
    ]),
    3,
  ],
  ['Vorbis', 'ogg', [oggPage(1, 0n, vorbisHead(44_100), 2), oggPage(1, 441_000n, ascii('x'))], 10],
  [
    'hours of Opus',
    'ogg',
    [oggPage(1, 0n, opusHead(0), 2), oggPage(1, 48_000n * 100_000n, ascii('x'))],
    100_000,
  ],
  [
    'M4A',
    'mp4',
    [
      box('ftyp', ascii('M4A ')),
      box('moov', movieHeader(0, 1000, 7500)),
      box('mdat', new Uint8Array(500)),
    ],
    7.5,
  ],
  [
    'FLAC',
    'flac',
    [flacHead(44_100, 2, 16, 2n ** 33n + 7n), new Uint8Array(300)],
    (2 ** 33 + 7) / 44_100,
  ],
  ['FLAC behind a tag', 'flac', [id3, flacHead(48_000, 8, 24, 96_000n), ascii('x')], 2],
  [
    'M4A with its header behind',
    'mp4',
    [
      box('ftyp', ascii('M4A ')),
      largeBox,
      box('moov', box('free'), movieHeader(1, 48_000, 96_000)),
    ],
    2,
  ],
])('%s', (_name, container, parts, seconds) => {
  const bytes = Buffer.concat(parts);

  test('is as long as it is', () => {
    const scanner = createDurationScanner(container)!;
    expect(scanner.seconds).toBeUndefined();
    scanner.push(bytes);
    expect(scanner.seconds).toBeCloseTo(seconds, 9);
  });

  test('however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 20 }),
        (cuts) => {
          const scanner = createDurationScanner(container)!;
          const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          for (let i = 1; i < at.length; i++) scanner.push(bytes.subarray(at[i - 1], at[i]));
          expect(scanner.seconds).toBeCloseTo(seconds, 9);
        },
      ),
      { numRuns: 50 },
    );
    const scanner = createDurationScanner(container)!;
    for (const byte of bytes) scanner.push(Uint8Array.of(byte));
    expect(scanner.seconds).toBeCloseTo(seconds, 9);
  });
});

test.each<[string, AudioContainer, Uint8Array]>([
  ['FLAC in Ogg', 'ogg', oggPage(1, 500n, ascii('\u007fFLAC'), 2)],
  ['FLAC that was written while it came', 'flac', flacHead(48_000, 1, 16, 0n)],
  ['a fragmented M4A', 'mp4', box('moov', movieHeader(0, 1000, 0))],
  ['an M4A without a time scale', 'mp4', box('moov', movieHeader(0, 0, 9))],
  ['an M4A that says it does not know', 'mp4', box('moov', movieHeader(0, 1000, 0xffffffff))],
])('%s does not tell', (_name, container, bytes) => {
  const scanner = createDurationScanner(container)!;
  scanner.push(bytes);
  expect(scanner.seconds).toBeUndefined();
});

test('what is none of these has no scanner', () => {
  for (const container of ['wav', 'webm'] as const) {
    expect(createDurationScanner(container)).toBeUndefined();
  }
});

test('any bytes at all are got through', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<AudioContainer>('mp3', 'flac', 'ogg', 'mp4'),
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
      (container, chunks) => {
        const scanner = createDurationScanner(container)!;
        for (const chunk of chunks) scanner.push(chunk);
        expect(scanner.seconds ?? 0).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
