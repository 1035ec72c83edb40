import { expect, test } from 'vitest';
import { decodePcm16 } from './pcm.ts';

test('a Node Buffer at an odd offset, whose slice() is a view', () => {
  const bytes = Buffer.from(Uint8Array.of(9, 1, 2, 3, 4).buffer, 1, 4);
  expect(decodePcm16(bytes)).toEqual(Int16Array.of(0x0201, 0x0403));
});
