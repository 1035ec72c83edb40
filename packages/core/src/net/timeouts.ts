import { TimeoutError } from '../errors.ts';
import type { TimeoutPhase } from '../errors.ts';
import type { Clock } from './clock.ts';

/** Limits in milliseconds. */
export type Timeouts = {
  /** Until a connection stands, TLS included; for a socket, until its handshake is answered. Default 10 s. */
  connectMs: number;
  /**
   * From the request to the first byte of the answer's body. Default 60 s, since a whole file is synthesised before it
   * is sent. Over a plain `fetch`, which does not tell when it has connected, this includes connecting. A request of more
   * than 1 MiB has the time on top that sending takes at 1 Mbit/s.
   */
  firstByteMs: number;
  /** Between two pieces of an answer, as long as the caller takes them. Default 30 s. */
  idleMs: number;
  /** For the whole answer, in place of all others, where the client is `buffered`. Default 120 s. */
  totalMs: number;
};

const DEFAULTS: Timeouts = {
  connectMs: 10_000,
  firstByteMs: 60_000,
  idleMs: 30_000,
  totalMs: 120_000,
};

/** @throws {RangeError} for a limit that is not above 0; `Infinity` waits forever. */
export function toTimeouts(options: Partial<Timeouts> = {}): Timeouts {
  const timeouts = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS) as (keyof Timeouts)[]) {
    const value = options[key];
    if (value === undefined) continue;
    if (!(value > 0)) throw new RangeError(`timeouts.${key} must be above 0 milliseconds.`);
    timeouts[key] = value;
  }
  return timeouts;
}

/** A request up to this size is sent within the ordinary limits. */
const ORDINARY_REQUEST_BYTES = 1024 * 1024;
/** The slowest way up that is waited for: 1 Mbit/s. */
const SLOWEST_BYTES_PER_MS = 125;

/** The limits for a request of so many bytes: time to send a large one comes on top of the time to answer it. */
export function withSendingTime(timeouts: Timeouts, bytes: number): Timeouts {
  const sendingMs = Math.ceil(Math.max(0, bytes - ORDINARY_REQUEST_BYTES) / SLOWEST_BYTES_PER_MS);
  if (sendingMs === 0) return timeouts;
  return {
    ...timeouts,
    firstByteMs: timeouts.firstByteMs + sendingMs,
    totalMs: timeouts.totalMs + sendingMs,
  };
}

const WHAT_FAILED: Record<TimeoutPhase, string> = {
  connect: 'No connection to the service',
  'first-byte': 'No answer from the service',
  idle: 'Nothing more from the service',
  total: 'No whole answer from the service',
};

/**
 * Watches one phase at a time. Activity is only noted, and the timer looks at the note when it fires: a stream of many
 * pieces costs no timer each.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #onTimeout: (error: TimeoutError) => void;
  readonly #requestId: () => string | undefined;
  #phase: TimeoutPhase = 'connect';
  #limitMs = Number.POSITIVE_INFINITY;
  #since = 0;
  #suspended = false;
  #cancel: (() => void) | undefined;

  constructor(
    clock: Clock,
    onTimeout: (error: TimeoutError) => void,
    requestId: () => string | undefined = () => undefined,
  ) {
    this.#clock = clock;
    this.#onTimeout = onTimeout;
    this.#requestId = requestId;
  }

  /** Begins a phase and ends the one before. */
  enter(phase: TimeoutPhase, limitMs: number): void {
    this.stop();
    this.#phase = phase;
    this.#limitMs = limitMs;
    this.#since = this.#clock.now();
    this.#arm(limitMs);
  }

  /** Something arrived. */
  touch(): void {
    this.#since = this.#clock.now();
  }

  /** The caller does not want more for now: the service's silence is no fault. */
  suspend(): void {
    this.#suspended = true;
  }

  resume(): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    this.touch();
    if (this.#cancel === undefined) this.#arm(this.#limitMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#limitMs = Number.POSITIVE_INFINITY;
  }

  #arm(delayMs: number): void {
    if (delayMs !== Number.POSITIVE_INFINITY) this.#cancel = this.#clock.after(delayMs, this.#look);
  }

  readonly #look = (): void => {
    this.#cancel = undefined;
    if (this.#suspended) return;
    const leftMs = this.#since + this.#limitMs - this.#clock.now();
    // A timer may fire a fraction of a millisecond early.
    if (leftMs >= 1) {
      this.#arm(leftMs);
      return;
    }
    const timeoutMs = this.#limitMs;
    const seconds = Math.round(timeoutMs / 100) / 10;
    this.#onTimeout(
      new TimeoutError(
        `${WHAT_FAILED[this.#phase]} within ${seconds} s. Try again, or raise the limit.`,
        {
          phase: this.#phase,
          timeoutMs,
          requestId: this.#requestId(),
        },
      ),
    );
  };
}
