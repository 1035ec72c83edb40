import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLimiter } from './limiter.ts';
import type { Limiter, LimiterSlot } from './limiter.ts';
import { ManualClock } from './testing/manual-clock.ts';

const MINUTE = 60_000;

/** Asks for slots in order and notes who got one, and when. */
function createCrowd(limiter: Limiter, clock: ManualClock) {
  const granted: { name: number; at: number; slot: LimiterSlot }[] = [];
  const start = clock.now();
  return {
    granted,
    ask(name: number, signal?: AbortSignal) {
      return limiter.acquire(signal).then(
        (slot) => void granted.push({ name, at: clock.now() - start, slot }),
        () => undefined,
      );
    },
    names: () => granted.map((entry) => entry.name),
  };
}

test('as many at once as are allowed, then first come, first served', async () => {
  const clock = new ManualClock();
  const crowd = createCrowd(createLimiter({ concurrency: 2, clock }), clock);
  for (const name of [1, 2, 3, 4]) void crowd.ask(name);
  await clock.advance(0);
  expect(crowd.names()).toEqual([1, 2]);
  crowd.granted[0]!.slot.release();
  await clock.advance(0);
  expect(crowd.names()).toEqual([1, 2, 3]);
});

test('a slot given back twice counts once', async () => {
  const clock = new ManualClock();
  const crowd = createCrowd(createLimiter({ concurrency: 1, clock }), clock);
  for (const name of [1, 2, 3]) void crowd.ask(name);
  await clock.advance(0);
  crowd.granted[0]!.slot.release();
  crowd.granted[0]!.slot.release();
  await clock.advance(0);
  expect(crowd.names()).toEqual([1, 2]);
});

test('so many a minute, counted over any sixty seconds', async () => {
  const clock = new ManualClock();
  const crowd = createCrowd(createLimiter({ requestsPerMinute: 2, clock }), clock);
  void crowd.ask(1);
  await clock.advance(50_000);
  for (const name of [2, 3, 4]) void crowd.ask(name);
  await clock.advance(2 * MINUTE);
  expect(crowd.granted.map(({ name, at }) => [name, at])).toEqual([
    [1, 0],
    [2, 50_000],
    [3, 60_000],
    [4, 110_000],
  ]);
  expect(clock.pending).toBe(0);
});

describe('giving up', () => {
  test('takes the one who waits out of the line and leaves no listener', async () => {
    const clock = new ManualClock();
    const limiter = createLimiter({ concurrency: 1, clock });
    const crowd = createCrowd(limiter, clock);
    void crowd.ask(1);
    const abort = new AbortController();
    const second = limiter.acquire(abort.signal);
    void crowd.ask(3);
    abort.abort('changed my mind');
    await expect(second).rejects.toBe('changed my mind');
    await clock.advance(0);
    crowd.granted[0]!.slot.release();
    await clock.advance(0);
    expect(crowd.names()).toEqual([1, 3]);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  test('before asking takes no slot', async () => {
    const limiter = createLimiter({ concurrency: 1, clock: new ManualClock() });
    await expect(limiter.acquire(AbortSignal.abort('no'))).rejects.toBe('no');
    const slot = await limiter.acquire();
    slot.release();
  });

  test('a granted slot leaves no listener', async () => {
    const abort = new AbortController();
    await createLimiter().acquire(abort.signal);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  test('the last one to wait leaves no timer', async () => {
    const clock = new ManualClock();
    const limiter = createLimiter({ requestsPerMinute: 1, clock });
    await limiter.acquire();
    const abort = new AbortController();
    const waiting = limiter.acquire(abort.signal);
    expect(clock.pending).toBe(1);
    abort.abort('no');
    await expect(waiting).rejects.toBe('no');
    expect(clock.pending).toBe(0);
  });
});

describe('a refusal', () => {
  test('stops all starts for as long as the service asked, a minute at most', async () => {
    const clock = new ManualClock();
    const limiter = createLimiter({ clock });
    const crowd = createCrowd(limiter, clock);
    (await limiter.acquire()).release({ rateLimited: true, retryAfterMs: 7000 });
    void crowd.ask(1);
    await clock.advance(6999);
    expect(crowd.names()).toEqual([]);
    await clock.advance(1);
    expect(crowd.names()).toEqual([1]);
    crowd.granted[0]!.slot.release({ rateLimited: true, retryAfterMs: 3_600_000 });
    void crowd.ask(2);
    await clock.advance(MINUTE);
    expect(crowd.names()).toEqual([1, 2]);
  });

  test('without a wish stops them for a second', async () => {
    const clock = new ManualClock();
    const limiter = createLimiter({ clock });
    const crowd = createCrowd(limiter, clock);
    (await limiter.acquire()).release({ rateLimited: true });
    void crowd.ask(1);
    await clock.advance(999);
    expect(crowd.names()).toEqual([]);
    await clock.advance(1);
    expect(crowd.names()).toEqual([1]);
  });

  test('among others in flight teaches how many are possible at once', async () => {
    const clock = new ManualClock();
    const limiter = createLimiter({ clock });
    const crowd = createCrowd(limiter, clock);
    for (const name of [1, 2, 3]) void crowd.ask(name);
    await clock.advance(0);
    expect(crowd.names()).toEqual([1, 2, 3]);
    crowd.granted[2]!.slot.release({ rateLimited: true, retryAfterMs: 10 });
    void crowd.ask(4);
    await clock.advance(1000);
    expect(crowd.names()).toEqual([1, 2, 3]);
    crowd.granted[0]!.slot.release();
    await clock.advance(0);
    expect(crowd.names()).toEqual([1, 2, 3, 4]);
  });

  test('alone in flight teaches how many a minute are possible', async () => {
    const clock = new ManualClock();
    const limiter = createLimiter({ clock });
    for (let index = 0; index < 12; index += 1) (await limiter.acquire()).release();
    (await limiter.acquire()).release({ rateLimited: true, retryAfterMs: 10 });
    const crowd = createCrowd(limiter, clock);
    void crowd.ask(14);
    await clock.advance(MINUTE - 1);
    expect(crowd.names()).toEqual([]);
    await clock.advance(1);
    expect(crowd.names()).toEqual([14]);
  });

  test('of a second request does not stop a program for a minute: no account is that small', async () => {
    const clock = new ManualClock();
    const limiter = createLimiter({ clock });
    (await limiter.acquire()).release();
    (await limiter.acquire()).release({ rateLimited: true, retryAfterMs: 10 });
    const crowd = createCrowd(limiter, clock);
    for (const name of [3, 4, 5, 6, 7, 8, 9, 10]) {
      void crowd.ask(name);
      await clock.advance(10);
      crowd.granted.at(-1)!.slot.release();
    }
    expect(crowd.names()).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('is forgotten bit by bit in quiet minutes', async () => {
    const clock = new ManualClock();
    const limiter = createLimiter({ clock, concurrency: 4 });
    const crowd = createCrowd(limiter, clock);
    for (const name of [1, 2]) void crowd.ask(name);
    await clock.advance(0);
    crowd.granted[1]!.slot.release({ rateLimited: true, retryAfterMs: 0 });
    crowd.granted[0]!.slot.release();
    await clock.advance(10 * MINUTE);
    for (const name of [3, 4, 5, 6, 7]) void crowd.ask(name);
    await clock.advance(0);
    expect(crowd.names()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

test('limits that make no sense are refused', () => {
  expect(() => createLimiter({ concurrency: 0 })).toThrow(/concurrency/);
  expect(() => createLimiter({ requestsPerMinute: 2.5 })).toThrow(/requestsPerMinute/);
});

test('never more at once nor a minute than allowed, in order, and everybody gets a turn', async () => {
  const work = fc.record({
    arrivesMs: fc.integer({ min: 0, max: 30_000 }),
    takesMs: fc.integer({ min: 0, max: 20_000 }),
    gaveUpMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(work, { maxLength: 25 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 6 }),
      async (jobs, concurrency, requestsPerMinute) => {
        const clock = new ManualClock();
        const limiter = createLimiter({ concurrency, requestsPerMinute, clock });
        const starts: { index: number; at: number }[] = [];
        let active = 0;
        let settled = 0;
        for (const [index, job] of jobs.entries()) {
          const abort = new AbortController();
          clock.after(job.arrivesMs, () => {
            limiter.acquire(abort.signal).then(
              (slot) => {
                active += 1;
                settled += 1;
                expect(active).toBeLessThanOrEqual(concurrency);
                starts.push({ index, at: clock.now() });
                clock.after(job.takesMs, () => {
                  active -= 1;
                  slot.release();
                });
              },
              () => void (settled += 1),
            );
          });
          if (job.gaveUpMs !== undefined) clock.after(job.gaveUpMs, () => abort.abort());
        }
        while (clock.pending > 0) await clock.advance(clock.nextInMs ?? 0);
        expect(settled).toBe(jobs.length);
        expect(active).toBe(0);
        const gaps = starts.slice(requestsPerMinute).map(({ at }, place) => at - starts[place]!.at);
        expect(Math.min(MINUTE, ...gaps)).toBe(MINUTE);
        const arrivals = starts.map(({ index }) => jobs[index]!.arrivesMs);
        expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
      },
    ),
    { numRuns: 60 },
  );
});
