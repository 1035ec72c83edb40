import type { Clock } from '../../kit/clock.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import { KeptByNode } from '../../kit/kept-by-node.ts';

const DAY_MS = 86_400_000;

/** How many voices a node may still clone: a flow that runs in a circle should not spend a fortune. */
export class CloneBudget {
  readonly #clock: Clock;
  /** When the clones of the last 24 hours were asked for, oldest first. */
  readonly #takenMs: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * One clone is about to be asked for.
   *
   * @param perDay how many may be asked for within 24 hours
   * @returns undoes it, for one that was not made
   * @throws {LocalizedError} `clone_limit`
   */
  take(perDay: number): () => void {
    const now = this.#clock.now();
    while ((this.#takenMs[0] ?? now) <= now - DAY_MS) this.#takenMs.shift();
    if (this.#takenMs.length >= perDay) throw cloneLimit(perDay);
    this.#takenMs.push(now);
    let isGivenBack = false;
    return () => {
      const at = isGivenBack ? -1 : this.#takenMs.indexOf(now);
      isGivenBack = true;
      if (at >= 0) this.#takenMs.splice(at, 1);
    };
  }
}

/** A deployment does not begin a new day. */
export const CLONE_BUDGETS = new KeptByNode<CloneBudget>();

function cloneLimit(limit: number): LocalizedError {
  return new LocalizedError(
    'clone_limit',
    {
      en: `${limit} voices were cloned within 24 hours, which is as many as this node may. Raise its limit, or wait.`,
      zh: `24 小时内已克隆 ${limit} 个音色，达到此节点的上限。请提高上限或稍后再试。`,
    },
    { badge: 'rateLimited' },
  );
}
