import type { Clock } from '../net/clock.ts';
import type { SocketChannel } from '../net/web-socket.ts';

/** How long the answer to a ping may take; as long as the service's own clients give it. */
const PONG_MS = 10_000;

export type KeepAliveOptions = {
  clock: Clock;
  channel: SocketChannel;
  intervalMs: number;
  /** The other side gives no sign of life. */
  onLost: () => void;
};

/**
 * Pings, so that the service does not take the session for abandoned, and so that a connection that broke without a word
 * is found out. Does nothing where the platform cannot ping.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #isAlive = true;
  #isPaused = false;
  #stopTimer: (() => void) | undefined;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    if (options.channel.canPing && Number.isFinite(options.intervalMs)) {
      this.#after(options.intervalMs, this.#ping);
    }
  }

  /** Something came. */
  touch(): void {
    this.#isAlive = true;
  }

  /** While nothing is read from the network, nothing can come. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.touch();
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  readonly #ping = (): void => {
    this.#isAlive = false;
    this.#options.channel.ping(() => this.touch());
    this.#after(PONG_MS, this.#judge);
  };

  readonly #judge = (lateMs: number): void => {
    // A machine that slept had no chance to receive anything: it is asked again.
    if (lateMs > PONG_MS) {
      this.#ping();
      return;
    }
    if (this.#isAlive || this.#isPaused) {
      this.#after(Math.max(0, this.#options.intervalMs - PONG_MS), this.#ping);
    } else this.#options.onLost();
  };

  #after(delayMs: number, callback: (lateMs: number) => void): void {
    const { clock } = this.#options;
    const due = clock.now() + delayMs;
    this.#stopTimer = clock.after(delayMs, () => callback(clock.now() - due));
  }
}
