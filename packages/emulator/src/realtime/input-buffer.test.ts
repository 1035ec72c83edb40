import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventRefusal } from './event-refusal.ts';
import { InputBuffer } from './input-buffer.ts';
import type { TurnEvent } from './input-buffer.ts';

const DETECTION = { prefixPaddingMs: 300, silenceDurationMs: 200, energyThreshold: 2500 };

/** A tone between silences. */
function sound(silenceMs: number, toneMs: number, afterMs: number, peak = 8000): Int16Array {
  const samples = new Int16Array((silenceMs + toneMs + afterMs) * 24);
  for (let i = 0; i < toneMs * 24; i += 1) {
    samples[silenceMs * 24 + i] = Math.round(peak * Math.sin((2 * Math.PI * 300 * i) / 24_000));
  }
  return samples;
}

function pushed(samples: Int16Array, detection = DETECTION): TurnEvent[] {
  const buffer = new InputBuffer();
  buffer.configure(detection);
  return buffer.push(samples);
}

describe('without detection', () => {
  test('everything is kept until it is taken, and taken once', () => {
    const buffer = new InputBuffer();
    expect(buffer.isEmpty).toBe(true);
    expect(buffer.push(Int16Array.of(1, 2))).toEqual([]);
    buffer.push(Int16Array.of(3));
    expect(buffer.isEmpty).toBe(false);
    expect(buffer.take()).toEqual(Int16Array.of(1, 2, 3));
    expect(buffer.isEmpty).toBe(true);
    buffer.push(Int16Array.of(4));
    buffer.clear();
    expect(buffer.isEmpty).toBe(true);
  });

  test('more than a session can last is refused and not taken', () => {
    const buffer = new InputBuffer();
    const minutes = new Int16Array(10 * 60 * 24_000);
    for (let i = 0; i < 3; i += 1) buffer.push(minutes);
    expect(() => buffer.push(Int16Array.of(1))).toThrow(EventRefusal);
    expect(buffer.take().length).toBe(30 * 60 * 24_000);
  });
});

describe('with detection', () => {
  test('a turn begins before its first sound and ends after its last', () => {
    const events = pushed(sound(1000, 600, 500));
    expect(events).toEqual([
      { type: 'started', audioStartMs: expect.closeTo(700, -2) as number },
      {
        type: 'stopped',
        audioEndMs: expect.closeTo(1800, -2) as number,
        samples: expect.any(Int16Array) as Int16Array,
      },
    ]);
    const { samples } = events[1] as Extract<TurnEvent, { type: 'stopped' }>;
    expect(samples.length / 24).toBeCloseTo(1100, -2);
    expect(samples.slice(0, 290 * 24).every((sample) => sample === 0)).toBe(true);
  });

  test('no turn reaches back into the one before it', () => {
    const samples = sound(100, 500, 220);
    const buffer = new InputBuffer();
    buffer.configure({ ...DETECTION, prefixPaddingMs: 600 });
    const events = [...buffer.push(samples), ...buffer.push(samples)];
    expect(events.map(({ type }) => type)).toEqual(['started', 'stopped', 'started', 'stopped']);
    const [, end, start] = events as [unknown, { audioEndMs: number }, { audioStartMs: number }];
    // Nor does it leave more out between them than the detector needs.
    const gap = start.audioStartMs - end.audioEndMs;
    expect(gap).toBeGreaterThanOrEqual(0);
    expect(gap).toBeLessThanOrEqual(20);
  });

  test('one that follows its end by nothing is not ended', () => {
    expect(pushed(sound(0, 600, 0)).map(({ type }) => type)).toEqual(['started']);
  });

  test.each([
    [0, 60, true],
    [1000, 160, false],
    [1000, 195, true],
    [2500, 400, false],
    [2500, 490, true],
    [5000, 800, false],
    [5000, 970, true],
  ])('with threshold %d a tone of %d is heard: %s', (energyThreshold, peak, isHeard) => {
    const events = pushed(sound(300, 600, 500, peak), { ...DETECTION, energyThreshold });
    expect(events.length > 0).toBe(isHeard);
  });

  test.each([0, 100, 400, 1000])('a pause of %d ms ends it', (silenceDurationMs) => {
    const detection = { ...DETECTION, silenceDurationMs };
    const pause = Math.max(silenceDurationMs, 10) + 20;
    expect(pushed(sound(300, 600, pause), detection).at(-1)?.type).toBe('stopped');
    if (silenceDurationMs < 100) return;
    expect(pushed(sound(300, 600, silenceDurationMs - 30), detection).at(-1)?.type).toBe('started');
  });

  test('the events do not depend on how the sound was cut', () => {
    const samples = new Int16Array([...sound(400, 450, 330), ...sound(50, 700, 300)]);
    const whole = pushed(samples);
    expect(whole).toHaveLength(4);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 12 }), (sizes) => {
        const buffer = new InputBuffer();
        buffer.configure(DETECTION);
        const events: TurnEvent[] = [];
        let at = 0;
        for (const size of sizes) {
          events.push(...buffer.push(samples.subarray(at, at + size)));
          at += size;
        }
        events.push(...buffer.push(samples.subarray(at)));
        expect(events).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test('what nobody says is forgotten; switched off in a turn, the rest waits for a commit', () => {
    const buffer = new InputBuffer();
    buffer.configure(DETECTION);
    buffer.push(new Int16Array(60 * 24_000));
    buffer.configure({ ...DETECTION });
    buffer.push(sound(0, 500, 0));
    buffer.configure(undefined);
    expect(buffer.take().length).toBeLessThan(3 * 24_000);
    buffer.push(new Int16Array(10));
    expect(buffer.take().length).toBe(10);
  });

  test('cleared, it hears the next turn at its place in the session', () => {
    const buffer = new InputBuffer();
    buffer.configure(DETECTION);
    buffer.push(sound(0, 500, 0));
    buffer.clear();
    const [start] = buffer.push(sound(1000, 500, 0));
    expect(start).toEqual({ type: 'started', audioStartMs: expect.closeTo(1200, -2) as number });
  });
});
