import type { Clock } from '../net/clock.ts';

/** The service may take a little longer than its limit to close; a connection that broke does not close at all. */
const GRACE_MS = 60_000;

export type SessionClockOptions = {
  clock: Clock;
  maxMs: number;
  warnBeforeMs: number;
  onEnding: (remainingMs: number) => void;
  onExpired: () => void;
  /** Long after that, and the service has still not closed. */
  onOverdue: () => void;
};

/**
 * How long a session may last. Timers only wake it: what counts is the time that has passed, so that a machine that slept
 * through an alarm finds out what it missed, in order.
 */
export class SessionClock {
  readonly #options: SessionClockOptions;
  #startedAt: number;
  #stage = 0;
  #stopTimer: (() => void) | undefined;

  constructor(options: SessionClockOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#arm();
  }

  get remainingMs(): number {
    const left = this.#startedAt + this.#options.maxMs - this.#options.clock.now();
    return Math.max(0, Math.round(left));
  }

  /** Another session began. */
  restart(): void {
    this.stop();
    this.#startedAt = this.#options.clock.now();
    this.#stage = 0;
    this.#arm();
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  get #dueAfterMs(): number | undefined {
    const { maxMs, warnBeforeMs } = this.#options;
    return [maxMs - warnBeforeMs, maxMs, maxMs + GRACE_MS][this.#stage];
  }

  #arm(): void {
    const dueMs = this.#dueAfterMs;
    if (dueMs === undefined || dueMs === Number.POSITIVE_INFINITY) return;
    const { clock } = this.#options;
    this.#stopTimer = clock.after(this.#startedAt + dueMs - clock.now(), this.#look);
  }

  readonly #look = (): void => {
    this.#stopTimer = undefined;
    const passedMs = this.#options.clock.now() - this.#startedAt;
    // A timer may fire a fraction of a millisecond early, or long before for delays beyond what a platform can count.
    if (this.#dueAfterMs !== undefined && passedMs + 1 < this.#dueAfterMs) {
      this.#arm();
      return;
    }
    const stage = this.#stage;
    this.#stage += 1;
    this.#arm();
    const { onEnding, onExpired, onOverdue } = this.#options;
    if (stage === 0) onEnding(this.remainingMs);
    else if (stage === 1) onExpired();
    else onOverdue();
  };
}
