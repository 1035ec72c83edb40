import type { ClonedVoice } from './voice.ts';

/** One page of `GET /audio/voices`, as the service cut it. */
export type ClonedVoicePage = {
  voices: readonly ClonedVoice[];
  /** Whether the service says that there is more; `undefined` where it says nothing. */
  hasMore: boolean | undefined;
};

export type ClonedVoiceQuery = {
  limit?: number | undefined;
  order?: 'asc' | 'desc' | undefined;
  before?: string | undefined;
  after?: string | undefined;
};

export type ClonedVoiceIteratorParts = {
  loadPage(query: ClonedVoiceQuery, signal: AbortSignal): Promise<ClonedVoicePage>;
  pageSize: number;
  order: 'asc' | 'desc';
  signal: AbortSignal | undefined;
};

/**
 * All cloned voices of the account, one after the other, each once; a page is asked for when it is needed. It goes by the
 * voices that come and not by what the service says of its pages: which way `before` and `after` lead is not documented,
 * and an end is an end when nothing new comes.
 *
 * `return()` (which leaving a `for await` calls) and the signal end a request under way at once.
 */
export class ClonedVoiceIterator implements AsyncIterableIterator<ClonedVoice, undefined> {
  readonly #parts: ClonedVoiceIteratorParts;
  readonly #abort = new AbortController();
  readonly #seen = new Set<string>();
  readonly #ready: ClonedVoice[] = [];
  #cursor: string | undefined;
  #direction: 'after' | 'before' = 'after';
  #isMorePromised = false;
  #isAtEnd = false;
  #isStarted = false;
  #isClosed = false;
  /** Calls of `next()` are answered in their order. */
  #previous: Promise<unknown> = Promise.resolve();

  /** Made by `voices.clones()`. */
  constructor(parts: ClonedVoiceIteratorParts) {
    this.#parts = parts;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ClonedVoice, undefined>> {
    const result = this.#previous.then(() => this.#advance());
    this.#previous = result.catch(() => undefined);
    return result;
  }

  return(): Promise<IteratorResult<ClonedVoice, undefined>> {
    this.#close();
    return Promise.resolve({ value: undefined, done: true });
  }

  async #advance(): Promise<IteratorResult<ClonedVoice, undefined>> {
    if (!this.#isStarted) this.#start();
    while (!this.#isClosed) {
      const value = this.#ready.shift();
      if (value !== undefined) return { value, done: false };
      if (this.#isAtEnd) break;
      try {
        await this.#load();
      } catch (error) {
        if (this.#isClosed) break;
        this.#close();
        throw error;
      }
    }
    this.#close();
    return { value: undefined, done: true };
  }

  async #load(): Promise<void> {
    const { pageSize: limit, order } = this.#parts;
    const cursor = this.#cursor === undefined ? {} : { [this.#direction]: this.#cursor };
    const page = await this.#parts.loadPage({ limit, order, ...cursor }, this.#abort.signal);
    const fresh = page.voices.filter(({ id }) => !this.#seen.has(id));
    for (const voice of fresh) this.#take(voice);
    if (fresh.length === 0) {
      // More was promised, and is not there: the other cursor may lead to it.
      const mayLeadBack = this.#cursor !== undefined && this.#direction === 'after';
      if (mayLeadBack && this.#isMorePromised) this.#direction = 'before';
      else this.#isAtEnd = true;
      return;
    }
    this.#isMorePromised = page.hasMore === true;
    this.#cursor = page.voices.at(-1)?.id;
    // A full page that calls itself the last is not believed.
    this.#isAtEnd = page.hasMore !== true && page.voices.length < limit;
  }

  #take(voice: ClonedVoice): void {
    // A page may hold a voice twice.
    if (this.#seen.has(voice.id)) return;
    this.#seen.add(voice.id);
    this.#ready.push(voice);
  }

  #start(): void {
    this.#isStarted = true;
    const { signal } = this.#parts;
    if (signal?.aborted === true) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  #close(): void {
    this.#isClosed = true;
    this.#ready.length = 0;
    this.#parts.signal?.removeEventListener('abort', this.#onAbort);
    this.#abort.abort();
  }

  readonly #onAbort = (): void => this.#abort.abort(this.#parts.signal?.reason);
}
