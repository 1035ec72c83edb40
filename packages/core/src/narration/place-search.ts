import type { Clock } from '../net/clock.ts';
import type { NarrationPosition } from './narration-position.ts';
import { planAhead } from './plan-ahead.ts';
import type { NarrationPlan } from './plan.ts';

type Search = { readonly cancel: () => void; readonly position: NarrationPosition | undefined };

/** Looks for one place at a time in a plan that has yet to reach it. */
export class PlaceSearch {
  readonly #plan: NarrationPlan;
  readonly #clock: Clock;
  #search: Search | undefined;

  constructor(plan: NarrationPlan, clock: Clock) {
    this.#plan = plan;
    this.#clock = clock;
  }

  /** Where it goes as soon as it is found. */
  get position(): NarrationPosition | undefined {
    return this.#search?.position;
  }

  /**
   * Calls back when it is found, or all is planned; at once where it is near. False if it takes longer.
   *
   * @param position the place, where there is one to be told meanwhile
   */
  start(isFound: () => boolean, onFound: () => void, position?: NarrationPosition): boolean {
    this.cancel();
    const cancel = planAhead(this.#plan, this.#clock, isFound, () => {
      this.#search = undefined;
      onFound();
    });
    if (cancel === undefined) return true;
    this.#search = { cancel, position };
    return false;
  }

  cancel(): void {
    this.#search?.cancel();
    this.#search = undefined;
  }
}
