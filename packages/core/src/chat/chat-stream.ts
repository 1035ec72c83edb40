import type { CallErrors } from '../net/call-errors.ts';
import type { Connection } from '../net/connection.ts';
import { EventCall } from '../net/event-call.ts';
import { collectChatAnswer } from './chat-answer.ts';
import { ChatDecoder } from './chat-decoder.ts';
import type { ChatAnswer, ChatEvent } from './chat-events.ts';
import type { ChatCall } from './wire-request.ts';

export type ChatStreamParts = {
  connection: Connection;
  call: ChatCall;
  errors: CallErrors;
  signal: AbortSignal | undefined;
};

/** How much may lie unread, in bytes, before the connection is made to wait: five seconds of sound. */
const HIGH_WATER_BYTES = 256 * 1024;
/** What an event takes besides its contents, about. */
const EVENT_BYTES = 64;

/**
 * An answer as it is being made: events, in order, read once. The request leaves with the first `next()`.
 *
 * `return()` (which leaving a `for await` calls) and the signal close the connection at once, also while the service is
 * silent. A slow reader slows the service. The iteration ends after the `done` event, and throws otherwise: a
 * `StepAudioError`, or `signal.reason`. What came before the failure is yielded before it.
 */
export class ChatStream implements AsyncIterableIterator<ChatEvent, undefined> {
  readonly #call: EventCall<ChatEvent>;

  /** Made by `chat.stream()`. */
  constructor({ connection, call, errors, signal }: ChatStreamParts) {
    this.#call = new EventCall({
      connection,
      request: { path: '/chat/completions', body: call.request, secrets: call.secrets },
      signal,
      errors,
      expected: 'answer',
      createDecoder: (emit) =>
        new ChatDecoder(emit, (raw) => errors.fromFailure(raw, this.requestId)),
      sizeOf,
      highWater: HIGH_WATER_BYTES,
    });
  }

  /** The service's trace id, once its answer has begun. */
  get requestId(): string | undefined {
    return this.#call.requestId;
  }

  next(): Promise<IteratorResult<ChatEvent, undefined>> {
    return this.#call.next();
  }

  return(): Promise<IteratorResult<ChatEvent, undefined>> {
    return this.#call.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /**
   * The whole answer, when it has come; its sound as a WAV. Reads this stream: use one or the other.
   *
   * @throws as the iteration does.
   */
  answer(): Promise<ChatAnswer> {
    return collectChatAnswer(this, () => this.requestId);
  }
}

function sizeOf(event: ChatEvent): number {
  if (event.type === 'audio') return EVENT_BYTES + event.samples.byteLength;
  return EVENT_BYTES + ('delta' in event ? 2 * event.delta.length : 0);
}
