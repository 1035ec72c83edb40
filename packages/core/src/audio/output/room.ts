type Waiter = { resolve: () => void; reject: (reason: unknown) => void };

/** The backpressure of an output: those who have enqueued more than it wants to hold wait here for room. */
export class Room {
  readonly #measureSeconds: number;
  #waiters: Waiter[] = [];

  constructor(measureSeconds: number) {
    this.#measureSeconds = measureSeconds;
  }

  /** Settles at once while less than the measure is waiting to be heard. */
  wait(waitingSeconds: number): Promise<void> {
    if (waitingSeconds < this.#measureSeconds) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** So much is waiting by now. */
  update(waitingSeconds: number): void {
    if (waitingSeconds < this.#measureSeconds && this.#waiters.length > 0) this.open();
  }

  open(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { resolve } of waiters) resolve();
  }

  fail(reason: unknown): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(reason);
  }
}
