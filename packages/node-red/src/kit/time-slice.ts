/** So long a piece of work may keep everything else waiting. */
const SLICE_MS = 8;

/** Lets everything else have its turn while long work goes on. */
export class TimeSlice {
  readonly #signal: AbortSignal;
  #startedMs = performance.now();

  /** @param signal when it is aborted, the work ends with its reason */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether it is time to {@link rest}: asking costs less than waiting for nothing. */
  get isOver(): boolean {
    return performance.now() - this.#startedMs >= SLICE_MS;
  }

  /** Resolves when the others have had their turn. @throws the signal's reason */
  async rest(): Promise<void> {
    this.#signal.throwIfAborted();
    if (!this.isOver) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#signal.throwIfAborted();
    this.#startedMs = performance.now();
  }
}
