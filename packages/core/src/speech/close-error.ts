import { ConnectionError } from '../errors.ts';
import { quote } from '../net/service-failure.ts';
import type { SocketClose } from '../net/web-socket.ts';

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
