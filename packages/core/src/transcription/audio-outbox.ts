import type { Clock } from '../net/clock.ts';

/** Sound for one `append`, or the mark that ends a segment. */
export type OutboxItem =
  | { type: 'sound'; bytes: Uint8Array; durationMs: number }
  | { type: 'commit'; number: number };

export type AudioOutboxOptions = {
  clock: Clock;
  send: (item: OutboxItem) => void;
  /** Bytes that were sent and have not left yet. */
  bufferedBytes: () => number;
  /** Nothing has left for `patienceMs`. */
  onStall: () => void;
  patienceMs: number;
  /** Everything has been given to the socket. */
  onSent: () => void;
};

/** So much may wait in the socket: 6 s of sound. What waits here can still be given up at once. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** No platform tells when its socket has room. */
const LOOK_AGAIN_MS = 25;
/** From here on a writer is asked to wait, and until here. */
const HIGH_WATER_MS = 2000;
const LOW_WATER_MS = 1000;

/** Holds sound until the session is ready and the socket has room. */
export class AudioOutbox {
  readonly #options: AudioOutboxOptions;
  #items: OutboxItem[] = [];
  #first = 0;
  #heldMs = 0;
  #isOpen = false;
  #isHeld = false;
  #cancelTimer: (() => void) | undefined;
  /** When the socket was last seen to have taken something. */
  #movedAt = 0;
  #lastBuffered = 0;
  #waiting: (() => void)[] = [];

  constructor(options: AudioOutboxOptions) {
    this.#options = options;
  }

  /** Milliseconds of sound that wait here. */
  get heldMs(): number {
    return this.#heldMs;
  }

  get hasRoom(): boolean {
    return this.#heldMs < HIGH_WATER_MS;
  }

  /** Whether everything has been given to the socket. */
  get isEmpty(): boolean {
    return this.#first === this.#items.length;
  }

  push(item: OutboxItem): void {
    this.#items.push(item);
    if (item.type === 'sound') this.#heldMs += item.durationMs;
    this.#drain();
  }

  /** The session is ready. */
  open(): void {
    this.#isOpen = true;
    this.#drain();
  }

  /** Sends nothing until `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#drain();
  }

  /** Resolves when there is room for more, and when there never will be. */
  drained(): Promise<void> {
    if (this.hasRoom) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#isOpen = false;
    this.#items = [];
    this.#first = 0;
    this.#heldMs = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#wake();
  }

  #drain(): void {
    if (this.#cancelTimer !== undefined) return;
    const { send, bufferedBytes, clock } = this.#options;
    while (this.#isOpen && !this.#isHeld && !this.isEmpty) {
      if (bufferedBytes() > MAX_BUFFERED_BYTES) {
        this.#movedAt = clock.now();
        this.#lastBuffered = bufferedBytes();
        this.#lookAgain();
        return;
      }
      const item = this.#items[this.#first]!;
      this.#first += 1;
      if (item.type === 'sound') this.#heldMs -= item.durationMs;
      send(item);
    }
    if (this.#first > 512 || this.isEmpty) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    if (this.#heldMs <= LOW_WATER_MS) this.#wake();
    if (this.#isOpen && this.isEmpty) this.#options.onSent();
  }

  #lookAgain(): void {
    const { clock, bufferedBytes, onStall, patienceMs } = this.#options;
    this.#cancelTimer = clock.after(LOOK_AGAIN_MS, () => {
      this.#cancelTimer = undefined;
      const buffered = bufferedBytes();
      if (buffered < this.#lastBuffered) this.#movedAt = clock.now();
      this.#lastBuffered = buffered;
      if (buffered <= MAX_BUFFERED_BYTES) this.#drain();
      else if (clock.now() - this.#movedAt >= patienceMs) onStall();
      else this.#lookAgain();
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
