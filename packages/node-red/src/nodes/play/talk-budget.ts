import type { Clock } from '../../kit/clock.ts';
import { KeptByNode } from '../../kit/kept-by-node.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** How much may be said a day. The day begins with the first word. */
export class TalkBudget {
  readonly #clock: Clock;
  #beganMs: number | undefined;
  #usedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns whether that much was left; it is taken then. What is left besides is given up, so that no means no. */
  take(durationMs: number, mostMs: number): boolean {
    const now = this.#clock.now();
    if (this.#beganMs === undefined || now - this.#beganMs >= DAY_MS) {
      this.#beganMs = now;
      this.#usedMs = 0;
    }
    const used = this.#usedMs + durationMs;
    this.#usedMs = Math.min(used, mostMs);
    return used <= mostMs;
  }
}

/** A deployment does not begin a new day. */
export const TALK_BUDGETS = new KeptByNode<TalkBudget>();
