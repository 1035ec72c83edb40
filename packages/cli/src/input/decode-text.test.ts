import { expect, test } from 'vitest';
import { UsageError } from '../cli-error.ts';
import { createTranslate } from '../language/translate.ts';
import { TextReader } from './decode-text.ts';

const t = createTranslate('en');
const TEXT = 'Grüße, 你好，世界 😀 end';

function read(bytes: Uint8Array, pieceLength: number, encoding?: string): string {
  const reader = new TextReader('notes.txt', encoding, t);
  let text = '';
  for (let offset = 0; offset < bytes.length; offset += pieceLength) {
    text += reader.push(bytes.subarray(offset, offset + pieceLength));
  }
  return text + reader.flush();
}

const utf16le = Buffer.from(`\uFEFF${TEXT}`, 'utf16le');

test.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with its mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16 little endian', utf16le],
  ['UTF-16 big endian', Buffer.from(utf16le).swap16()],
])('%s is read, however the bytes are cut', (_name, bytes) => {
  for (const length of [1, 2, 3, 1000]) expect(read(bytes, length)).toBe(TEXT);
});

test('another encoding is read where it is named', () => {
  expect(read(Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3), 1, 'gb18030')).toBe('你好');
});

test.each([
  ['another encoding', Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3)],
  ['half of a surrogate pair', Uint8Array.of(0x61, 0xed, 0xa0, 0x80)],
  ['a character that is cut', Buffer.from('你').subarray(0, 2)],
  ['a single odd byte', Uint8Array.of(0xff)],
])('%s is refused with the name of the source', (_name, bytes) => {
  for (const length of [1, 1000]) {
    expect(() => read(bytes, length)).toThrow(UsageError);
    expect(() => read(bytes, length)).toThrow(/notes\.txt is not text in UTF-8/);
  }
});

test('nothing is an empty text', () => {
  expect(read(new Uint8Array(0), 1)).toBe('');
});

test('an encoding that does not exist is refused', () => {
  expect(() => new TextReader('x', 'klingon', t)).toThrow(/klingon/);
});
