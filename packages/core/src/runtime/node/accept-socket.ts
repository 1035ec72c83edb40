import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { StepAudioError, ValidationError } from '../../errors.ts';

/** A peer that was said goodbye to and does not answer is gone after this long: RFC 6455 leaves it open. */
const CLOSE_TIMEOUT_MS = 2000;
/** RFC 6455, 5.5: a control frame has 125 bytes, and 2 of them are the code. */
const MAX_REASON_BYTES = 123;

export type SocketAcceptorOptions = {
  /** A longer message ends its socket with 1009. */
  maxPayloadBytes: number;
};

export type AcceptedSocketListener = {
  /** Text as a string, anything else as bytes, which stay valid. */
  onMessage: (data: string | Uint8Array) => void;
  /**
   * Once, last of all. `code` is 1005 where the peer gave none, 1006 where the connection was lost, 1009 after a message that was
   * too long and 1002 after what is no WebSocket frame.
   */
  onClose?: (code: number, reason: string) => void;
};

/** The serving end of a WebSocket. */
export interface AcceptedSocket {
  /** Whether it can still send. */
  readonly isOpen: boolean;
  /** Bytes that were sent and have not left yet: what a slow peer makes wait. */
  readonly bufferedBytes: number;
  /** Nothing is read before; to be called once. */
  listen(listener: AcceptedSocketListener): void;
  /** Does nothing once the socket is closing. */
  send(data: string | Uint8Array): void;
  /** Calls back when the peer has answered, which shows that it is there. */
  ping(onPong: () => void): void;
  /** Reads no more, which holds the peer up. */
  pause(): void;
  resume(): void;
  /**
   * Says goodbye; a peer that does not answer is cut off 2 seconds later.
   *
   * @param code 1000 (default) to 4999, of those that RFC 6455 lets a program send
   * @param reason cut to 123 bytes
   */
  close(code?: number, reason?: string): void;
  /** Cuts the connection. */
  terminate(): void;
}

export interface SocketAcceptor {
  /**
   * Takes over a connection that a server of `node:http` has handed to its `upgrade` listeners. Who may connect is for the
   * caller to decide before: neither origin nor anything else is looked at here.
   *
   * @throws {StepAudioError} `bad_handshake` where the request asks for no WebSocket, which has been answered with an HTTP error,
   *   or the connection was lost meanwhile
   */
  accept(request: IncomingMessage, socket: Duplex, head: Uint8Array): Promise<AcceptedSocket>;
}

/**
 * Serves WebSockets on a server that is there already, with the library that the client's own are made with, which is loaded with
 * the first one.
 *
 * @throws {ValidationError} for a limit that is no whole number of bytes above 0
 */
export function createSocketAcceptor({ maxPayloadBytes }: SocketAcceptorOptions): SocketAcceptor {
  if (!Number.isSafeInteger(maxPayloadBytes) || maxPayloadBytes < 1) {
    const allowed = 'a whole number of 1 or more';
    throw new ValidationError(`maxPayloadBytes is ${maxPayloadBytes}; it must be ${allowed}.`, {
      path: 'maxPayloadBytes',
      value: maxPayloadBytes,
      allowed,
    });
  }
  let loading: ReturnType<typeof load> | undefined;
  return {
    async accept(request, socket, head) {
      // Without a listener, a connection that breaks while the library loads would end the process.
      socket.on('error', ignore);
      try {
        const server = await (loading ??= load(maxPayloadBytes));
        let accepted: WebSocket | undefined;
        // Calls back at once, or has answered with an error.
        server.handleUpgrade(request, socket, head as Buffer, (webSocket) => {
          accepted = webSocket;
        });
        if (accepted === undefined) throw badHandshake();
        return new WsAcceptedSocket(accepted);
      } finally {
        // By now there is one of the library's own.
        socket.off('error', ignore);
      }
    },
  };
}

async function load(maxPayload: number) {
  const { WebSocketServer } = await import('ws');
  const options = {
    noServer: true,
    clientTracking: false,
    maxPayload,
    // Sound does not shrink, and what inflates is a way to fill a server's memory.
    perMessageDeflate: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
  };
  return new WebSocketServer(options);
}

class WsAcceptedSocket implements AcceptedSocket {
  readonly #socket: WebSocket;
  /** Why this end gave up: the peer that is told so need not say it back. */
  #ownCode: number | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    // The close that follows tells of it.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#ownCode ??= codeOf(error);
    });
    socket.pause();
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  listen({ onMessage, onClose }: AcceptedSocketListener): void {
    const socket = this.#socket;
    socket.on('message', (data, isBinary) => {
      onMessage(isBinary ? (data as Uint8Array) : (data as Buffer).toString());
    });
    socket.once('close', (code, reason) => {
      socket.removeAllListeners('message');
      onClose?.(code === 1006 ? (this.#ownCode ?? code) : code, reason.toString());
    });
    socket.resume();
  }

  send(data: string | Uint8Array): void {
    if (this.isOpen) this.#socket.send(data);
  }

  ping(onPong: () => void): void {
    if (!this.isOpen) return;
    this.#socket.once('pong', onPong);
    this.#socket.ping();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code = 1000, reason = ''): void {
    // What is paused would never read the answer.
    this.#socket.resume();
    this.#socket.close(code, cutToBytes(reason, MAX_REASON_BYTES));
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** Of what was wrong with what came; `undefined` where the connection itself broke. */
function codeOf({ code }: NodeJS.ErrnoException): number | undefined {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 1009;
  return code?.startsWith('WS_ERR_') === true ? 1002 : undefined;
}

function cutToBytes(text: string, mostBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(mostBytes));
  return text.slice(0, read);
}

function badHandshake(): StepAudioError {
  return new StepAudioError(
    'The request is no valid WebSocket handshake, or its connection was lost.',
    { code: 'bad_handshake' },
  );
}

/** The event that follows tells it. */
function ignore(): void {}
