import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ActivityWindow } from './activity-window.ts';

test('counts the last frames', () => {
  const frames = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), frames, fc.nat(60), (length, pushed, clearAt) => {
      const window = new ActivityWindow(length);
      let last: [boolean, boolean][] = [];
      for (const [i, frame] of pushed.entries()) {
        if (i === clearAt) {
          window.clear();
          last = [];
        }
        window.push(...frame);
        last = [...last, frame].slice(-length);
        const active = last.filter(([isActive]) => isActive).length;
        const earliest = last.findIndex(([isActive]) => isActive);
        expect(window.active).toBe(active);
        expect(window.voiced).toBe(last.filter((both) => both[0] && both[1]).length);
        expect(window.earliestActive).toBe(earliest < 0 ? 0 : last.length - 1 - earliest);
      }
    }),
  );
});
