import { expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { EnergyDetector } from './energy-detector.ts';

/** 10 ms at 16 kHz of a constant: its level is the constant's. */
function frame(dbfs: number): Int16Array {
  return new Int16Array(160).fill(Math.round(32_768 * 10 ** (dbfs / 20)));
}

test('is active above one level until below another', () => {
  const detector = new EnergyDetector({ onDbfs: -40, offDbfs: -50 });
  const active = [-60, -45, -39, -45, -49, -51, -45].map(
    (dbfs) => detector.process(frame(dbfs)).active,
  );
  expect(active).toEqual([false, false, true, true, true, false, false]);
});

test('scores in decibels above its level', () => {
  const { score, levelDbfs, voiced } = new EnergyDetector().process(frame(-35));
  expect(score).toBeCloseTo(10, 1);
  expect(levelDbfs).toBeCloseTo(-35, 1);
  expect(voiced).toBe(true);
});

test('reset: not active', () => {
  const detector = new EnergyDetector();
  detector.process(frame(-30));
  detector.reset();
  expect(detector.process(frame(-48)).active).toBe(false);
});

test('takes 10 ms of its rate', () => {
  const detector = new EnergyDetector({ sampleRate: 48_000 });
  expect(detector.frameSamples).toBe(480);
  expect(() => detector.process(new Int16Array(160))).toThrow(ValidationError);
});

test.each([
  { sampleRate: 22_050.5 },
  { sampleRate: 11_025 },
  { onDbfs: 1 },
  { onDbfs: Number.NaN },
  { offDbfs: -40 },
])('refuses %o', (options) => {
  expect(() => new EnergyDetector(options)).toThrow(ValidationError);
});
