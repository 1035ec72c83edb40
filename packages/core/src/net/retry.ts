import { TimeoutError } from '../errors.ts';
import type { StepAudioError } from '../errors.ts';

export type RetryOptions = {
  /** Attempts of one call, the first included. Default 3; 1 never tries again. */
  maxAttempts?: number | undefined;
  /** Upper bound of the first wait, doubled for each further one. Default 500 ms. */
  baseDelayMs?: number | undefined;
  /** Upper bound of any wait of our own. Default 8 s. */
  maxDelayMs?: number | undefined;
  /** Upper bound of a wait that the service asked for with `Retry-After`. Default 30 s. */
  maxRetryAfterMs?: number | undefined;
};

export type RetryPolicy = {
  maxAttempts: number;
  baseDelayMs: number;
  maxDelayMs: number;
  maxRetryAfterMs: number;
};

/**
 * @throws {RangeError} for attempts that are not a whole number of at least 1, or a negative delay.
 */
export function toRetryPolicy(options: RetryOptions | false = {}): RetryPolicy {
  const {
    maxAttempts = 3,
    baseDelayMs = 500,
    maxDelayMs = 8000,
    maxRetryAfterMs = 30_000,
  } = options === false ? { maxAttempts: 1 } : options;
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
    throw new RangeError('retry.maxAttempts must be a whole number of at least 1.');
  }
  for (const [name, value] of Object.entries({ baseDelayMs, maxDelayMs, maxRetryAfterMs })) {
    if (!(value >= 0)) throw new RangeError(`retry.${name} must be 0 or more milliseconds.`);
  }
  return { maxAttempts, baseDelayMs, maxDelayMs, maxRetryAfterMs };
}

/** Whether the same request may be sent again without asking the caller. */
export function isWorthRetrying(error: StepAudioError): boolean {
  if (!error.retryable) return false;
  // What is late is still coming, and paid for, unless not even its beginning was there.
  return (
    !(error instanceof TimeoutError) || error.phase === 'connect' || error.phase === 'first-byte'
  );
}

/**
 * How long to wait before the next attempt: what the service asked for, else anywhere between nothing and the doubled
 * bound ("full jitter", so that clients that failed together do not come back together).
 *
 * @param failures attempts that have failed so far, at least 1
 * @param random from 0 up to 1
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failures: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, policy.maxRetryAfterMs);
  return random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1));
}

/** Reads `Retry-After`: whole seconds or an HTTP date (RFC 9110 §10.2.3). `undefined` for anything else. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Date.parse takes far more than HTTP dates, which all begin with a weekday.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
