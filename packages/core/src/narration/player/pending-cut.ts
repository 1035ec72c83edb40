import type { ReelUnit } from './reel-unit.ts';

/** A unit behind which nothing that is enqueued is to be heard. */
export class PendingCut {
  #unit: ReelUnit | undefined;

  get unit(): ReelUnit | undefined {
    return this.#unit;
  }

  /** Behind this one, and behind no other. */
  set(unit: ReelUnit): void {
    if (this.#unit === unit) return;
    this.clear();
    this.#unit = unit;
    unit.cutAtEnd();
  }

  clear(): void {
    this.#unit?.removeCut();
    this.#unit = undefined;
  }
}
