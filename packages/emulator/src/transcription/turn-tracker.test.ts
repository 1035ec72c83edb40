import { concatSamples } from '@stepvoice/core/audio';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { speechLike } from '../codecs/testing/speech-like.ts';
import { TurnTracker } from './turn-tracker.ts';

const RATE = 8000;
const silence = (seconds: number): Int16Array => new Int16Array(RATE * seconds);
const sound = concatSamples([
  silence(1),
  speechLike(RATE, RATE),
  silence(0.8),
  speechLike(RATE / 2, RATE),
  silence(0.8),
]);
const TURNS = { silenceDurationMs: 400, threshold: 0.5 };

type Turn = { startMs: number; endMs: number; samples: number };

function turnsOf(pieces: readonly Int16Array[]): Turn[] {
  const tracker = new TurnTracker(RATE, TURNS);
  const turns: Turn[] = [];
  for (const step of pieces.flatMap((piece) => tracker.push(piece))) {
    const last = turns.at(-1);
    if (step.type === 'started') turns.push({ startMs: step.atMs, endMs: NaN, samples: 0 });
    else if (last !== undefined && step.type === 'sound') last.samples += step.samples.length;
    else if (last !== undefined && step.type === 'stopped') last.endMs = step.atMs;
  }
  return turns;
}

test('finds the turns, with a little of what was before them', () => {
  const [first, second, ...others] = turnsOf([sound]);
  expect(others).toEqual([]);
  expect(first?.startMs).toBeGreaterThan(690);
  expect(first?.startMs).toBeLessThan(800);
  expect(first?.endMs).toBeGreaterThan(1850);
  expect(first?.endMs).toBeLessThan(2050);
  expect(second?.startMs).toBeGreaterThan(2400);
  expect(second?.endMs).toBeLessThan(3400);
});

test('the turns do not depend on how the sound is cut, but for the last 20 ms', () => {
  const whole = turnsOf([sound]);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: sound.length }), { maxLength: 30 }),
      (places) => {
        const edges = [0, ...places, sound.length].sort((a, b) => a - b);
        const pieces = edges.slice(1).map((end, i) => sound.subarray(edges[i], end));
        const turns = turnsOf(pieces);
        expect(turns.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(
          whole.map(({ startMs, endMs }) => [startMs, endMs]),
        );
        turns.forEach(({ samples }, i) => {
          expect(Math.abs(samples - whole[i]!.samples)).toBeLessThanOrEqual(RATE / 50);
        });
      },
    ),
    { numRuns: 30 },
  );
});

test('a stricter threshold hears less', () => {
  const quiet = sound.map((sample) => sample / 30);
  const count = (threshold: number): number => {
    const tracker = new TurnTracker(RATE, { ...TURNS, threshold });
    return tracker.push(quiet).filter(({ type }) => type === 'started').length;
  };
  expect(count(0.1)).toBeGreaterThan(0);
  expect(count(0.9)).toBe(0);
});
