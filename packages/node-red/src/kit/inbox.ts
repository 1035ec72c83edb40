import { LocalizedError } from './flow-error.ts';
import type { FlowMessage } from './node-red.ts';

/** Messages of a stream that nobody has read yet. */
const MAX_MESSAGES = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;

type Waiting = { message: FlowMessage; bytes: number; taken: () => void };

/** The messages of one stream, in their order. A message is done when it is read. */
export class Inbox implements AsyncIterableIterator<FlowMessage, undefined> {
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #wake: (() => void) | undefined;
  #isComplete: boolean;
  #isClosed = false;
  #reason: Error | undefined;

  constructor(first: FlowMessage, isComplete: boolean) {
    this.#isComplete = isComplete;
    this.#waiting.push({ message: first, bytes: 0, taken: () => undefined });
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Resolves when the message was read, or nobody will read it. */
  async push(message: FlowMessage, isLast: boolean): Promise<void> {
    if (this.#isClosed) return undefined;
    const bytes = sizeOf(message.payload);
    // Also where it is left out: whoever reads must not wait for it.
    if (isLast) this.#isComplete = true;
    if (this.#waiting.length >= MAX_MESSAGES || this.#bytes + bytes > MAX_BYTES)
      throw streamTooFast();
    this.#bytes += bytes;
    return new Promise((taken) => {
      this.#waiting.push({ message, bytes, taken });
      this.#wake?.();
    });
  }

  async next(): Promise<IteratorResult<FlowMessage, undefined>> {
    while (true) {
      if (this.#isClosed) {
        if (this.#reason !== undefined) throw this.#reason;
        return { done: true, value: undefined };
      }
      const waiting = this.#waiting.shift();
      if (waiting !== undefined) {
        this.#bytes -= waiting.bytes;
        waiting.taken();
        return { done: false, value: waiting.message };
      }
      if (this.#isComplete) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  return(): Promise<IteratorResult<FlowMessage, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @param reason what a reader gets to see, who would otherwise take this for the end of the stream */
  close(reason?: Error): void {
    if (!this.#isClosed) this.#reason = reason;
    this.#isClosed = true;
    for (const { taken } of this.#waiting.splice(0)) taken();
    this.#wake?.();
  }
}

function sizeOf(payload: unknown): number {
  if (typeof payload === 'string') return payload.length * 2;
  return ArrayBuffer.isView(payload) ? payload.byteLength : 0;
}

function streamTooFast(): LocalizedError {
  return new LocalizedError(
    'queue_full',
    {
      en: 'The stream comes faster than it can be worked on, and too much of it waits. This message is left out.',
      zh: '流的到达速度超过处理速度，等待的数据过多。此消息被忽略。',
    },
    { badge: 'queueFull' },
  );
}
