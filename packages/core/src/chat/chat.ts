import { CallErrors } from '../net/call-errors.ts';
import { collectJson } from '../net/collect-body.ts';
import type { Connection } from '../net/connection.ts';
import { toChatAnswer } from './chat-answer.ts';
import type { ChatAnswer } from './chat-events.ts';
import type { ChatOptions } from './chat-options.ts';
import { ChatStream } from './chat-stream.ts';
import { toChatCall } from './wire-request.ts';

/** Conversation turn by turn: text, sound or both in; text, speech and tool calls out. */
export class Chat {
  readonly #connection: Connection;

  /** `new StepAudio(…).chat` is one; by itself it takes a connection from `createConnection()`. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Answers the conversation as a whole. Nothing comes before the answer is complete: raise `timeouts.firstByteMs` for
   * long ones, or use {@link stream}.
   *
   * @throws {ValidationError} before anything is sent; `path` is the option's.
   * @throws {AuthenticationError} {@link RateLimitError} {@link ModerationError} {@link ServiceError} as the service
   *   answers; {@link ConnectionError} {@link TimeoutError} {@link ProtocolError} where it does not. An abort throws
   *   `signal.reason`.
   */
  async create(options: ChatOptions): Promise<ChatAnswer> {
    const { request, secrets } = toChatCall(options, false);
    const exchange = await this.#connection.request({
      path: '/chat/completions',
      body: request,
      signal: options.signal,
      secrets,
    });
    const errors = new CallErrors(this.#connection, secrets);
    const raw = await collectJson(exchange, errors, 'a chat answer');
    return toChatAnswer(raw, exchange.requestId);
  }

  /**
   * Answers the conversation as it is being thought of. The request leaves with the first read.
   *
   * @throws {ValidationError} at once; what can go wrong later is thrown by the iteration, as {@link create} has it.
   */
  stream(options: ChatOptions): ChatStream {
    const call = toChatCall(options, true);
    const errors = new CallErrors(this.#connection, call.secrets);
    return new ChatStream({ connection: this.#connection, call, errors, signal: options.signal });
  }
}
