import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';

/** How a request ended, as far as the account's limits are concerned. */
export type SlotOutcome = {
  /** The service answered 429. */
  rateLimited: boolean;
  /** How long it asked to wait. */
  retryAfterMs?: number | undefined;
};

export interface LimiterSlot {
  /** Gives the slot back. Only the first call counts. */
  release(outcome?: SlotOutcome): void;
}

/**
 * Decides when a request may start. One limiter stands for one account: share it among all clients of that account.
 * An implementation may share it among processes too.
 */
export interface Limiter {
  /** Resolves when a request may start, in the order of the calls. Rejects with `signal.reason` on abort. */
  acquire(signal?: AbortSignal): Promise<LimiterSlot>;
}

export type LimiterOptions = {
  /** Requests in flight at once. Default: no limit until the service refuses one. */
  concurrency?: number | undefined;
  /** Requests started within any 60 seconds. Default: no limit until the service refuses one. */
  requestsPerMinute?: number | undefined;
  clock?: Clock | undefined;
};

type Waiter = { grant: (slot: LimiterSlot) => void };

const MINUTE_MS = 60_000;
const DEFAULT_PAUSE_MS = 1000;
/** Of the service's smallest accounts. Other programs of the account may leave less, but not for long. */
const FEWEST_PER_MINUTE = 10;

/**
 * A {@link Limiter} within this process: first come, first served.
 *
 * It learns from refusals. The service does not say which limit a 429 is about, but with nothing else in flight it
 * can only be the one per minute (no account has fewer than 10), and otherwise fewer at once is the cheaper guess. Nothing starts for as long as the
 * service asked (a minute at most; 1 s where it did not say), and every quiet minute gives a part of what was learned
 * back, up to the options' own limits.
 *
 * @throws {RangeError} for a limit that is not at least 1.
 */
export function createLimiter(options: LimiterOptions = {}): Limiter {
  return new ProcessLimiter(options);
}

class ProcessLimiter implements Limiter {
  readonly #clock: Clock;
  readonly #mostAtOnce: number;
  readonly #mostPerMinute: number;
  #atOnce: number;
  #perMinute: number;
  #active = 0;
  /** Times of the starts within the last minute, oldest first. */
  #starts: number[] = [];
  readonly #waiting: Waiter[] = [];
  #closedUntil = 0;
  #lastRefusal = Number.NEGATIVE_INFINITY;
  #lastRelief = 0;
  #cancelTimer: (() => void) | undefined;

  constructor({ concurrency, requestsPerMinute, clock = systemClock }: LimiterOptions) {
    this.#clock = clock;
    this.#mostAtOnce = this.#atOnce = limit('concurrency', concurrency);
    this.#mostPerMinute = this.#perMinute = limit('requestsPerMinute', requestsPerMinute);
  }

  acquire(signal?: AbortSignal): Promise<LimiterSlot> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal?.reason);
        this.#admit();
      };
      const waiter: Waiter = {
        grant: (slot) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(slot);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
      this.#admit();
    });
  }

  #admit(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#relax();
    while (this.#waiting.length > 0 && this.#active < this.#atOnce) {
      const waitMs = this.#waitMs();
      if (waitMs > 0) {
        this.#cancelTimer = this.#clock.after(waitMs, () => this.#admit());
        return;
      }
      this.#active += 1;
      this.#starts.push(this.#clock.now());
      this.#waiting.shift()?.grant(this.#slot());
    }
  }

  #forgetOldStarts(now: number): void {
    let old = 0;
    while ((this.#starts[old] ?? Number.POSITIVE_INFINITY) <= now - MINUTE_MS) old += 1;
    if (old > 0) this.#starts = this.#starts.slice(old);
  }

  #waitMs(): number {
    const now = this.#clock.now();
    this.#forgetOldStarts(now);
    const blocking = this.#starts[this.#starts.length - this.#perMinute];
    const untilFree = blocking === undefined ? 0 : blocking + MINUTE_MS - now;
    return Math.max(untilFree, this.#closedUntil - now);
  }

  #slot(): LimiterSlot {
    let held = true;
    return {
      release: (outcome) => {
        if (!held) return;
        held = false;
        this.#active -= 1;
        if (outcome?.rateLimited === true) this.#learn(outcome.retryAfterMs);
        this.#admit();
      },
    };
  }

  #learn(retryAfterMs: number | undefined): void {
    const now = this.#clock.now();
    this.#forgetOldStarts(now);
    // The others were in flight when this one was refused: that many are possible.
    if (this.#active > 0) this.#atOnce = Math.min(this.#atOnce, this.#active);
    else {
      const possible = Math.max(FEWEST_PER_MINUTE, this.#starts.length - 1);
      this.#perMinute = Math.min(this.#perMinute, possible);
    }
    const pauseMs = Math.min(retryAfterMs ?? DEFAULT_PAUSE_MS, MINUTE_MS);
    this.#closedUntil = Math.max(this.#closedUntil, now + pauseMs);
    this.#lastRefusal = this.#lastRelief = now;
  }

  #relax(): void {
    const now = this.#clock.now();
    if (now - this.#lastRefusal < MINUTE_MS) return;
    for (; now - this.#lastRelief >= MINUTE_MS; this.#lastRelief += MINUTE_MS) {
      if (this.#atOnce >= this.#mostAtOnce && this.#perMinute >= this.#mostPerMinute) {
        this.#lastRelief = now;
        return;
      }
      this.#atOnce = Math.min(this.#mostAtOnce, Math.ceil(this.#atOnce * 1.25));
      this.#perMinute = Math.min(this.#mostPerMinute, Math.ceil(this.#perMinute * 1.25));
    }
  }
}

function limit(name: string, value: number | undefined): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} must be a whole number of at least 1, or left out.`);
}
