import type { Clock } from '../../net/clock.ts';

/** A shorter silence is a pause in speech. */
const STARVED_AFTER_MS = 30;

/** Notices when the output has had nothing to play for longer than a voice takes a breath. */
export class Starvation {
  readonly #clock: Clock;
  readonly #onStarved: () => void;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, onStarved: () => void) {
    this.#clock = clock;
    this.#onStarved = onStarved;
  }

  /** The output has run dry. */
  begin(): void {
    this.#cancel ??= this.#clock.after(STARVED_AFTER_MS, () => {
      this.#cancel = undefined;
      this.#onStarved();
    });
  }

  /** It has something again, or nothing is wanted. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
