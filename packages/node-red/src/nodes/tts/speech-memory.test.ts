import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Sound } from './sound.ts';
import { SpeechMemory } from './speech-memory.ts';

const sound = (length: number, fill: number): Sound => ({
  bytes: Buffer.alloc(length, fill),
  format: 'pcm',
  sampleRate: 24_000,
  durationMs: undefined,
  subtitles: [],
});

const sizeOf = (entries: readonly { length: number }[]): number =>
  entries.reduce((sum, { length }) => sum + length, 0);

const use = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  length: fc.integer({ min: 0, max: 60 }),
  isSet: fc.boolean(),
});

it('holds what was used last, up to its size, whatever comes in which order', () => {
  fc.assert(
    fc.property(fc.array(use, { maxLength: 60 }), (uses) => {
      const memory = new SpeechMemory(100);
      let model: { key: string; length: number; fill: number }[] = [];
      for (const [fill, { key, length, isSet }] of uses.entries()) {
        const known = model.find((entry) => entry.key === key);
        const found = isSet ? undefined : memory.get(key)?.bytes;
        const isFound = !isSet && known !== undefined;
        expect(found).toEqual(isFound ? Buffer.alloc(known.length, known.fill) : undefined);
        if (isSet) memory.set(key, sound(length, fill));
        const used = isSet ? { key, length, fill } : known;
        if (used !== undefined) model = [...model.filter((entry) => entry !== known), used];
        while (sizeOf(model) > 100) model.shift();
        expect(memory.bytes).toBe(sizeOf(model));
      }
    }),
  );
});

it('leaves out what would fill it alone', () => {
  const memory = new SpeechMemory(10);
  memory.set('small', sound(4, 1));
  memory.set('large', sound(11, 2));
  expect(memory.get('large')).toBeUndefined();
  expect(memory.get('small')?.bytes).toEqual(Buffer.alloc(4, 1));
});

it('is asked by all that changes the sound', () => {
  const memory = new SpeechMemory(10);
  const request = { text: 'Hi', voice: 'a', speed: 1 };
  expect(memory.keyOf({ ...request })).toBe(memory.keyOf(request));
  expect(memory.keyOf({ ...request, speed: 2 })).not.toBe(memory.keyOf(request));
});
