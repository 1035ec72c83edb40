import type { Clock } from '../../kit/clock.ts';

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

/** By the runtime and the node, since a deployment does not begin a new day. */
const budgets = new WeakMap<object, Map<string, TalkBudget>>();

export function talkBudget(runtime: object, nodeId: string, clock: Clock): TalkBudget {
  const ofRuntime = budgets.get(runtime) ?? new Map<string, TalkBudget>();
  budgets.set(runtime, ofRuntime);
  const budget = ofRuntime.get(nodeId) ?? new TalkBudget(clock);
  ofRuntime.set(nodeId, budget);
  return budget;
}

/** The node is gone for good. */
export function forgetTalkBudget(runtime: object, nodeId: string): void {
  budgets.get(runtime)?.delete(nodeId);
}
