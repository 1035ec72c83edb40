export type Fed = { kind: 'text'; text: string } | { kind: 'end' } | { kind: 'quiet' };

/**
 * Text that arrives over time, one piece after the other. Waiting for a piece can be given up and taken up again later
 * without losing it, which iterating alone cannot.
 */
export class TextFeed {
  readonly #pieces: AsyncIterator<string>;
  #pending: Promise<IteratorResult<string>> | undefined;

  constructor(pieces: AsyncIterable<string>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /**
   * The next piece; `quiet` when none has come for `quietMs`. Rejects with the signal's reason, and with the source's
   * own failure.
   */
  async next(signal: AbortSignal, quietMs = Number.POSITIVE_INFINITY): Promise<Fed> {
    signal.throwIfAborted();
    this.#pending ??= this.#pieces.next();
    const { promise: interrupted, resolve, reject } = Promise.withResolvers<Fed>();
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    const timer = Number.isFinite(quietMs)
      ? setTimeout(() => resolve({ kind: 'quiet' }), quietMs)
      : undefined;
    try {
      const fed = await Promise.race([toFed(this.#pending), interrupted]);
      if (fed.kind === 'text') this.#pending = undefined;
      return fed;
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    }
  }
}

async function toFed(pending: Promise<IteratorResult<string>>): Promise<Fed> {
  const result = await pending;
  return result.done ? { kind: 'end' } : { kind: 'text', text: result.value };
}
