import { beforeAll, describe, expect, test, vi } from 'vitest';
import { writeWav, type AudioOutput, type AudioOutputEvent } from '@stepvoice/core/audio';
import { createElementOutput, createWebAudioOutput } from '@stepvoice/core/browser';
import { clickPage, sleep, until } from './page-gesture.ts';
import { captureSound, stretches, type SoundCapture } from './sound-capture.ts';

beforeAll(() => clickPage());

/** Noise without a zero, so that no sample of it can be taken for silence or for its neighbour. */
function noise(length: number): Int16Array {
  let state = 1;
  return Int16Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return ((state >>> 16) % 30_000) + 1;
  });
}

function asFloats(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / 32_768);
}

/** Pieces of all lengths, also of one sample; the first is long enough for a busy machine to bring the second. */
function cut(samples: Int16Array, seed: number): Int16Array[] {
  const pieces: Int16Array[] = [];
  let length = 3000;
  for (let at = 0, k = seed; at < samples.length; k++) {
    pieces.push(samples.subarray(at, at + length));
    at += length;
    length = k % 5 === 0 ? 1 : 1 + ((k * 7919) % 1503);
  }
  return pieces;
}

type Heard = { output: AudioOutput; capture: SoundCapture; events: AudioOutputEvent[] };

async function withWebAudio(rate: number, listen: (heard: Heard) => Promise<void>): Promise<void> {
  const context = new AudioContext({ sampleRate: rate, latencyHint: 'playback' });
  const capture = await captureSound(context);
  const output = createWebAudioOutput({ sampleRate: rate, context, destination: capture.node });
  const events: AudioOutputEvent[] = [];
  output.subscribe((event) => events.push(event));
  try {
    await listen({ output, capture, events });
  } finally {
    await output.close();
    await context.close();
  }
}

function endedCount({ events }: Heard): number {
  return events.filter(({ type }) => type === 'ended').length;
}

let lastId = 0;

async function play(heard: Heard, pieces: readonly Int16Array[], rate: number): Promise<void> {
  const before = endedCount(heard);
  for (const samples of pieces) {
    await heard.output.enqueue({ id: ++lastId, sound: { samples, sampleRate: rate } });
  }
  await until(() => endedCount(heard) === before + pieces.length);
}

/** Stretches of noise; it has no silence of its own. */
async function heardStretches({ capture }: Heard): Promise<Float32Array[]> {
  const sound = await capture.read();
  return stretches(sound, { gapSamples: 1, floor: 0 }).map(({ start, end }) =>
    sound.subarray(start, end),
  );
}

/** Samples that differ, and lengths that do: 0 where a stretch is the sound. */
function difference(heard: Float32Array | undefined, sound: Int16Array): number {
  const expected = asFloats(sound);
  if (heard === undefined) return expected.length;
  let count = Math.abs(heard.length - expected.length);
  for (let i = 0; i < Math.min(heard.length, expected.length); i++) {
    if (heard[i] !== expected[i]) count++;
  }
  return count;
}

describe('what a page hears of WebAudio, sample by sample', () => {
  test.each([24_000, 22_050, 48_000])('at %i Hz no join loses or adds one', async (rate) => {
    await withWebAudio(rate, async (heard) => {
      const sound = noise(10_000);
      await play(heard, cut(sound, 3), rate);
      const found = await heardStretches(heard);
      expect(found).toHaveLength(1);
      expect(difference(found[0], sound)).toBe(0);
    });
  });

  test('pieces that come too late make one gap, and are exact again', async () => {
    const rate = 24_000;
    await withWebAudio(rate, async (heard) => {
      const sound = noise(10_000);
      const [first, second] = [sound.subarray(0, 4000), sound.subarray(4000)];
      await play(heard, cut(first, 5), rate);
      await play(heard, cut(second, 6), rate);
      const found = await heardStretches(heard);
      expect(found).toHaveLength(2);
      expect(difference(found[0], first)).toBe(0);
      expect(difference(found[1], second)).toBe(0);
    });
  });

  /** What was heard between silences, put together again. */
  async function heardSound(heard: Heard): Promise<Float32Array> {
    return (await heard.capture.read()).filter((value) => value !== 0);
  }

  test('a pause loses no sample and adds none, wherever it comes', async () => {
    const rate = 24_000;
    await withWebAudio(rate, async (heard) => {
      const { output, events } = heard;
      const sound = noise(20_000);
      const played = play(heard, cut(sound, 7), rate);
      for (const _ of [1, 2, 3]) {
        const count = endedCount(heard);
        await until(() => endedCount(heard) > count + 1);
        const told = events.length;
        output.pause();
        await until(() =>
          events.slice(told).some((event) => event.type === 'position' && !event.advancing),
        );
        await sleep(150);
        output.resume();
      }
      await played;
      expect(difference(await heardSound(heard), sound)).toBe(0);
      expect(await heardStretches(heard)).toHaveLength(4);
    });
  });

  test('nor does one that is over before it is heard', async () => {
    const rate = 24_000;
    await withWebAudio(rate, async (heard) => {
      const { output } = heard;
      const sound = noise(12_000);
      const played = play(heard, cut(sound, 8), rate);
      for (const pauseMs of [0, 20, 60, 0, 90]) {
        const count = endedCount(heard);
        await until(() => endedCount(heard) > count);
        output.pause();
        if (pauseMs > 0) await sleep(pauseMs);
        output.resume();
      }
      await played;
      expect(difference(await heardSound(heard), sound)).toBe(0);
    });
  });

  test('a stop fades what sounds in its time, and what comes next is whole', async () => {
    const rate = 24_000;
    await withWebAudio(rate, async (heard) => {
      const { output } = heard;
      const sound = noise(5000);
      const dropped = Int16Array.from({ length: 2 * rate }, () => 16_384);
      void output.enqueue({ id: -1, sound: { samples: dropped, sampleRate: rate } });
      await until(() => heard.events.length > 1);
      output.stop();
      await play(heard, cut(sound, 9), rate);
      const [faded, next, ...rest] = await heardStretches(heard);
      expect(rest).toEqual([]);
      expect(difference(next, sound)).toBe(0);
      const ramp = faded!.filter((value) => value !== 0.5);
      expect(ramp.length).toBeGreaterThan(0.013 * rate);
      expect(ramp.length).toBeLessThan(0.017 * rate);
      for (const [index, value] of ramp.entries()) {
        const step = (ramp[index - 1] ?? 0.5) - value;
        expect(step).toBeGreaterThan(0);
        expect(step).toBeLessThan(0.005);
      }
    });
  });
});

const RATE = 24_000;

function tone(frequency: number, from: number, to: number): Int16Array {
  const step = (2 * Math.PI * frequency) / RATE;
  return Int16Array.from({ length: to - from }, (_, i) =>
    Math.round(12_000 * Math.sin(step * (from + i))),
  );
}

function clip(id: number, samples: Int16Array) {
  const bytes = writeWav({ samples, sampleRate: RATE });
  return { id, sound: { bytes, mediaType: 'audio/wav', durationSeconds: samples.length / RATE } };
}

async function withElements(
  listen: (
    heard: Heard & { context: AudioContext; output: ReturnType<typeof createElementOutput> },
  ) => Promise<void>,
): Promise<void> {
  const context = new AudioContext();
  const capture = await captureSound(context);
  const elements = [new Audio(), new Audio()] as const;
  for (const element of elements) context.createMediaElementSource(element).connect(capture.node);
  const output = createElementOutput({ elements });
  const events: AudioOutputEvent[] = [];
  output.subscribe((event) => events.push(event));
  try {
    await listen({ output, capture, events, context });
  } finally {
    await output.close();
    await context.close();
  }
}

function percentile(percent: number, values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil((values.length * percent) / 100) - 1]!;
}

function median(values: readonly number[]): number {
  return percentile(50, values);
}

describe('what a page hears of two audio elements', () => {
  test('joins of one sound in six files take 30 ms at most, and no file stays behind', async () => {
    const created = vi.spyOn(URL, 'createObjectURL');
    const revoked = vi.spyOn(URL, 'revokeObjectURL');
    await withElements(async (heard) => {
      const { output, capture, context } = heard;
      const length = 0.3 * RATE;
      created.mockClear();
      revoked.mockClear();
      for (let id = 0; id < 6; id++) {
        await output.enqueue(clip(id, tone(431, id * length, (id + 1) * length)));
      }
      await until(() => endedCount(heard) === 6);
      const gapSamples = 0.002 * context.sampleRate;
      const found = stretches(await capture.read(), { gapSamples, floor: 0.003 });
      const gapsMs = found
        .slice(1)
        .map(({ start }, index) => ((start - found[index]!.end) * 1000) / context.sampleRate);
      expect(gapsMs.length).toBeLessThanOrEqual(5);
      expect(median(gapsMs)).toBeLessThanOrEqual(30);
      const seconds =
        found.reduce((sum, { start, end }) => sum + end - start, 0) / context.sampleRate;
      expect(seconds).toBeGreaterThan(1.77);
      expect(seconds).toBeLessThan(1.83);
      expect(created.mock.calls).toHaveLength(6);
      expect(revoked.mock.calls).toHaveLength(6);
    });
  });

  test('positions tell what sounds, from the first sound on and through a change of rate', async () => {
    await withElements(async (heard) => {
      const { output, capture, context } = heard;
      const seconds = 2;
      // A ramp: how high it is says where in the file it is.
      const ramp = Int16Array.from({ length: seconds * RATE }, (_, i) =>
        Math.round(3000 + (24_000 * i) / (seconds * RATE)),
      );
      const nowMs = () => performance.timeOrigin + performance.now();
      let rate = 1;
      let expectedSeconds: (atMs: number) => number = () => Number.NaN;
      output.subscribe((event) => {
        if (event.type !== 'position' || !event.advancing) return;
        expectedSeconds = (atMs) => event.seconds + ((atMs - event.atMs) / 1000) * rate;
      });
      const looks: { atMs: number; openedAtMs: number; seconds: number; rate: number }[] = [];
      const timer = setInterval(() => {
        const atMs = nowMs();
        const openedAtMs = atMs - context.currentTime * 1000;
        looks.push({ atMs, openedAtMs, seconds: expectedSeconds(atMs), rate });
        if (rate === 1 && expectedSeconds(atMs) > 0.8) output.setRate((rate = 2));
      }, 4);
      await output.enqueue(clip(1, ramp));
      await until(() => endedCount(heard) === 1);
      clearInterval(timer);
      const sound = await capture.read();
      const errorsMs = looks.flatMap((look) => {
        // Where a context could not render in time, it catches up: its time is even only nearby.
        const near = looks.filter(({ atMs }) => Math.abs(atMs - look.atMs) < 100);
        const openedAtMs = median(near.map((one) => one.openedAtMs));
        const frame = Math.round(((look.atMs - openedAtMs) / 1000) * context.sampleRate);
        const height = (sound[frame] ?? 0) * 32_768;
        if (height < 3000 || Number.isNaN(look.seconds)) return [];
        const error = ((height - 3000) / 24_000) * seconds - look.seconds;
        return [(Math.abs(error) / look.rate) * 1000];
      });
      expect(errorsMs.length).toBeGreaterThan(200);
      expect(percentile(95, errorsMs)).toBeLessThan(30);
    });
  });

  test('at twice the speed the pitch stays', async () => {
    await withElements(async (heard) => {
      const { output, capture, context } = heard;
      output.setRate(2);
      await output.enqueue(clip(1, tone(431, 0, RATE)));
      await until(() => endedCount(heard) === 1);
      const sound = await capture.read();
      const [whole] = stretches(sound, { gapSamples: context.sampleRate, floor: 0.003 });
      const seconds = (whole!.end - whole!.start) / context.sampleRate;
      expect(seconds).toBeGreaterThan(0.4);
      expect(seconds).toBeLessThan(0.6);
      const margin = 0.1 * context.sampleRate;
      const middle = sound.subarray(whole!.start + margin, whole!.end - margin);
      let crossings = 0;
      for (let i = 1; i < middle.length; i++)
        if (middle[i - 1]! < 0 && middle[i]! >= 0) crossings++;
      const frequency = (crossings * context.sampleRate) / middle.length;
      expect(frequency).toBeGreaterThan(431 * 0.98);
      expect(frequency).toBeLessThan(431 * 1.02);
    });
  });
});
