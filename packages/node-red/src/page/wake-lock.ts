/** Keeps the screen on, where the browser can: a phone that goes to sleep hears and says nothing. */
export class WakeLock {
  #lock: WakeLockSentinel | undefined;
  #isWanted = false;

  constructor() {
    // Browsers take it back whenever the page goes out of sight.
    document.addEventListener('visibilitychange', () => {
      if (this.#isWanted) void this.take();
    });
  }

  async take(): Promise<void> {
    this.#isWanted = true;
    if (!('wakeLock' in navigator) || document.visibilityState !== 'visible') return;
    if (this.#lock?.released === false) return;
    try {
      this.#lock = await navigator.wakeLock.request('screen');
    } catch {
      // Low on battery, or not allowed: the page works as well.
    }
  }
}
