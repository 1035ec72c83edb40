import type { RawData, WebSocket } from 'ws';
import type { Exchange } from '../http/exchange.ts';

/** Hands a socket's messages over one at a time: a client that sends faster than it can be served has to wait. */
export class MessageQueue {
  readonly #exchange: Exchange;
  readonly #socket: WebSocket;
  readonly #messages: RawData[] = [];
  readonly #handle: (message: Uint8Array) => Promise<void>;
  #isReading = false;

  /** @param handle looks at one message; the next one comes when it has settled. */
  constructor(
    exchange: Exchange,
    socket: WebSocket,
    handle: (message: Uint8Array) => Promise<void>,
  ) {
    this.#exchange = exchange;
    this.#socket = socket;
    this.#handle = handle;
  }

  /** @param settle is given the work that each run of messages starts. */
  start(settle: (work: Promise<void>) => void): void {
    this.#socket.on('message', (message) => {
      this.#messages.push(message);
      this.#socket.pause();
      if (!this.#isReading) settle(this.#read());
    });
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      await this.#readAll();
    } finally {
      this.#isReading = false;
      // Also at the end: the client's answer to a close is still to come.
      this.#socket.resume();
    }
  }

  async #readAll(): Promise<void> {
    const slow = this.#exchange.faults.get('slow-read');
    for (;;) {
      const message = this.#messages.shift();
      if (message === undefined) return;
      if (slow !== undefined) await this.#exchange.sleep(slow.ms);
      await this.#handle(toBytes(message));
      this.#exchange.signal.throwIfAborted();
    }
  }
}

function toBytes(message: RawData): Uint8Array {
  if (Array.isArray(message)) return Buffer.concat(message);
  return message instanceof ArrayBuffer ? new Uint8Array(message) : message;
}
