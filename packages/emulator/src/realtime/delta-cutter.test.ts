import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeltaCutter } from './delta-cutter.ts';

test('deltas last 40 to 100 ms and hold every sample in its order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5000), { maxLength: 12 }), (sizes) => {
      const cutter = new DeltaCutter();
      let next = 0;
      const deltas = sizes.flatMap((size) =>
        cutter.push(Int16Array.from({ length: size }, () => next++ % 30_000)),
      );
      deltas.push(...cutter.flush());
      const all = deltas.flatMap((delta) => [...delta]);
      expect(all).toEqual(Array.from({ length: next }, (_, index) => index % 30_000));
      for (const delta of deltas) {
        expect(delta.length).toBeLessThanOrEqual(2400);
        expect(delta.length).toBeGreaterThanOrEqual(deltas.length > 1 ? 960 : 1);
      }
      expect(cutter.flush()).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
