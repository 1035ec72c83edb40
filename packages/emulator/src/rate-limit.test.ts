import { expect, test } from 'vitest';
import { createManualClock } from './clock.ts';
import { RATE_LIMIT_TIERS, RateLimiter } from './rate-limit.ts';

test('lets only so many requests in at once', () => {
  const limiter = new RateLimiter({ concurrency: 2, requestsPerMinute: 100 }, createManualClock());
  const leave = limiter.enter();
  expect(limiter.enter()).toBeTypeOf('function');
  expect(limiter.enter()).toBe('concurrency');
  if (typeof leave === 'function') leave();
  expect(limiter.enter()).toBeTypeOf('function');
});

test('lets only so many requests begin within any minute, and refusals do not count', () => {
  const clock = createManualClock();
  const limiter = new RateLimiter({ concurrency: 100, requestsPerMinute: 3 }, clock);
  const enter = (): unknown => {
    const entered = limiter.enter();
    if (typeof entered === 'function') entered();
    return typeof entered === 'function' ? 'in' : entered;
  };
  expect([enter(), enter()]).toEqual(['in', 'in']);
  clock.advance(59_000);
  expect([enter(), enter(), enter()]).toEqual(['in', 'requests-per-minute', 'requests-per-minute']);
  clock.advance(999);
  expect(enter()).toBe('requests-per-minute');
  clock.advance(1);
  expect([enter(), enter(), enter()]).toEqual(['in', 'in', 'requests-per-minute']);
  clock.advance(59_000);
  expect([enter(), enter()]).toEqual(['in', 'requests-per-minute']);
});

test('keeps count over many minutes', () => {
  const clock = createManualClock();
  const limiter = new RateLimiter({ concurrency: 5, requestsPerMinute: 60 }, clock);
  let entered = 0;
  for (let half = 0; half < 10_000; half += 1) {
    const leave = limiter.enter();
    if (typeof leave === 'function') {
      entered += 1;
      leave();
    }
    clock.advance(500);
  }
  // One a second may begin, two a second ask: half of them get in, and the first minute's 60 at once.
  expect(entered).toBe(5000 + 20);
});

test('has the tiers of both hosts', () => {
  expect(RATE_LIMIT_TIERS.cn.V0).toEqual({ concurrency: 5, requestsPerMinute: 10 });
  expect(RATE_LIMIT_TIERS.intl.V0).toEqual({ concurrency: 5, requestsPerMinute: 100 });
  expect(RATE_LIMIT_TIERS.intl.V5).toBeUndefined();
});
