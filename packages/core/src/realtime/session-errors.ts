import { ConnectionError } from '../errors.ts';

/** For what is asked of a session that was closed. */
export function closedError(): ConnectionError {
  return new ConnectionError('The session is closed.', { code: 'socket_closed', retryable: false });
}

/** For the end that every session has. `cause`: how the service closed it, if it did. */
export function expiredError(
  maxSessionMs: number,
  requestId: string | undefined,
  cause?: ConnectionError,
): ConnectionError {
  const minutes = Math.round(maxSessionMs / 6000) / 10;
  return new ConnectionError(
    `The session is over: the service keeps one for ${minutes} min. Connect again, or use handOver.`,
    { code: 'session_expired', closeCode: cause?.closeCode, requestId, cause },
  );
}

/** For what was asked of a session whose place another one took. */
export function renewedError(): ConnectionError {
  return new ConnectionError(
    'The session was continued in another one before this was answered. Try again.',
    { code: 'session_renewed' },
  );
}

/** `isLast`: it is not tried again. */
export function handOverError(cause: unknown, isLast: boolean): ConnectionError {
  const why = cause instanceof Error ? ` ${cause.message}` : '';
  const then = isLast ? 'The session ends with its time.' : 'It will be tried again.';
  return new ConnectionError(`The session could not be continued in another one. ${then}${why}`, {
    code: 'hand_over_failed',
    cause,
  });
}

/** For a reader that is too slow for a socket that cannot wait. `isOver`: the session is given up for it. */
export function slowReaderError(isOver: boolean): ConnectionError {
  const message = isOver
    ? 'Nobody reads the events of the session, and its socket cannot wait.'
    : 'The events are read too slowly for a socket that cannot wait: the rest of the answer’s sound is dropped.';
  return new ConnectionError(message, { code: 'consumer_too_slow', retryable: false });
}
