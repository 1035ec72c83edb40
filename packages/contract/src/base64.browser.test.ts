import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '@stepvoice/core/audio';

const bytes = fc.uint8Array({ maxLength: 400 });

test('agrees with the platform on every bytes', () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const text = btoa(String.fromCharCode(...value));
      expect(encodeBase64(value)).toBe(text);
      expect([...decodeBase64(text)]).toEqual([...value]);
      expect([...decodeBase64(text.replace(/=+$/, ''))]).toEqual([...value]);
    }),
  );
});

test('encodes a view of a larger buffer, and only it', () => {
  fc.assert(
    fc.property(bytes, fc.nat(20), (value, offset) => {
      const larger = new Uint8Array(value.length + 40).fill(255);
      larger.set(value, offset);
      const view = larger.subarray(offset, offset + value.length);
      expect(encodeBase64(view)).toBe(encodeBase64(value));
    }),
  );
});

test.each([['AAA*'], ['A'], ['AA=A'], ['AAAA=']])('%j is refused with its offset', (text) => {
  expect(() => decodeBase64(text)).toThrow(/offset \d/);
});
