/** Time as the emulator sees it: what waits, expires or is limited per minute asks this and nothing else. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, `delayMs` from now; the function returned takes it back. */
  after(delayMs: number, callback: () => void): () => void;
}

/** `setTimeout` fires at once for anything longer. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_DELAY_MS));
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until it is told to move. */
export type ManualClock = Clock & {
  /** Moves time on and runs, in their order, the callbacks that become due, also those they add themselves. */
  advance(ms: number): void;
  /** How many callbacks are waiting. */
  readonly pending: number;
};

/** A clock for tests of time limits: `startMs` is its first time, 2026-01-01 by default. */
export function createManualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let nowMs = startMs;
  const waiting = new Set<{ dueMs: number; callback: () => void }>();
  return {
    now: () => nowMs,
    after(delayMs, callback) {
      const entry = { dueMs: nowMs + Math.max(0, delayMs), callback };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        let next: { dueMs: number; callback: () => void } | undefined;
        for (const entry of waiting) {
          if (entry.dueMs <= endMs && (next === undefined || entry.dueMs < next.dueMs))
            next = entry;
        }
        if (next === undefined) break;
        waiting.delete(next);
        nowMs = next.dueMs;
        next.callback();
      }
      nowMs = endMs;
    },
    get pending() {
      return waiting.size;
    },
  };
}

/**
 * Settles after `delayMs` of the clock.
 *
 * @throws the signal's reason, at once when the signal is aborted.
 */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    function onAbort(): void {
      cancel();
      reject(signal.reason as Error);
    }
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Never settles well. @throws the signal's reason when it is aborted. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
