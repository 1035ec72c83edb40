import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../errors.ts';
import { concatSamples } from '../pcm.ts';
import type { AudioOutputEvent } from './audio-output.ts';
import { PullOutput, type PullOutputOptions } from './pull-output.ts';
import { PullDevice, SAMPLE_RATE } from './testing/device-rigs.ts';

/** Samples that tell where they stand, and are never silence. */
function counting(length: number, from = 0): Int16Array {
  return Int16Array.from({ length }, (_, i) => ((from + i) % 30_000) + 1);
}

function enqueue(output: PullOutput, id: number, samples: Int16Array): void {
  void output.enqueue({ id, sound: { samples, sampleRate: output.sampleRate } });
}

function record(output: PullOutput): AudioOutputEvent[] {
  const events: AudioOutputEvent[] = [];
  output.subscribe((event) => events.push(event));
  return events;
}

function tick(device: PullDevice, times: number): void {
  for (let i = 0; i < times; i++) device.tick();
}

test('pieces and frames of any size: what is pulled is what was enqueued', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(700), { maxLength: 12 }),
      fc.array(fc.nat(500), { minLength: 1, maxLength: 8 }),
      (lengths, frames) => {
        const output = new PullOutput({ sampleRate: SAMPLE_RATE });
        const events = record(output);
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const whole = counting(total);
        let at = 0;
        for (const [id, length] of lengths.entries()) {
          enqueue(output, id, whole.subarray(at, (at += length)));
        }
        const pulled: Int16Array[] = [];
        for (let i = 0; !output.isIdle; i++) {
          const frame = new Int16Array(i % 7 === 6 ? 160 : frames[i % frames.length]!).fill(-5);
          const sound = output.pull(frame);
          expect(frame.subarray(sound).every((sample) => sample === 0)).toBe(true);
          pulled.push(frame.slice(0, sound));
        }
        expect(concatSamples([new Int16Array(), ...pulled])).toEqual(whole);
        const ended = events.flatMap((event) => (event.type === 'ended' ? [event.pieceId] : []));
        expect(ended).toEqual([...lengths.keys()]);
      },
    ),
    { numRuns: 200 },
  );
});

test('times of events are those of the samples, whatever the frame', () => {
  const device = new PullDevice({}, 100);
  const events = record(device.output);
  const start = device.nowMs;
  enqueue(device.output, 1, counting(0.33 * SAMPLE_RATE));
  enqueue(device.output, 2, counting(0.27 * SAMPLE_RATE));
  tick(device, 8);
  const times = events.map((event) =>
    event.type === 'position' || event.type === 'ended'
      ? [event.type, event.pieceId, Math.round(event.atMs - start)]
      : [],
  );
  expect(times).toEqual([
    ['position', 1, 0],
    ['position', 1, 200],
    ['ended', 1, 330],
    ['position', 2, 330],
    ['position', 2, 530],
    ['position', 2, 600],
    ['ended', 2, 600],
  ]);
});

test('with latency, events come when their sound is heard', () => {
  const device = new PullDevice({ latencyMs: 100 });
  const events = record(device.output);
  const start = device.nowMs;
  enqueue(device.output, 1, counting(0.05 * SAMPLE_RATE));
  tick(device, 5);
  expect(events).toEqual([]);
  tick(device, 1);
  expect(events).toEqual([
    { type: 'position', pieceId: 1, seconds: 0, atMs: start + 100, advancing: true },
  ]);
  expect(device.output.isIdle).toBe(false);
  tick(device, 3);
  expect(events.slice(1)).toEqual([
    { type: 'position', pieceId: 1, seconds: 0.05, atMs: start + 150, advancing: false },
    { type: 'ended', pieceId: 1, atMs: start + 150 },
  ]);
  expect(device.output.isIdle).toBe(true);
});

test('a timer that jitters turns no time back, and a set date moves nothing', () => {
  const output = new PullOutput({ sampleRate: SAMPLE_RATE, now: () => nowMs });
  let nowMs = 1_790_000_000_000;
  const events = record(output);
  for (let id = 0; id < 10; id++) enqueue(output, id, counting(250));
  for (const step of [20, 3, 37, 20, 0, 0, 60, 20, -5, 20, 20, 20, 20, 20, 20, 20, 20, 20]) {
    output.pull(new Int16Array(160));
    nowMs += step;
  }
  const times = events.flatMap((event) => ('atMs' in event ? [event.atMs] : []));
  expect(times.length).toBeGreaterThan(15);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

describe('prebuffer', () => {
  test('sound begins when enough is waiting', () => {
    const device = new PullDevice({ prebufferMs: 100 });
    enqueue(device.output, 1, counting(400));
    expect(device.tick()).toBe(0);
    enqueue(device.output, 2, counting(400, 400));
    expect(device.tick()).toBe(160);
  });

  test('what is less begins after as long, and nothing is held back for ever', () => {
    const device = new PullDevice({ prebufferMs: 100 });
    tick(device, 20);
    enqueue(device.output, 1, counting(80));
    expect(Array.from({ length: 6 }, () => device.tick())).toEqual([0, 0, 0, 0, 0, 80]);
  });

  test('after running dry it collects again; a join without a gap is not dry', () => {
    const device = new PullDevice({ prebufferMs: 100 });
    enqueue(device.output, 1, counting(800));
    expect(Array.from({ length: 5 }, () => device.tick())).toEqual([160, 160, 160, 160, 160]);
    enqueue(device.output, 2, counting(160));
    expect(device.tick()).toBe(160);
    expect(device.tick()).toBe(0);
    enqueue(device.output, 3, counting(400));
    expect(device.tick()).toBe(0);
    enqueue(device.output, 4, counting(400));
    expect(device.tick()).toBe(160);
  });

  test('enqueue does not wait for room that the prebuffer keeps', async () => {
    const device = new PullDevice({ prebufferMs: 1000, queueSeconds: 0.2 });
    for (const id of [1, 2, 3]) {
      const samples = counting(0.3 * SAMPLE_RATE);
      await device.output.enqueue({ id, sound: { samples, sampleRate: SAMPLE_RATE } });
    }
    expect(device.tick()).toBe(0);
  });
});

describe('stop', () => {
  test.each([
    [15, 120],
    [0, 0],
    [50, 400],
  ])('fades for %i ms, then what is new follows at once', (fadeMs, samples) => {
    const device = new PullDevice();
    enqueue(device.output, 1, new Int16Array(4000).fill(10_000));
    tick(device, 2);
    device.output.stop({ fadeMs });
    enqueue(device.output, 2, new Int16Array(400).fill(77));
    tick(device, 8);
    const after = concatSamples(device.pulled.slice(2));
    const faded = after.subarray(0, samples);
    for (const [index, value] of faded.entries()) {
      expect(Math.abs(value - 10_000 * (1 - (index + 1) / samples))).toBeLessThanOrEqual(1);
    }
    expect(after.subarray(samples, samples + 400).every((sample) => sample === 77)).toBe(true);
    expect(after.subarray(samples + 400).every((sample) => sample === 0)).toBe(true);
  });

  test('fades over the end of a piece, and over what little is left', () => {
    const device = new PullDevice();
    enqueue(device.output, 1, new Int16Array(170).fill(10_000));
    enqueue(device.output, 2, new Int16Array(50).fill(10_000));
    tick(device, 1);
    device.output.stop();
    tick(device, 1);
    const faded = device.pulled[1]!;
    expect(faded.subarray(0, 59).every((sample) => sample > 0)).toBe(true);
    expect(faded.subarray(60).every((sample) => sample === 0)).toBe(true);
  });

  test('a second one does not cut the fade, and while nothing sounds there is none', () => {
    const device = new PullDevice();
    enqueue(device.output, 1, new Int16Array(4000).fill(10_000));
    device.output.stop();
    expect(device.tick()).toBe(0);
    enqueue(device.output, 2, new Int16Array(4000).fill(10_000));
    device.tick();
    device.output.stop();
    device.output.stop();
    expect(device.tick()).toBe(120);
    enqueue(device.output, 3, new Int16Array(4000).fill(10_000));
    device.tick();
    device.output.pause();
    device.output.stop();
    expect(device.tick()).toBe(0);
    expect(device.output.isIdle).toBe(true);
  });
});

test('a pause is silence to the sample, and told at once to a device that comes no more', () => {
  const device = new PullDevice();
  const events = record(device.output);
  enqueue(device.output, 1, counting(480));
  tick(device, 1);
  device.output.pause();
  expect(events.at(-1)).toMatchObject({ pieceId: 1, seconds: 0.02, advancing: false });
  tick(device, 3);
  device.output.resume();
  tick(device, 2);
  const sound = concatSamples(device.pulled).filter((sample) => sample !== 0);
  expect(sound).toEqual(counting(480));
  expect(device.pulled.slice(1, 4).every((frame) => frame.every((sample) => sample === 0))).toBe(
    true,
  );
});

test('a listener that throws disturbs neither the frame nor the others', () => {
  const reported: unknown[] = [];
  const device = new PullDevice();
  const { queueMicrotask } = globalThis;
  globalThis.queueMicrotask = (callback) => {
    try {
      callback();
    } catch (error) {
      reported.push(error);
    }
  };
  try {
    device.output.subscribe(() => {
      throw new Error('mine');
    });
    const events = record(device.output);
    enqueue(device.output, 1, counting(160));
    expect(device.tick()).toBe(160);
    tick(device, 2);
    expect(events.map(({ type }) => type)).toEqual(['position', 'position', 'ended']);
    expect(reported).toHaveLength(3);
  } finally {
    globalThis.queueMicrotask = queueMicrotask;
  }
});

test.each<[Partial<PullOutputOptions>, string]>([
  [{ sampleRate: 20 }, 'sampleRate'],
  [{ prebufferMs: -1 }, 'prebufferMs'],
  [{ queueSeconds: 0 }, 'queueSeconds'],
  [{ latencyMs: Number.POSITIVE_INFINITY }, 'latencyMs'],
])('%j is refused', (options, path) => {
  expect(() => new PullOutput({ sampleRate: SAMPLE_RATE, ...options })).toThrow(
    expect.objectContaining({ path }),
  );
});

test('a fade that cannot be is refused', () => {
  expect(() => new PullDevice().output.stop({ fadeMs: -3 })).toThrow(ValidationError);
});
