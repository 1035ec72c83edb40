import type { AudioOutputEvent } from './audio-output.ts';

type Listener = (event: AudioOutputEvent) => void;

/** Who listens to an output. */
export class OutputEvents {
  readonly #listeners = new Set<{ call: Listener }>();

  subscribe(listener: Listener): () => void {
    // The same function may listen twice.
    const entry = { call: listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** A listener that throws is reported as the platform does it, and disturbs neither the sound nor the others. */
  emit(event: AudioOutputEvent): void {
    for (const { call } of this.#listeners) {
      try {
        call(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
