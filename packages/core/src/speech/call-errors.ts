import { ConnectionError } from '../errors.ts';
import type { StepAudioError } from '../errors.ts';
import type { Connection } from '../net/connection.ts';
import { quote } from '../net/service-failure.ts';
import type { SocketClose } from '../net/web-socket.ts';

/** Makes the errors of one call: knows what must not be repeated in them. */
export class CallErrors {
  readonly #connection: Connection;
  readonly #secrets: readonly string[];

  constructor(connection: Connection, secrets: readonly string[]) {
    this.#connection = connection;
    this.#secrets = secrets;
  }

  /** The error for a parsed event that reports a failure, whatever its shape. */
  fromFailure(raw: unknown, requestId: string | undefined): StepAudioError {
    return (
      this.fromAnswer(raw, requestId) ??
      this.#connection.toEventError(
        { message: '', blocked: false },
        { requestId, secrets: this.#secrets },
      )
    );
  }

  /** The error for a parsed answer, if it reports a failure. */
  fromAnswer(raw: unknown, requestId: string | undefined): StepAudioError | undefined {
    const failure = this.#connection.readFailure(raw);
    return failure && this.#connection.toEventError(failure, { requestId, secrets: this.#secrets });
  }
}

/** The error for a socket that the service closed before all was said. */
export function toCloseError(
  { code, reason, cause }: SocketClose,
  saidEnd: boolean,
  lastText: string,
  requestId: string | undefined,
): ConnectionError {
  const said = quote(reason, [lastText]);
  const when = saidEnd ? 'before the audio was complete' : 'before end()';
  const why = saidEnd ? '' : ' It does so after 60 s without text.';
  return new ConnectionError(
    `The service closed the socket ${when} (code ${code}${said === undefined ? '' : `: ${said}`}).${why}`,
    { code: 'socket_closed', closeCode: code, requestId, cause },
  );
}
