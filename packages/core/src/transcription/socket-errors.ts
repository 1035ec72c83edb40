import { ConnectionError, TimeoutError } from '../errors.ts';
import { quote } from '../net/service-failure.ts';
import type { SocketClose } from '../net/web-socket.ts';

/** The error for a socket that the service closed before all was transcribed. */
export function toCloseError(
  { code, reason, cause }: SocketClose,
  hasEnded: boolean,
  prompt: string | undefined,
  requestId: string | undefined,
): ConnectionError {
  const said = quote(reason, [prompt ?? '']);
  const when = hasEnded ? 'before the last segment was transcribed' : 'before end()';
  return new ConnectionError(
    `The service closed the socket ${when} (code ${code}${said === undefined ? '' : `: ${said}`}).`,
    { code: 'socket_closed', closeCode: code, requestId, cause },
  );
}

/** The error for a network that takes nothing any more. */
export function toStallError(timeoutMs: number, requestId: string | undefined): TimeoutError {
  return new TimeoutError(
    `The network took none of the sound for ${Math.round(timeoutMs / 1000)} s. Try again, or raise the limit.`,
    { phase: 'idle', timeoutMs, requestId },
  );
}
