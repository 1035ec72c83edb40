import type { Voice } from '@stepvoice/core/node';
import type { VoiceList } from '../../kit/account-handle.ts';
import type { Clock } from '../../kit/clock.ts';

/** As long as a list counts as new. */
const FRESH_MS = 600_000;
/** As long as the first that asks waits for the service, before it gets the table. */
const PATIENCE_MS = 1000;
/** After a failure the service is left alone for as long, unless somebody wants to know. */
const PAUSE_MS = 30_000;

export type VoiceCacheOptions = {
  /** Asks the service. */
  load(): Promise<Voice[]>;
  /** What the library knows without asking. */
  fallback(): Promise<readonly Voice[]>;
  clock: Clock;
};

/** The list of voices, from memory and renewed behind: a dialog that opens does not wait for the service. */
export class VoiceCache {
  readonly #options: VoiceCacheOptions;
  #list: { voices: readonly Voice[]; fetchedAt: Date; atMs: number } | undefined;
  #loading: Promise<void> | undefined;
  #failure: { error: unknown; atMs: number } | undefined;
  /** Counts what made a list that is on its way obsolete. */
  #generation = 0;

  constructor(options: VoiceCacheOptions) {
    this.#options = options;
  }

  /** @throws with `refresh`, as the service answers; and the signal's reason */
  async read({
    refresh = false,
    signal,
  }: { refresh?: boolean; signal?: AbortSignal } = {}): Promise<VoiceList> {
    signal?.throwIfAborted();
    if (refresh) {
      await orAborted(this.#load(), signal);
    } else if (this.#isStale() && !this.#isPausing()) {
      const loading = this.#load().catch(() => undefined);
      if (this.#list === undefined) await orAborted(this.#atMost(loading), signal);
    }
    const problem = this.#failure?.error;
    if (this.#list === undefined) {
      const voices = await this.#options.fallback();
      return { voices, fetchedAt: undefined, isStale: true, problem };
    }
    const { voices, fetchedAt } = this.#list;
    return { voices, fetchedAt, isStale: this.#isStale(), problem };
  }

  /** Puts a voice in front. The service may take a while to list it. */
  add(voice: Voice): void {
    this.#generation += 1;
    this.#loading = undefined;
    if (this.#list === undefined) return;
    const others = this.#list.voices.filter(({ id }) => id !== voice.id);
    this.#list = { ...this.#list, voices: [voice, ...others] };
  }

  #isStale(): boolean {
    return this.#list === undefined || this.#options.clock.now() - this.#list.atMs >= FRESH_MS;
  }

  #isPausing(): boolean {
    return this.#failure !== undefined && this.#options.clock.now() - this.#failure.atMs < PAUSE_MS;
  }

  /** One request for all who ask at the same time. */
  #load(): Promise<void> {
    if (this.#loading !== undefined) return this.#loading;
    const generation = this.#generation;
    const { clock } = this.#options;
    const loading = this.#options.load().then(
      (voices) => {
        if (generation !== this.#generation) return;
        this.#loading = undefined;
        this.#list = { voices, fetchedAt: new Date(), atMs: clock.now() };
        this.#failure = undefined;
      },
      (error: unknown) => {
        if (generation === this.#generation) {
          this.#loading = undefined;
          this.#failure = { error, atMs: clock.now() };
        }
        throw error;
      },
    );
    this.#loading = loading;
    return loading;
  }

  #atMost(loading: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(PATIENCE_MS, resolve);
      void loading.then(() => {
        cancel();
        resolve();
      });
    });
  }
}

/** Whoever is no longer interested leaves; what they waited for goes on for the others. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
