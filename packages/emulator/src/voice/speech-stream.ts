import type { SpeechChunk } from './speech-engine.ts';

type Source = {
  signal: AbortSignal | undefined;
  /** Asks for one more chunk. */
  request(): void;
  /** Somebody begins, or ceases, to wait for a chunk. */
  waiting(isWaiting: boolean): void;
  /** Nobody will ask again. */
  end(): void;
};

/** Chunks asked for ahead of the listener, so that one is made while the other is sent. */
const ahead = 2;

/**
 * Chunks on their way from the thread that speaks to one listener. Never more than `ahead` of them exist: a listener who takes his time
 * slows the speaker. `return()` and the signal settle a pending `next()` at once.
 */
export class SpeechStream implements AsyncIterableIterator<SpeechChunk> {
  readonly #source: Source;
  readonly #chunks: SpeechChunk[] = [];
  readonly #waiters: PromiseWithResolvers<IteratorResult<SpeechChunk>>[] = [];
  #requested = 0;
  /** Set once the end is known: what a listener meets after the last chunk. */
  #end: { error?: unknown } | undefined;

  constructor(source: Source) {
    this.#source = source;
    source.signal?.addEventListener('abort', this.#abort, { once: true });
    if (source.signal?.aborted) this.#abort();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<SpeechChunk>> {
    const chunk = this.#chunks.shift();
    if (chunk) {
      this.#requested--;
      this.#refill();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#end) return this.#settleEnd();
    const waiter = Promise.withResolvers<IteratorResult<SpeechChunk>>();
    this.#waiters.push(waiter);
    this.#source.waiting(true);
    this.#refill();
    return waiter.promise;
  }

  /** Ends the utterance; chunks that were ready are dropped. */
  return(): Promise<IteratorResult<SpeechChunk>> {
    this.#stop({});
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Takes the next chunk of the speaker. */
  push(chunk: SpeechChunk): void {
    if (this.#end) return;
    const waiter = this.#waiters.shift();
    if (!waiter) {
      this.#chunks.push(chunk);
      return;
    }
    this.#source.waiting(false);
    waiter.resolve({ done: false, value: chunk });
    this.#requested--;
    this.#refill();
  }

  /** The speaker has said everything. */
  finish(): void {
    this.#conclude({});
  }

  /** The speaker cannot go on. */
  fail(error: unknown): void {
    this.#conclude({ error });
  }

  readonly #abort = (): void => {
    this.#stop({ error: this.#source.signal?.reason });
  };

  #stop(end: { error?: unknown }): void {
    this.#chunks.length = 0;
    this.#conclude(end);
  }

  #conclude(end: { error?: unknown }): void {
    if (this.#end) return;
    this.#end = end;
    this.#source.signal?.removeEventListener('abort', this.#abort);
    this.#source.end();
    for (const waiter of this.#waiters.splice(0)) {
      this.#source.waiting(false);
      this.#settleEnd().then(waiter.resolve, waiter.reject);
    }
  }

  /** The error is thrown once; afterwards the stream is simply over, as a generator is. */
  #settleEnd(): Promise<IteratorResult<SpeechChunk>> {
    const end = this.#end!;
    this.#end = {};
    if ('error' in end) return Promise.reject(end.error);
    return Promise.resolve({ done: true, value: undefined });
  }

  #refill(): void {
    while (!this.#end && this.#requested < ahead) {
      this.#requested++;
      try {
        this.#source.request();
      } catch (error) {
        this.fail(error);
      }
    }
  }
}
