import type { Clock } from './clock.ts';

/** The limits of one account. */
export type RateLimit = {
  /** Requests and sockets at once. */
  concurrency: number;
  /** Requests and sockets begun within any 60 seconds. */
  requestsPerMinute: number;
};

export type RateLimitTier = 'V0' | 'V1' | 'V2' | 'V3' | 'V4' | 'V5';
export type Region = 'cn' | 'intl';

/** The service's published tiers of both hosts (June and October 2026); the international one has no V5. */
export const RATE_LIMIT_TIERS: Readonly<
  Record<Region, Readonly<Partial<Record<RateLimitTier, RateLimit>>>>
> = {
  cn: {
    V0: { concurrency: 5, requestsPerMinute: 10 },
    V1: { concurrency: 100, requestsPerMinute: 1000 },
    V2: { concurrency: 200, requestsPerMinute: 5000 },
    V3: { concurrency: 400, requestsPerMinute: 10_000 },
    V4: { concurrency: 1000, requestsPerMinute: 20_000 },
    V5: { concurrency: 10_000, requestsPerMinute: 200_000 },
  },
  intl: {
    V0: { concurrency: 5, requestsPerMinute: 100 },
    V1: { concurrency: 20, requestsPerMinute: 400 },
    V2: { concurrency: 30, requestsPerMinute: 600 },
    V3: { concurrency: 40, requestsPerMinute: 800 },
    V4: { concurrency: 130, requestsPerMinute: 2600 },
  },
};

const MINUTE_MS = 60_000;

/** Holds an account to its limits. A request that is refused does not count. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #clock: Clock;
  /** Times of the starts within the last minute, oldest first, from `#oldest` on. */
  #starts: number[] = [];
  #oldest = 0;
  #active = 0;

  constructor(limit: RateLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Lets a request in and answers its exit, to be called once; or names the limit that keeps it out. */
  enter(): (() => void) | 'concurrency' | 'requests-per-minute' {
    if (this.#active >= this.#limit.concurrency) return 'concurrency';
    const now = this.#clock.now();
    while ((this.#starts[this.#oldest] ?? Infinity) <= now - MINUTE_MS) this.#oldest += 1;
    if (this.#oldest > 1024) {
      this.#starts = this.#starts.slice(this.#oldest);
      this.#oldest = 0;
    }
    if (this.#starts.length - this.#oldest >= this.#limit.requestsPerMinute) {
      return 'requests-per-minute';
    }
    this.#starts.push(now);
    this.#active += 1;
    return () => {
      this.#active -= 1;
    };
  }
}
