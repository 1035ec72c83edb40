import type { Clock } from '../../net/clock.ts';
import type { SpokenPlace } from '../speech-unit.ts';
import type { PlayerListener } from './player-options.ts';
import { ReelUnit } from './reel-unit.ts';
import { UnitFeed } from './unit-feed.ts';
import type { UnitSupply, UtteranceSource } from './unit-supply.ts';

export type ReelOptions = {
  readonly supply: UnitSupply;
  readonly plan: UtteranceSource;
  readonly clock: Clock;
  readonly listener: Pick<PlayerListener, 'onSkipped' | 'onUnit'>;
  /** Somebody waits for the supply. */
  readonly onWait: () => void;
};

/** Nobody types on after such a pause in the middle of a word. */
const EDIT_SETTLES_MS = 1000;

/** What is to be enqueued next: units that were wound back, and then those of the supply from a place on. */
export class Reel {
  readonly #options: ReelOptions;
  #woundBack: readonly ReelUnit[] = [];
  #feed: UnitFeed | undefined;
  /** Where the supply begins once it is asked, or began. */
  #beginning: SpokenPlace;
  #isAtBeginning = true;
  #cancelOpening: (() => void) | undefined;

  constructor(options: ReelOptions, place: SpokenPlace) {
    this.#options = options;
    this.#beginning = place;
  }

  /** Those that were wound back. */
  get units(): readonly ReelUnit[] {
    return this.#woundBack;
  }

  /** Whether nothing comes any more. */
  get isOver(): boolean {
    return this.#woundBack.length === 0 && this.#feed?.isOver === true;
  }

  /** Why the supply broke off. */
  get failure(): { error: unknown } | undefined {
    return this.#feed?.failure;
  }

  /** Lets go of the supply. The next unit is one of these, or comes from the place on. */
  reset(place: SpokenPlace, units: readonly ReelUnit[] = []): void {
    this.#cancelOpening?.();
    this.#cancelOpening = undefined;
    this.#feed?.close();
    this.#feed = undefined;
    this.#beginning = place;
    this.#isAtBeginning = true;
    this.#woundBack = units;
  }

  /** These come next, and then the supply goes on where it is. */
  windBack(units: readonly ReelUnit[]): void {
    this.#woundBack = units;
  }

  /** Begins to fetch, unless it does already. */
  open(): UnitFeed {
    this.#cancelOpening?.();
    this.#cancelOpening = undefined;
    return (this.#feed ??= new UnitFeed(this.#options.supply, this.#beginning));
  }

  /** Somebody may be typing: what is not needed yet is fetched when the text has settled. */
  openWhenSettled(): void {
    if (this.#feed !== undefined) return;
    this.#cancelOpening?.();
    this.#cancelOpening = this.#options.clock.after(EDIT_SETTLES_MS, () => void this.open());
  }

  /** The next unit; `undefined` at the end, after a failure, and for somebody who is not wanted any more. */
  async next(isWanted: () => boolean): Promise<ReelUnit | undefined> {
    for (;;) {
      const [first, ...others] = this.#woundBack;
      if (first !== undefined) {
        this.#woundBack = others;
        return first;
      }
      const feed = this.open();
      if (!feed.isReady) this.#options.onWait();
      await feed.ready();
      if (!isWanted()) return undefined;
      if (feed !== this.#feed) continue;
      const item = feed.take();
      if (item === undefined) return undefined;
      if (item.type === 'unit') {
        const unit = new ReelUnit(item.unit, this.#options.plan);
        // A supply begins with the unit that holds the place.
        if (this.#isAtBeginning && unit.holds(this.#beginning)) unit.startAt(this.#beginning);
        this.#isAtBeginning = false;
        this.#options.listener.onUnit(item.unit.cached);
        return unit;
      }
      this.#isAtBeginning = false;
      this.#options.listener.onSkipped(item.utterance, item.error);
      if (!isWanted()) return undefined;
    }
  }
}
