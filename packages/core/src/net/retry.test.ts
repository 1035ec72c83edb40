import { describe, expect, test } from 'vitest';
import {
  AuthenticationError,
  ConnectionError,
  ModerationError,
  RateLimitError,
  ServiceError,
  TimeoutError,
} from '../errors.ts';
import { isWorthRetrying, parseRetryAfter, retryDelayMs, toRetryPolicy } from './retry.ts';

const now = Date.parse('2026-11-20T12:00:00Z');

test.each([
  ['0', 0],
  ['7', 7000],
  [' 2 ', 2000],
  ['1.5', 1500],
  ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
  ['Friday, 20-Nov-26 12:00:30 GMT', 30_000],
  ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
  ['-3', undefined],
  ['soon', undefined],
  ['2026-11-20', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After: %s is %s ms', (value, expected) => {
  expect(parseRetryAfter(value, now)).toBe(expected);
});

describe('the wait', () => {
  const policy = toRetryPolicy({ baseDelayMs: 100, maxDelayMs: 1000, maxRetryAfterMs: 5000 });

  test('is anywhere below a bound that doubles, up to the longest', () => {
    const longest = [1, 2, 3, 4, 5, 6].map((failures) =>
      retryDelayMs(policy, failures, undefined, () => 1),
    );
    expect(longest).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(retryDelayMs(policy, 3, undefined, () => 0.25)).toBe(100);
    expect(retryDelayMs(policy, 3, undefined, () => 0)).toBe(0);
  });

  test('is what the service asked for, up to a bound', () => {
    expect(retryDelayMs(policy, 1, 3000, () => 1)).toBe(3000);
    expect(retryDelayMs(policy, 1, 86_400_000, () => 1)).toBe(5000);
    expect(retryDelayMs(policy, 1, 0, () => 1)).toBe(0);
  });
});

test.each([
  [new RateLimitError('429', { code: 'rate_limited' }), true],
  [new ServiceError('503', { code: 'x', retryable: true }), true],
  [new ConnectionError('reset', { code: 'connection_failed' }), true],
  [new TimeoutError('', { phase: 'connect', timeoutMs: 1 }), true],
  [new TimeoutError('', { phase: 'first-byte', timeoutMs: 1 }), true],
  [new TimeoutError('', { phase: 'idle', timeoutMs: 1 }), false],
  [new TimeoutError('', { phase: 'total', timeoutMs: 1 }), false],
  [new ServiceError('400', { code: 'request_params_invalid' }), false],
  [new AuthenticationError('401', { code: 'invalid_api_key' }), false],
  [new ModerationError('451', { code: 'censorship_block' }), false],
])('%s is tried again: %s', (error, expected) => {
  expect(isWorthRetrying(error)).toBe(expected);
});

test('a policy that makes no sense is refused', () => {
  expect(() => toRetryPolicy({ maxAttempts: 0 })).toThrow(/maxAttempts/);
  expect(() => toRetryPolicy({ maxAttempts: 1.5 })).toThrow(RangeError);
  expect(() => toRetryPolicy({ baseDelayMs: -1 })).toThrow(/baseDelayMs/);
  expect(() => toRetryPolicy({ maxRetryAfterMs: Number.NaN })).toThrow(/maxRetryAfterMs/);
  expect(toRetryPolicy(false).maxAttempts).toBe(1);
});
