import type { AcceptedSocket } from '@stepvoice/core/node';
import type { Clock } from '../../kit/clock.ts';
import {
  CLOSE_CODES,
  FRAME_MS,
  MIC_SAMPLE_RATE,
  parsePageMessage,
  type NodeMessage,
  type PageMessage,
} from './page-messages.ts';

/** A page says who it is at once. */
const HELLO_TIMEOUT_MS = 10_000;
/** A phone that is switched off says nothing: what is silent for longer than two of these is gone. */
const PING_INTERVAL_MS = 15_000;
const FRAME_BYTES = (MIC_SAMPLE_RATE / 1000) * FRAME_MS * 2;
/** A network that was stuck delivers late, and then much at once. */
const BURST_MS = 10_000;
/** What any other message counts as: a hundred a second are more than any page says. */
const MESSAGE_MS = 10;
/** Clocks differ a little. */
const MOST_SPEED = 1.1;

type Hello = Extract<PageMessage, { type: 'hello' }>;

export type PageLinkListener = {
  /** @returns the code to close with, where the page is not let in */
  onHello: (hello: Hello, link: PageLink) => number | undefined;
  onMessage: (message: Exclude<PageMessage, Hello>) => void;
  onFrame: (samples: Uint8Array) => void;
  /** Once, whether it was let in or not. */
  onClose: (code: number) => void;
};

/** The connection of one page: who it is, whether it is still there, and that nobody sends what no page sends. */
export class PageLink {
  readonly #socket: AcceptedSocket;
  readonly #clock: Clock;
  readonly #listener: PageLinkListener;
  #isIn = false;
  #isAlive = true;
  #stopTimer: () => void;
  /** Of sound that may come at once. */
  #creditMs = BURST_MS;
  #creditedMs: number;

  constructor(socket: AcceptedSocket, clock: Clock, listener: PageLinkListener) {
    this.#socket = socket;
    this.#clock = clock;
    this.#listener = listener;
    this.#creditedMs = clock.now();
    this.#stopTimer = clock.after(HELLO_TIMEOUT_MS, () => this.close(CLOSE_CODES.badMessage));
    socket.listen({
      onMessage: (data) => this.#receive(data),
      onClose: (code) => {
        this.#stopTimer();
        listener.onClose(code);
      },
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes;
  }

  send(message: NodeMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  #receive(data: string | Uint8Array): void {
    if (!this.#socket.isOpen) return;
    if (typeof data !== 'string') {
      if (!this.#isIn || data.length === 0 || data.length % 2 !== 0) {
        this.close(CLOSE_CODES.badMessage);
      } else if (!this.#isSlowEnough((data.length / FRAME_BYTES) * FRAME_MS)) {
        this.close(CLOSE_CODES.tooFast);
      } else this.#listener.onFrame(data);
      return;
    }
    const message = parsePageMessage(data);
    if (message === undefined || (message.type === 'hello') === this.#isIn) {
      this.close(CLOSE_CODES.badMessage);
    } else if (!this.#isSlowEnough(MESSAGE_MS)) this.close(CLOSE_CODES.tooFast);
    else if (message.type === 'hello') this.#enter(message);
    else this.#listener.onMessage(message);
  }

  #enter(hello: Hello): void {
    const code = this.#listener.onHello(hello, this);
    if (code !== undefined) {
      this.close(code);
      return;
    }
    this.#isIn = true;
    this.#stopTimer();
    this.#watch();
  }

  #watch(): void {
    this.#stopTimer = this.#clock.after(PING_INTERVAL_MS, () => {
      if (!this.#isAlive) {
        this.#socket.terminate();
        return;
      }
      this.#isAlive = false;
      this.#socket.ping(() => {
        this.#isAlive = true;
      });
      this.#watch();
    });
  }

  #isSlowEnough(costMs: number): boolean {
    const now = this.#clock.now();
    const earned = (now - this.#creditedMs) * MOST_SPEED;
    this.#creditedMs = now;
    this.#creditMs = Math.min(BURST_MS, this.#creditMs + earned) - costMs;
    return this.#creditMs >= 0;
  }
}
