import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEntry, encodeEntry } from './cache-entry.ts';
import type { StoredSpeech } from './cache-entry.ts';

const word = fc
  .tuple(
    fc.nat(500),
    fc.nat(40),
    fc.double({ min: 0, max: 60, noNaN: true }),
    fc.double({ min: 0, max: 2, noNaN: true }),
  )
  .map(([start, length, startSeconds, lasting]) => ({
    range: { start, end: start + length },
    startSeconds: Math.abs(startSeconds),
    endSeconds: Math.abs(startSeconds) + Math.abs(lasting),
  }));
const sound = fc.oneof(
  fc.record({
    samples: fc.int16Array({ maxLength: 300 }),
    sampleRate: fc.constantFrom(8000, 22_050, 24_000),
  }),
  fc.record({
    bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
    mediaType: fc.constantFrom('audio/mpeg', 'audio/ogg'),
    durationSeconds: fc.nat(100),
  }),
);
const speech: fc.Arbitrary<StoredSpeech> = fc.record({
  sound,
  words: fc.array(word, { maxLength: 8 }),
  timing: fc.constantFrom('service' as const, 'estimate' as const),
});

test('what is stored is read again, also from the middle of a larger buffer at an odd place', () => {
  fc.assert(
    fc.property(speech, fc.nat(5), (stored, offset) => {
      const entry = encodeEntry(stored);
      expect(decodeEntry(entry)).toEqual(stored);
      const larger = new Uint8Array(entry.length + offset);
      larger.set(entry, offset);
      expect(decodeEntry(larger.subarray(offset))).toEqual(stored);
    }),
    { numRuns: 200 },
  );
});

test('bytes that are cut or changed are no entry', () => {
  fc.assert(
    fc.property(speech, fc.nat(), fc.integer({ min: 1, max: 255 }), (stored, where, change) => {
      const entry = encodeEntry(stored);
      expect(decodeEntry(entry.subarray(0, where % entry.length))).toBeUndefined();
      entry[where % entry.length]! ^= change;
      expect(decodeEntry(entry)).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});
