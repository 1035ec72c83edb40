import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { parseCast } from './cast.ts';
import { decodeText } from './decode-text.ts';
import { nameAfter } from './narration-text.ts';

const HELLO = '你好，world.';

it.each([
  ['UTF-8', Buffer.from(HELLO)],
  ['UTF-8 with its mark', Buffer.from(`\uFEFF${HELLO}`)],
  ['UTF-16', Buffer.from(`\uFEFF${HELLO}`, 'utf16le')],
  ['UTF-16, the other way round', Buffer.from(`\uFEFF${HELLO}`, 'utf16le').swap16()],
  ['GB 18030', Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0xa3, 0xac, ...Buffer.from('world.')])],
])('reads %s', (_, bytes) => {
  expect(decodeText(bytes, 'text')).toBe(HELLO);
});

it('refuses a sound', () => {
  const wav = Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1');
  expect(() => decodeText(wav, 'msg.payload')).toThrow(/^msg\.payload: holds 16 bytes/);
});

it('reads a cast', () => {
  expect(parseCast(['Anna=linjiajiejie', ' 小 红 ＝ ruyananshi '])).toEqual({
    Anna: { voice: 'linjiajiejie' },
    '小 红': { voice: 'ruyananshi' },
  });
  for (const line of ['Anna', '= x', 'Anna =', 'Anna = two words', 'a=b=c']) {
    expect(() => parseCast(['x=y', line]), line).toThrow(/line 2/);
  }
});

it('names a sound after its text', () => {
  expect(nameAfter('books/one.md', 'mp3')).toBe('books/one.mp3');
  expect(nameAfter('one', 'wav')).toBe('one.wav');
});
