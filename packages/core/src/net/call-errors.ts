import type { StepAudioError } from '../errors.ts';
import type { Connection } from './connection.ts';

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

/** A failure under a name that the documentation does not have: `{"error": …}`, `{"type": "error"}`. */
export function isFailure(raw: unknown): boolean {
  const { type, error } = raw as { type?: unknown; error?: unknown };
  return type === 'error' || (error !== undefined && error !== null);
}
