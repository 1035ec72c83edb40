import { createParser } from 'eventsource-parser';
import { ProtocolError } from '../errors.ts';

/** One event may carry a whole speech; beyond this, something else is being sent. */
const LONGEST_EVENT = 128 * 1024 * 1024;

/**
 * Reads a `text/event-stream` (HTML §9.2.6) from bytes that may be cut anywhere, and calls back with the `data` of each
 * event.
 */
export class EventStreamReader {
  readonly #decoder = new TextDecoder();
  readonly #parser;

  /** @param onData may throw; `feed` and `end` pass it on. */
  constructor(onData: (data: string) => void) {
    this.#parser = createParser({
      maxBufferSize: LONGEST_EVENT,
      onEvent: (event) => onData(event.data),
      onError: (error) => {
        if (error.type !== 'max-buffer-size-exceeded') return;
        throw new ProtocolError('The service sent a single event of more than 128 MiB.', {
          code: 'event_too_large',
        });
      },
    });
  }

  feed(chunk: Uint8Array): void {
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The stream is over. An event without the blank line behind it still counts: some servers leave that out. */
  end(): void {
    this.#parser.feed(`${this.#decoder.decode()}\n\n`);
  }
}
