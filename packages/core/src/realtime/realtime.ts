import type { Connection } from '../net/connection.ts';
import type { RealtimeConnectOptions } from './realtime-options.ts';
import type { RealtimeSession } from './realtime-session.ts';

/** Conversation by voice, over the service's own speech-to-speech models. Loaded with its first use. */
export class Realtime {
  readonly #connection: Connection;

  /** `new StepAudio(…).realtime` is one; by itself it takes a connection from `createConnection()`. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Opens a session and configures it. Resolves when the service has confirmed that and taken the history. Any number of
   * sessions can be open at once, as far as the account's limits go.
   *
   * @throws {ValidationError} before anything is sent; `path` is the option's.
   * @throws {AuthenticationError} {@link RateLimitError} {@link ServiceError} as the service answers, also for a voice that
   *   it does not have; {@link ConnectionError} {@link TimeoutError} where it does not. An abort throws `signal.reason`. On a
   *   platform whose sockets can send no header, a {@link ValidationError} that says what helps.
   */
  async connect(options: RealtimeConnectOptions = {}): Promise<RealtimeSession> {
    const { RealtimeSession: Session } = await import('./realtime-session.ts');
    return Session.connect(this.#connection, options);
  }
}
