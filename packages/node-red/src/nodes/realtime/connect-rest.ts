import type { Clock } from '../../kit/clock.ts';

/** Sound goes on coming after a connection failed: it asks for another one no more often than this. */
const REST_MS = 5000;
/** As long as the library itself waits where the service asks for it. */
const LONGEST_REST_MS = 30_000;

/** The pause after a connection has failed, in which sound does not try again. Who writes or commands may. */
export class ConnectRest {
  readonly #clock: Clock;
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOn(): boolean {
    return this.#clock.now() < this.#untilMs;
  }

  /** @param error why it failed: a service that is asked too often says for how long not to ask */
  begin(error: unknown): void {
    const restMs = Math.min(Math.max(REST_MS, retryAfterMsOf(error)), LONGEST_REST_MS);
    this.#untilMs = this.#clock.now() + restMs;
  }

  end(): void {
    this.#untilMs = Number.NEGATIVE_INFINITY;
  }
}

/** 0 where it does not say. */
export function retryAfterMsOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('retryAfterMs' in error)) return 0;
  return typeof error.retryAfterMs === 'number' ? error.retryAfterMs : 0;
}
