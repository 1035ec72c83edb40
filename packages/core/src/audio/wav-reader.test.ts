import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { decodeBase64 } from './base64.ts';
import { concatSamples } from './pcm.ts';
import {
  asciiBytes,
  chunk,
  joinBytes,
  wavBytes,
  type WavBytesOptions,
} from './testing/wav-bytes.ts';
import type { WavFormat } from './wav-format.ts';
import { WavReader, readWav } from './wav-reader.ts';

const samples = Int16Array.of(0, 1000, -1000, 32_767, -32_768, 1, -1, 12_345);

test('says when the sound of a file is over, as far as its header tells', () => {
  const reader = new WavReader();
  const file = decodeBase64(
    'UklGRiwAAABXQVZFZm10IBAAAAABAAEAwF0AAMBdAAABAAgAZGF0YQgAAACAhHz/AICAsA==',
  );
  reader.push(file.subarray(0, -1));
  expect(reader.isSoundOver).toBe(false);
  reader.push(file.subarray(-1));
  expect(reader.isSoundOver).toBe(true);
  reader.push(file.subarray(0, -1));
  expect(reader.isSoundOver).toBe(false);
  const endless = new WavReader();
  endless.push(
    decodeBase64(
      'UklGRiTw/39XQVZFZm10IBAAAAABAAEAwF0AAIC7AAACABAAZGF0YQDw/38AAOgDGPz/fwCAAQD//zkw',
    ),
  );
  expect(endless.isSoundOver).toBe(false);
});

describe('files of other programs', () => {
  const mono = (encoding: WavFormat['encoding'], bitsPerSample: WavFormat['bitsPerSample']) => ({
    encoding,
    bitsPerSample,
    channels: 1,
    sampleRate: 24_000,
  });
  const files: [string, string, WavFormat, number[]][] = [
    [
      'ffmpeg to a pipe: sizes 0xFFFFFFFF, a LIST chunk',
      'UklGRv////9XQVZFZm10IBAAAAABAAEAwF0AAIC7AAACABAATElTVBoAAABJTkZPSVNGVA4AAABMYXZmNTkuMjcuMTAwAGRhdGH/////AADoAxj8/38AgAEA//85MA==',
      mono('int', 16),
      [...samples],
    ],
    [
      'sox to a pipe: sizes of 2 GiB',
      'UklGRiTw/39XQVZFZm10IBAAAAABAAEAwF0AAIC7AAACABAAZGF0YQDw/38AAOgDGPz/fwCAAQD//zkw',
      mono('int', 16),
      [...samples],
    ],
    [
      'sox, 8 bits',
      'UklGRiwAAABXQVZFZm10IBAAAAABAAEAwF0AAMBdAAABAAgAZGF0YQgAAACAhHz/AICAsA==',
      mono('int', 8),
      [0, 1024, -1024, 32_512, -32_768, 0, 0, 12_288],
    ],
    [
      'ffmpeg, 24 bits, extensible',
      'UklGRnYAAABXQVZFZm10ICgAAAD+/wEAwF0AAEAZAQADABgAFgAYAAQAAAABAAAAAAAQAIAAAKoAOJtxTElTVBoAAABJTkZPSVNGVA4AAABMYXZmNTkuMjcuMTAwAGRhdGEYAAAAAAAAAOgDABj8AP9/AACAAAEAAP//ADkw',
      mono('int', 24),
      [...samples],
    ],
    [
      'ffmpeg, 32 bits, extensible',
      'UklGRn4AAABXQVZFZm10ICgAAAD+/wEAwF0AAAB3AQAEACAAFgAgAAQAAAABAAAAAAAQAIAAAKoAOJtxTElTVBoAAABJTkZPSVNGVA4AAABMYXZmNTkuMjcuMTAwAGRhdGEgAAAAAAAAAAAA6AMAABj8AAD/fwAAAIAAAAEAAAD//wAAOTA=',
      mono('int', 32),
      [...samples],
    ],
    [
      'ffmpeg, 32-bit floats',
      'UklGRooAAABXQVZFZm10ICgAAAD+/wEAwF0AAAB3AQAEACAAFgAgAAQAAAADAAAAAAAQAIAAAKoAOJtxZmFjdAQAAAAIAAAATElTVBoAAABJTkZPSVNGVA4AAABMYXZmNTkuMjcuMTAwAGRhdGEgAAAAAAAAAAAA+jwAAPq8AP5/PwAAgL8AAAA4AAAAuADkwD4=',
      mono('float', 32),
      [...samples],
    ],
    [
      'ffmpeg, 64-bit floats',
      'UklGRqoAAABXQVZFZm10ICgAAAD+/wEAwF0AAADuAgAIAEAAFgBAAAQAAAADAAAAAAAQAIAAAKoAOJtxZmFjdAQAAAAIAAAATElTVBoAAABJTkZPSVNGVA4AAABMYXZmNTkuMjcuMTAwAGRhdGFAAAAAAAAAAAAAAAAAAAAAAECfPwAAAAAAQJ+/AAAAAMD/7z8AAAAAAADwvwAAAAAAAAA/AAAAAAAAAL8AAAAAgBzYPw==',
      mono('float', 64),
      [...samples],
    ],
    [
      'sox, 24 bits, two channels, mixed to one',
      'UklGRmAAAABXQVZFZm10ICgAAAD+/wIAgLsAAABlBAAGABgAFgAYAAMAAAABAAAAAAAQAIAAAKoAOJtxZmFjdAQAAAAEAAAAZGF0YRgAAAAAAAAA6AMAGPwA/38AAIAAAIAAZAAAyQA=',
      { encoding: 'int', bitsPerSample: 24, channels: 2, sampleRate: 48_000 },
      [500, 15_884, -32_768, 151],
    ],
  ];

  test.each(files)('%s', (_, base64, format, expected) => {
    const file = readWav(decodeBase64(base64));
    expect([...file.samples]).toEqual(expected);
    expect(file.format).toEqual(format);
    expect(file.sampleRate).toBe(format.sampleRate);
    expect(file.truncated).toBe(false);
  });

  test.each(files)('%s, one byte at a time', (_, base64, format, expected) => {
    const { samples: streamed, reader } = readInPieces(decodeBase64(base64), [1]);
    expect([...streamed]).toEqual(expected);
    expect(reader.format).toEqual(format);
    expect(reader.truncated).toBe(false);
  });

  test('the same four 24-bit files in a row', () => {
    const bytes = decodeBase64(files[3]![1]);
    const { samples: streamed } = readInPieces(joinBytes([bytes, bytes, bytes, bytes]), [5, 1, 17]);
    expect([...streamed]).toEqual([...samples, ...samples, ...samples, ...samples]);
  });
});

describe('any file, in any pieces', () => {
  const sound = fc.int16Array({ maxLength: 60 });
  const pieces = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
  const contents = fc.uint8Array({ maxLength: 30 });
  const chunks = fc.array(
    fc.record({ name: fc.constantFrom('LIST', 'fact', 'JUNK', 'id3 ', 'bext'), contents }),
    { maxLength: 3 },
  );

  test('files in a row, with unknown chunks anywhere, are joined without a seam', () => {
    const files = fc.array(fc.record({ samples: sound, before: chunks, after: chunks }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(files, pieces, (parts, sizes) => {
        const bytes = joinBytes(parts.map((part) => wavBytes(part)));
        const expected = concatSamples(parts.map((part) => part.samples));
        expect([...readWav(bytes).samples]).toEqual([...expected]);
        const { samples: streamed, reader } = readInPieces(bytes, sizes);
        expect([...streamed]).toEqual([...expected]);
        expect(reader.truncated).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('headers that do not know their length are joined as well', () => {
    const unknown = fc.constantFrom(0, 0xffffffff, 0x7fffffff, 0x7ffff000, 0x80000000, 0xfffffffe);
    const files = fc.array(
      fc.record({ samples: sound, before: chunks, riffSize: unknown, dataSize: unknown }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(files, pieces, (parts: WavBytesOptions[], sizes) => {
        const bytes = joinBytes(parts.map((part) => wavBytes(part)));
        const expected = concatSamples(parts.map((part) => part.samples));
        const { samples: streamed, reader } = readInPieces(bytes, sizes);
        expect([...streamed]).toEqual([...expected]);
        expect([...readWav(bytes).samples]).toEqual([...expected]);
        expect(reader.truncated).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('what came of a file that was cut stays usable', () => {
    fc.assert(
      fc.property(sound, chunks, fc.nat(), pieces, (input, before, at, sizes) => {
        const whole = wavBytes({ samples: input, before });
        const start = whole.length - input.length * 2;
        fc.pre(input.length > 0);
        const cut = start + (at % (input.length * 2));
        const { samples: streamed, reader } = readInPieces(whole.subarray(0, cut), sizes);
        expect([...streamed]).toEqual([...input.subarray(0, (cut - start) >> 1)]);
        expect(reader.truncated).toBe(true);
      }),
    );
  });

  test('a file that was cut before its sound is refused', () => {
    fc.assert(
      fc.property(chunks, fc.nat(), pieces, (before, at, sizes) => {
        const header = wavBytes({ samples: new Int16Array(0), before });
        const cut = header.subarray(0, at % header.length);
        expect(() => readInPieces(cut, sizes)).toThrow(
          /it ends (inside its header|before any sound)/,
        );
      }),
    );
  });
});

describe('headers that are wrong', () => {
  test.each([
    ['a length of sound far too large', { dataSize: 1_000_000 }, true],
    ['both lengths far too large', { dataSize: 1_000_000, riffSize: 1_000_036 }, true],
    ['RIFF length 0, the sound right', { riffSize: 0 }, false],
    ['RIFF length that counts the whole file', { riffSize: 44 + 16 }, false],
    ['RIFF length that counts the sound alone', { riffSize: 16 }, false],
    [
      '0xFFFFFFFF and its sum with the header, which wraps around',
      { dataSize: 0xffffffff, riffSize: 35 },
      false,
    ],
  ])('%s', (_, sizes, truncated) => {
    const file = readWav(wavBytes({ samples, ...sizes }));
    expect(file.samples).toEqual(samples);
    expect(file.truncated).toBe(truncated);
  });

  test('a length that only its RIFF header contradicts ends where the next file begins', () => {
    const lying = wavBytes({ samples, dataSize: 1_000_000 });
    const file = readWav(joinBytes([lying, wavBytes({ samples })]));
    expect([...file.samples]).toEqual([...samples, ...samples]);
    expect(file.truncated).toBe(false);
  });

  test('a header within sound of a length that can be relied on is sound', () => {
    const inner = wavBytes({ samples });
    const sound = new Int16Array(inner.buffer, 0, inner.length / 2);
    expect(readWav(wavBytes({ samples: sound })).samples).toEqual(sound);
  });

  test('no sound at all, between two files with sound', () => {
    const empty = wavBytes({ samples: new Int16Array(0) });
    const full = wavBytes({ samples });
    expect(readWav(empty).samples).toHaveLength(0);
    expect([...readWav(joinBytes([full, empty, full])).samples]).toEqual([...samples, ...samples]);
  });

  test('no sound, and chunks behind it which are none either', () => {
    const after = [{ name: 'LIST', contents: new Uint8Array(20).fill(77) }];
    expect(readWav(wavBytes({ samples: new Int16Array(0), after })).samples).toHaveLength(0);
  });

  test('an odd chunk without its padding byte before the next file', () => {
    const after = [{ name: 'LIST', contents: new Uint8Array(21) }];
    const unpadded = wavBytes({ samples, after }).subarray(0, -1);
    const file = readWav(joinBytes([unpadded, wavBytes({ samples })]));
    expect([...file.samples]).toEqual([...samples, ...samples]);
  });

  test.each([[1], [7], [1000]])(
    'rubbish between files and at the end is not heard, in pieces of %d',
    (size) => {
      const rubbish = new Uint8Array(75).fill(0x52);
      const bytes = joinBytes([
        wavBytes({ samples }),
        rubbish,
        wavBytes({ samples }),
        asciiBytes('TAG\0RIFF'),
      ]);
      const { samples: streamed, reader } = readInPieces(bytes, [size]);
      expect([...streamed]).toEqual([...samples, ...samples]);
      expect(reader.truncated).toBe(false);
    },
  );

  test('a file behind the first that is cut inside its header', () => {
    const bytes = joinBytes([wavBytes({ samples }), wavBytes({ samples }).subarray(0, 30)]);
    const file = readWav(bytes);
    expect(file.samples).toEqual(samples);
    expect(file.truncated).toBe(true);
  });

  test('sound that could have become a header comes with flush', () => {
    const letters = Int16Array.of(0x4952, 0x4646, 0, 0, 0x4157);
    const bytes = wavBytes({ samples: letters, riffSize: 0xffffffff, dataSize: 0xffffffff });
    const reader = new WavReader();
    expect(reader.push(bytes)).toHaveLength(0);
    expect(reader.flush()).toEqual(letters);
    expect(reader.truncated).toBe(false);
  });

  test('the same where the length of the sound is known', () => {
    const bytes = wavBytes({ samples: Int16Array.of(1, 0x4952), riffSize: 0xffffffff });
    const { samples: streamed, reader } = readInPieces(bytes, [bytes.length]);
    expect([...streamed]).toEqual([1, 0x4952]);
    expect(reader.truncated).toBe(false);
  });
});

describe('formats', () => {
  test('20 bits at the upper end of 24', () => {
    const bytes = wavOf(
      { tag: 1, channels: 1, blockBytes: 3, bits: 20 },
      [0x00, 0x00, 0x80, 0xf0, 0xff, 0x7f],
    );
    const file = readWav(bytes);
    expect(file.format.bitsPerSample).toBe(24);
    expect([...file.samples]).toEqual([-32_768, 32_767]);
  });

  test('24 bits at the upper end of 32', () => {
    const data = [0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0xe8, 0x03];
    const file = readWav(wavOf({ tag: 1, channels: 1, blockBytes: 4, bits: 24 }, data));
    expect(file.format.bitsPerSample).toBe(32);
    expect([...file.samples]).toEqual([-32_768, 1000]);
  });

  test('24 bits are rounded, not cut off', () => {
    const bytes = wavOf(
      { tag: 1, channels: 1, blockBytes: 3, bits: 24 },
      [0x80, 1, 0, 0x7f, 1, 0, 0xff, 0xff, 0x7f],
    );
    expect([...readWav(bytes).samples]).toEqual([2, 1, 32_767]);
  });

  test('floats beyond full scale are clamped, and NaN is silent', () => {
    const floats = new Uint8Array(Float32Array.of(2, -2, Number.NaN, 0.5).buffer);
    const bytes = wavOf({ tag: 3, channels: 1, blockBytes: 4, bits: 32 }, [...floats]);
    expect([...readWav(bytes).samples]).toEqual([32_767, -32_768, 0, 16_384]);
  });

  test('six channels are averaged, in any pieces', () => {
    const channels = new Uint8Array(Int16Array.of(600, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 9).buffer);
    const bytes = wavOf({ tag: 1, channels: 6, blockBytes: 12, bits: 16 }, [...channels]);
    expect([...readWav(bytes).samples]).toEqual([100, 7]);
    expect([...readInPieces(bytes, [1]).samples]).toEqual([100, 7]);
    expect([...readInPieces(bytes, [5, 9]).samples]).toEqual([100, 7]);
  });

  test('16-bit mono is not copied', () => {
    const bytes = wavBytes({ samples });
    expect(readWav(bytes).samples.buffer).toBe(bytes.buffer);
  });

  test('a format that changes between files, but not the rate', () => {
    const stereo = wavOf({ tag: 1, channels: 2, blockBytes: 4, bits: 16 }, [4, 0, 6, 0]);
    expect([
      ...readWav(joinBytes([wavBytes({ samples: Int16Array.of(3) }), stereo])).samples,
    ]).toEqual([3, 5]);
  });
});

describe('what cannot be read', () => {
  const refused: [string, Uint8Array, string, RegExp][] = [
    ['nothing', new Uint8Array(0), 'invalid_wav', /ends inside its header, after 0 bytes/],
    [
      'half a header',
      wavBytes({ samples }).subarray(0, 11),
      'invalid_wav',
      /inside its header, after 11/,
    ],
    [
      'a header alone',
      wavBytes({ samples }).subarray(0, 36),
      'invalid_wav',
      /before any sound, after 36/,
    ],
    ['raw PCM', new Uint8Array(64), 'invalid_wav', /does not begin with RIFF/],
    ['MP3', asciiBytes('ID3\x04\0\0\0\0\0\0\0\0'), 'invalid_wav', /it is mp3/],
    ['JSON', asciiBytes('{"error":"secret"}'), 'invalid_wav', /^((?!secret).)*$/],
    ['another RIFF file', chunk('RIFF', asciiBytes('AVI LIST')), 'invalid_wav', /RIFF … WAVE/],
    [
      'sound before its format',
      chunk('RIFF', joinBytes([asciiBytes('WAVE'), chunk('data', new Uint8Array(4))])),
      'invalid_wav',
      /before its format/,
    ],
    [
      'a short format',
      chunk('RIFF', joinBytes([asciiBytes('WAVE'), chunk('fmt ', new Uint8Array(14))])),
      'invalid_wav',
      /14 bytes/,
    ],
    [
      'A-law',
      wavOf({ tag: 6, channels: 1, blockBytes: 1, bits: 8 }, [1]),
      'unsupported_wav',
      /0x0006/,
    ],
    [
      '12-byte samples',
      wavOf({ tag: 1, channels: 1, blockBytes: 12, bits: 96 }, [1]),
      'unsupported_wav',
      /96-bit int/,
    ],
    [
      '16-bit floats',
      wavOf({ tag: 3, channels: 1, blockBytes: 2, bits: 16 }, [1]),
      'unsupported_wav',
      /16-bit float/,
    ],
    [
      'no channels',
      wavOf({ tag: 1, channels: 0, blockBytes: 2, bits: 16 }, [1]),
      'unsupported_wav',
      /no channels/,
    ],
    ['a sample rate of 0', wavBytes({ samples, sampleRate: 0 }), 'unsupported_wav', /0 Hz/],
    [
      'another rate in the second file',
      joinBytes([wavBytes({ samples }), wavBytes({ samples, sampleRate: 16_000 })]),
      'wav_rate_change',
      /24000 to 16000 Hz/,
    ],
  ];

  test.each(refused)('%s', (_, bytes, code, message) => {
    for (const read of [() => readWav(bytes), () => readInPieces(bytes, [1])]) {
      expect(read).toThrow(ProtocolError);
      expect(read).toThrow(
        expect.objectContaining({ code, message: expect.stringMatching(message) }),
      );
    }
  });
});

test('ten minutes of unknown length, in pieces that cut samples', () => {
  const long = new Int16Array(24_000 * 600);
  const open = wavBytes({ samples: long, riffSize: 0xffffffff, dataSize: 0xffffffff });
  let count = 0;
  const reader = new WavReader();
  for (let at = 0; at < open.length; at += 4801)
    count += reader.push(open.subarray(at, at + 4801)).length;
  expect(count + reader.flush().length).toBe(long.length);
});

/** Feeds the bytes in pieces of these sizes, over and over, at odd and even offsets. */
function readInPieces(
  bytes: Uint8Array,
  sizes: number[],
): { samples: Int16Array; reader: WavReader } {
  const reader = new WavReader();
  const parts: Int16Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    parts.push(reader.push(bytes.subarray(at, at + size)));
    at += size;
  }
  parts.push(reader.flush());
  return { samples: concatSamples(parts), reader };
}

/** A file with a format of one's own. */
function wavOf(
  format: { tag: number; channels: number; blockBytes: number; bits: number },
  data: number[],
): Uint8Array {
  const contents = new Uint8Array(16);
  const view = new DataView(contents.buffer);
  view.setUint16(0, format.tag, true);
  view.setUint16(2, format.channels, true);
  view.setUint32(4, 24_000, true);
  view.setUint32(8, 24_000 * format.blockBytes, true);
  view.setUint16(12, format.blockBytes, true);
  view.setUint16(14, format.bits, true);
  const chunks = [chunk('fmt ', contents), chunk('data', Uint8Array.from(data))];
  return chunk('RIFF', joinBytes([asciiBytes('WAVE'), ...chunks]));
}

describe('RF64', () => {
  /** The chunk of 64-bit sizes, which need not be large. */
  const sizes = (riff: number, sound: number): Uint8Array => {
    const contents = new Uint8Array(28);
    const view = new DataView(contents.buffer);
    view.setBigUint64(0, BigInt(riff), true);
    view.setBigUint64(8, BigInt(sound), true);
    return contents;
  };
  const large = (sound: Int16Array, soundSize = sound.byteLength, riffSize = 72 + soundSize) => {
    const bytes = wavBytes({
      samples: sound,
      before: [{ name: 'ds64', contents: sizes(riffSize, soundSize) }],
      riffSize: 0xffffffff,
      dataSize: 0xffffffff,
    });
    bytes.set(asciiBytes('RF64'));
    return bytes;
  };

  test('its sizes are kept to, in any pieces, and other files may follow', () => {
    const sound = fc.int16Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ samples: sound, isLarge: fc.boolean() }), { minLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }),
        (parts, pieces) => {
          const bytes = joinBytes(
            parts.map(({ samples, isLarge }) => (isLarge ? large(samples) : wavBytes({ samples }))),
          );
          const expected = parts.flatMap((part) => [...part.samples]);
          const { samples: streamed, reader } = readInPieces(bytes, pieces);
          expect([...streamed]).toEqual(expected);
          expect(reader.truncated).toBe(false);
          expect([...readWav(bytes).samples]).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a chunk behind the sound is none of it', () => {
    const bytes = joinBytes([large(samples), chunk('LIST', new Uint8Array(10).fill(77))]);
    expect(readWav(bytes).samples).toEqual(samples);
  });

  test.each([
    ['9 GB of which hardly anything came', 9e9, true],
    ['sizes that were never filled in', 0, false],
  ])('%s', (_, soundSize, truncated) => {
    const file = readWav(large(samples, soundSize, soundSize === 0 ? 0 : soundSize + 72));
    expect(file.samples).toEqual(samples);
    expect(file.truncated).toBe(truncated);
  });

  test('no sound', () => {
    expect(readWav(large(new Int16Array(0))).samples).toHaveLength(0);
  });
});
