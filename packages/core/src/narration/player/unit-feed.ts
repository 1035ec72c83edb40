import type { FetchedSpeech } from '../fetcher.ts';
import type { SpokenPlace } from '../speech-unit.ts';
import type { UnitSupply } from './unit-supply.ts';

/**
 * Reads a supply one item ahead. Waiting and taking are two steps, so that somebody who waited in vain, because the
 * player went elsewhere, takes nothing away from those who come after.
 */
export class UnitFeed {
  readonly #controller = new AbortController();
  readonly #open: () => AsyncIterator<FetchedSpeech, undefined>;
  #items: AsyncIterator<FetchedSpeech, undefined> | undefined;
  #next: { item: FetchedSpeech | undefined } | undefined;
  #reading: Promise<void> | undefined;
  /** Those who wait when it is closed need not wait for the supply to let go. */
  readonly #closed = Promise.withResolvers<void>();
  #error: unknown;
  #failed = false;

  /** Begins to fetch at once. */
  constructor(supply: UnitSupply, place: SpokenPlace) {
    this.#open = () => supply.from(place, this.#controller.signal)[Symbol.asyncIterator]();
    void this.ready();
  }

  get isReady(): boolean {
    return this.#next !== undefined;
  }

  /** Whether there is nothing more to take, and never will be. */
  get isOver(): boolean {
    return this.#next !== undefined && this.#next.item === undefined;
  }

  /** Why the supply broke off. */
  get failure(): { error: unknown } | undefined {
    return this.#failed ? { error: this.#error } : undefined;
  }

  /** Settles when there is something to take, and when it is closed. Never rejects. */
  ready(): Promise<void> {
    if (this.#next !== undefined || this.#controller.signal.aborted) return Promise.resolve();
    this.#reading ??= Promise.race([this.#read(), this.#closed.promise]);
    return this.#reading;
  }

  /** `undefined` at the end, and after a failure. */
  take(): FetchedSpeech | undefined {
    const item = this.#next?.item;
    if (item === undefined) return undefined;
    this.#next = undefined;
    this.#reading = undefined;
    void this.ready();
    return item;
  }

  close(): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort();
    this.#closed.resolve();
    // What a supply has to say while it is put away concerns nobody any more.
    void this.#items?.return?.().catch(() => undefined);
  }

  async #read(): Promise<void> {
    try {
      this.#items ??= this.#open();
      const { done, value } = await this.#items.next();
      this.#next = { item: done === true ? undefined : value };
    } catch (error) {
      this.#failed = true;
      this.#error = error;
      this.#next = { item: undefined };
    }
  }
}
