import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { decodeBase64ByTable, encodeBase64ByTable } from './base64-table.ts';
import {
  createBufferDecoder,
  createBufferEncoder,
  createPlatformDecoder,
  createPlatformEncoder,
  decodeBase64,
  encodeBase64,
  type Base64Array,
  type Base64Decoder,
  type Base64Encoder,
} from './base64.ts';

// Node 24 has the engine's own behind a flag that takes effect in a new context, and only its decoder is sound; Node 22
// has none.
const platformArray = 'fromBase64' in Uint8Array ? Uint8Array : flaggedArray();

const decoders = named<Base64Decoder>({
  chosen: decodeBase64,
  platform: createPlatformDecoder(platformArray),
  buffer: createBufferDecoder(),
  table: decodeBase64ByTable,
});
const encoders = named<Base64Encoder>({
  chosen: encodeBase64,
  platform: createPlatformEncoder(platformArray),
  buffer: createBufferEncoder(),
  table: encodeBase64ByTable,
});

test('the ways that this runtime has are all tested', () => {
  const [major] = process.versions.node.split('.').map(Number);
  const all = ['chosen', 'platform', 'buffer', 'table'];
  const withoutPlatform = ['chosen', 'buffer', 'table'];
  expect(decoders.map(([name]) => name)).toEqual(major! >= 24 ? all : withoutPlatform);
  expect(encoders.map(([name]) => name)).toEqual(major! >= 25 ? all : withoutPlatform);
});

describe.each(encoders)('encodeBase64, %s', (_, encode) => {
  // RFC 4648, section 10.
  test.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('%j', (plain, encoded) => {
    expect(encode(new TextEncoder().encode(plain))).toBe(encoded);
  });

  test('the whole alphabet, from the middle of a buffer', () => {
    const bytes = Uint8Array.of(7, 0xfb, 0xff, 0xbf, 7).subarray(1, 4);
    expect(encode(bytes)).toBe('+/+/');
  });

  test('200 000 bytes, more than a call takes arguments', () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_value, i) => i * 7);
    expect(encode(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  });
});

describe.each(decoders)('decodeBase64, %s', (_, decode) => {
  const accepted: [string, string, number[]][] = [
    ['nothing', '', []],
    ['one padded', 'Zg==', [102]],
    ['two padded', 'Zm8=', [102, 111]],
    ['one unpadded', 'Zg', [102]],
    ['two unpadded', 'Zm8', [102, 111]],
    ['the standard alphabet', '+/+/', [0xfb, 0xff, 0xbf]],
    ['the URL-safe alphabet', '-_-_', [0xfb, 0xff, 0xbf]],
    ['both mixed', 'AA-/AA+_', [0, 15, 191, 0, 15, 191]],
    ['line breaks', 'Zm9v\r\nYmFy\n', [102, 111, 111, 98, 97, 114]],
    ['whitespace inside groups and padding', ' Z\tm\f8 = ', [102, 111]],
    ['whitespace only', ' \n', []],
    ['leftover bits', 'Zh==', [102]],
  ];
  test.each(accepted)('takes %s', (_name, text, bytes) => {
    expect([...decode(text)]).toEqual(bytes);
  });

  const refused: [string, string, number][] = [
    ['a stray character', 'Zm9*Zm9v', 3],
    ['a stray character in the last group', 'Zm9vZm.=', 6],
    ['a data URL', 'data:audio/wav;base64,Zm9v', 4],
    ['a letter that is not ASCII', 'Zm9é', 3],
    ['a letter whose low byte would do', 'Zm9\u0141', 3],
    ['half of an emoji', 'Zm9v\ud83d', 4],
    ['a null character', 'Zm9v\0', 4],
    ['a vertical tab, which is no ASCII whitespace', 'Zm9v\v', 4],
    ['a single character', 'Z', 1],
    ['a single character behind groups', 'Zm9vZ', 5],
    ['a single character and whitespace', 'Zm9vZ\n', 6],
    ['padding alone', '=', 0],
    ['nothing but padding', '====', 0],
    ['padding of a single character', 'Z===', 1],
    ['too little padding', 'Zg=', 3],
    ['too much padding', 'Zm8==', 4],
    ['padding of a complete group', 'Zm9v=', 4],
    ['padding in the middle', 'Zg==Zg==', 4],
    ['padding in a group', 'Zg=v', 3],
    ['two texts joined, unpadded behind', 'Zm8=Zm9v', 4],
  ];
  test.each(refused)('refuses %s', (_name, text, offset) => {
    const attempt = () => decode(text);
    expect(attempt).toThrow(ProtocolError);
    expect(attempt).toThrow(`at offset ${offset} of ${text.length} characters`);
  });

  test('the error shows nothing of the text', () => {
    expect(() => decode('c2VjcmV0*c2VjcmV0')).toThrow(/^((?!c2Vj).)*$/);
  });

  test('gives back what was encoded, padded or not, however large', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect([...decode(text)]).toEqual([...bytes]);
        expect([...decode(text.replaceAll('=', ''))]).toEqual([...bytes]);
      }),
    );
  });

  test('gives a plain Uint8Array', () => {
    expect(Object.prototype.toString.call(decode('Zm9v'))).toBe('[object Uint8Array]');
    expect(Buffer.isBuffer(decode('Zm9v'))).toBe(false);
  });
});

describe('all ways agree', () => {
  /** The bytes, or what is wrong. */
  function outcome(decode: Base64Decoder, text: string): number[] | string {
    try {
      return [...decode(text)];
    } catch (error) {
      expect(error).toBeInstanceOf(ProtocolError);
      return (error as ProtocolError).message;
    }
  }

  /** What each way makes of the text. */
  function outcomes(text: string): (number[] | string)[] {
    return decoders.map(([, decode]) => outcome(decode, text));
  }

  function sameAsTable(text: string): (number[] | string)[] {
    return decoders.map(() => outcome(decodeBase64ByTable, text));
  }

  test('on text out of base64, padding, whitespace and strangers', () => {
    const unit = fc.constantFrom(
      'A',
      'b',
      '0',
      '9',
      '+',
      '/',
      '-',
      '_',
      '=',
      ' ',
      '\n',
      '*',
      'é',
      '\u0141',
      '\ud83d',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 14 }), (text) => {
        expect(outcomes(text)).toEqual(sameAsTable(text));
      }),
      { numRuns: 3000 },
    );
  });

  test('on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(outcomes(text)).toEqual(sameAsTable(text));
      }),
    );
  });

  test('on good text with one character changed, taken out or put in', () => {
    const edit = fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }),
      at: fc.nat(),
      removed: fc.nat({ max: 1 }),
      put: fc.constantFrom('', '=', '-', ' ', '~', '\u0100', 'A'),
    });
    fc.assert(
      fc.property(edit, ({ bytes, at, removed, put }) => {
        const good = Buffer.from(bytes).toString('base64');
        const offset = at % good.length;
        const text = good.slice(0, offset) + put + good.slice(offset + removed);
        expect(outcomes(text)).toEqual(sameAsTable(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('when they encode', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        for (const [, encode] of encoders) expect(encode(bytes)).toBe(encodeBase64ByTable(bytes));
      }),
    );
  });
});

test('an engine whose encoder ignores where a subarray begins is not used', () => {
  const toBase64 = function (this: Uint8Array): string {
    return Buffer.from(this.buffer, 0, this.length).toString('base64');
  };
  expect(createPlatformEncoder({ prototype: { toBase64 } })).toBeUndefined();
});

test('without the engine and Buffer, there is nothing to choose', () => {
  const old: Base64Array = { prototype: {} };
  expect(createPlatformDecoder(old)).toBeUndefined();
  expect(createPlatformEncoder(old)).toBeUndefined();
  expect(createBufferDecoder(null)).toBeUndefined();
  expect(createBufferEncoder(null)).toBeUndefined();
});

function flaggedArray(): Base64Array {
  setFlagsFromString('--js-base-64');
  return runInNewContext('Uint8Array') as Base64Array;
}

function named<T>(ways: Record<string, T | undefined>): [string, T][] {
  return Object.entries(ways).filter((entry): entry is [string, T] => entry[1] !== undefined);
}
