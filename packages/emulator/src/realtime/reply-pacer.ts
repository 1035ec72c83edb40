import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Pace } from './realtime-habits.ts';

/** So far the sound of a reply is ahead of its playback, that a player does not run dry between two deltas. */
const LEAD_MS = 200;

/** Holds the sound of one reply back until it is about to be played. */
export class ReplyPacer {
  readonly #clock: Clock;
  readonly #pace: Pace;
  #startedAtMs: number | undefined;
  #sentMs = 0;

  constructor(clock: Clock, pace: Pace) {
    this.#clock = clock;
    this.#pace = pace;
  }

  /** Settles when the next sound may be sent, which lasts so long. @throws the signal's reason. */
  async wait(durationMs: number, signal: AbortSignal): Promise<void> {
    if (this.#pace === 'fast') return;
    this.#startedAtMs ??= this.#clock.now();
    const dueMs = this.#startedAtMs + this.#sentMs - LEAD_MS;
    this.#sentMs += durationMs;
    const delayMs = dueMs - this.#clock.now();
    if (delayMs > 0) await sleep(this.#clock, delayMs, signal);
  }
}
