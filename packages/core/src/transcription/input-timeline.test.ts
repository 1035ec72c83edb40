import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputTimeline } from './input-timeline.ts';

test('every place in the input is found again, however much silence lies between', () => {
  const step = fc.record({ isSilence: fc.boolean(), samples: fc.integer({ min: 1, max: 50 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const timeline = new InputTimeline();
      // Sample by sample: where each sample that was sent lies in the input.
      const places: number[] = [];
      let input = 0;
      for (const { isSilence, samples } of steps) {
        if (isSilence) timeline.addSilence(samples);
        else timeline.addInput(samples);
        for (let i = 0; i < samples; i++) places.push(isSilence ? input : input++);
      }
      expect(timeline.sent).toBe(places.length);
      expect(timeline.input).toBe(input);
      expect(places.map((_, at) => timeline.toInput(at))).toEqual(places);
      expect(timeline.toInput(places.length)).toBe(input);
    }),
  );
});

test('before the beginning is the beginning', () => {
  expect(new InputTimeline().toInput(-5)).toBe(0);
});
