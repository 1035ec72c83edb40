type Listener<Event> = (event: Event) => void;

/** Calls whoever listens, and lets none of them break what it tells about. */
export class Listeners<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<{ call: Listener<never> }>>();

  /** Until the function it returns is called. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const entry = { call: listener };
    const entries = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, entries.add(entry));
    return () => void entries.delete(entry);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    const entries = this.#listeners.get(name);
    if (entries === undefined) return;
    // What is added meanwhile hears the next one.
    const present = [...entries];
    for (const entry of present) {
      // One before it may have taken it away.
      if (!entries.has(entry)) continue;
      try {
        (entry.call as Listener<Events[Name]>)(event);
      } catch (error) {
        report(error);
      }
    }
  }

  clear(): void {
    for (const entries of this.#listeners.values()) entries.clear();
  }
}

/** As the platform reports what an event listener throws. */
function report(error: unknown): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void };
  if (reportError !== undefined) {
    reportError(error);
    return;
  }
  queueMicrotask(() => {
    throw error;
  });
}
