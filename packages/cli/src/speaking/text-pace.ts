/** Nothing came for so long: a sentence may be longer than what was sent of it, and nothing is spoken before its end. */
const PATIENCE_MS = 1500;

/**
 * Decides when the next piece of text may leave for somebody who listens: when what left before is nearly spoken. Text
 * that is still unspoken when the user has heard enough would be paid for all the same.
 */
export class TextPace {
  readonly #mostUnspoken: number;
  #unspoken = 0;
  #lastSign = Number.NEGATIVE_INFINITY;
  #wake = Promise.withResolvers<void>();

  /** @param mostUnspoken in UTF-16 units, without white space */
  constructor(mostUnspoken: number) {
    this.#mostUnspoken = mostUnspoken;
  }

  /** Text has left. */
  sent(text: string): void {
    this.#unspoken += lengthOf(text);
    this.#lastSign = performance.now();
  }

  /** The service has begun to say, or goes on. */
  heard(): void {
    this.#lastSign = performance.now();
  }

  /** The service has said a sentence to its end. */
  spoken(sentence: string): void {
    this.#unspoken = Math.max(0, this.#unspoken - lengthOf(sentence));
    this.#lastSign = performance.now();
    this.#wake.resolve();
  }

  /** Settles when the next piece may leave. */
  async next(signal: AbortSignal): Promise<void> {
    const abort = (): void => this.#wake.resolve();
    signal.addEventListener('abort', abort);
    try {
      for (;;) {
        signal.throwIfAborted();
        const quietMs = performance.now() - this.#lastSign;
        if (this.#unspoken < this.#mostUnspoken) return;
        if (quietMs >= PATIENCE_MS) {
          // What the service said differs from what it was sent: numbers are words then, and much is left out.
          this.#unspoken = 0;
          return;
        }
        this.#wake = Promise.withResolvers();
        const timer = setTimeout(this.#wake.resolve, PATIENCE_MS - quietMs);
        await this.#wake.promise;
        clearTimeout(timer);
      }
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

/** White space is what servers change first. */
function lengthOf(text: string): number {
  return text.replaceAll(/\s/g, '').length;
}
