/** Time as this library sees it; replaced in tests so that nothing has to wait. */
export interface Clock {
  /** Milliseconds since the epoch; never goes back. */
  now(): number;
  /** Calls back once after `delayMs`, unless the function it returns is called first. */
  after(delayMs: number, callback: () => void): () => void;
}

/** `setTimeout` fires at once for anything longer. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Asked for once, and not while this module loads. */
let originMs: number | undefined;

export const systemClock: Clock = {
  now: () => (originMs ??= performance.timeOrigin) + performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_DELAY_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or rejects with the signal's reason, whichever comes first. */
export function sleep(
  clock: Clock,
  delayMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
