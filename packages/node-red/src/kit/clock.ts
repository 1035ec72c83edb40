/** As the library's own, which is not loaded yet when a node is made. */
export interface Clock {
  /** Milliseconds; never goes back. */
  now(): number;
  /** Calls back once, unless the function it returns is called first. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
