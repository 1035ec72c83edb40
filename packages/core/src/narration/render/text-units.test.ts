import fc from 'fast-check';
import { expect, test } from 'vitest';
import { subtitleWidth } from './subtitle-cues.ts';
import { toTextUnits } from './text-units.ts';

const text = fc.string({
  unit: fc.constantFrom(...Array.from('你好，世界。「」（）一二 a b, c! d. “e” 12 the-end 😀é～')),
  maxLength: 200,
});

test('the parts stand in the text in their order, lose nothing, and fit', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 3, max: 40 }), (given, limit) => {
      const units = toTextUnits(given, limit, subtitleWidth);
      let joined = '';
      for (const unit of units) {
        expect(given.startsWith(unit.text, unit.start)).toBe(true);
        expect(unit.width).toBeLessThanOrEqual(limit);
        joined += unit.text + (unit.spaced ? ' ' : '');
      }
      expect(joined.trim()).toBe(given.replace(/\s+/g, ' ').trim());
    }),
    { numRuns: 200 },
  );
});
