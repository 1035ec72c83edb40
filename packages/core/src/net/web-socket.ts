import { ConnectionError, StepAudioError } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { WholeAnswer } from './exchange.ts';
import { Watchdog } from './timeouts.ts';

/** What is used of a WebSocket: the platform's own has it, `ws` has it, and so may anything that stands in for them. */
export interface WebSocketLike {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Set to `arraybuffer`, so that text in binary frames can be read at once. */
  binaryType?: string;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { error?: unknown }) => void): void;
  addEventListener(
    type: 'close',
    listener: (event: { code?: number; reason?: string }) => void,
  ): void;
  /** Stops reading from the network, and goes on. A browser's socket has neither. */
  pause?(): void;
  resume?(): void;
  /** Closes without waiting for the other side. */
  terminate?(): void;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedAmount?: number;
  /** Sends a ping and reports its answer. A browser's socket does so by itself, or not at all. */
  ping?(onPong: () => void): void;
}

export type SocketOpening = {
  /** To be sent with the handshake; `authorization` among them. */
  headers: Readonly<Record<string, string>>;
  protocols: readonly string[];
  /** Aborted when nobody waits for the socket any more. */
  signal: AbortSignal;
  /** To be called with a lookup of the answer's headers, by lower-case name, where the opener can see them. */
  onUpgrade: (header: (name: string) => string | undefined) => void;
};

/**
 * Opens a socket: answers it at once, before it has opened, so that no message is missed. Where the handshake is refused
 * and the opener can see how, the socket's `error` event carries a {@link SocketRefusal}.
 */
export type OpenSocket = (
  url: string,
  opening: SocketOpening,
) => WebSocketLike | Promise<WebSocketLike>;

/** The HTTP answer to a handshake that was refused. */
export class SocketRefusal extends Error {
  override name = 'SocketRefusal';
  readonly answer: WholeAnswer;

  constructor(answer: WholeAnswer) {
    super(`HTTP ${answer.head.status}`);
    this.answer = answer;
  }
}

export type SocketClose = {
  /** As the other side said, or 1006 where the connection just broke. */
  code: number;
  reason: string;
  cause: unknown;
};

export type SocketHandlers = {
  onMessage: (text: string) => void;
  /** Called once, unless we closed it ourselves. */
  onClose: (close: SocketClose) => void;
};

export type SocketChannelOptions = {
  open: OpenSocket;
  url: string;
  headers: Readonly<Record<string, string>>;
  protocols: readonly string[];
  clock: Clock;
  connectMs: number;
  signal: AbortSignal | undefined;
  toError: (answer: WholeAnswer) => StepAudioError;
  /** Called once, when the socket is closed or was never opened. */
  onOver: () => void;
};

const OPEN = 1;

/** An open WebSocket. */
export class SocketChannel {
  readonly #options: SocketChannelOptions;
  readonly #watchdog: Watchdog;
  readonly #abandoned = new AbortController();
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  #socket: WebSocketLike | undefined;
  #cause: unknown;
  #requestId: string | undefined;
  #handlers: SocketHandlers | undefined;
  /** What came before somebody listened: the service speaks first. */
  #early: string[] = [];
  #earlyClose: SocketClose | undefined;
  #over = false;

  private constructor(options: SocketChannelOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog(options.clock, (error) => this.#fail(error));
  }

  /**
   * Resolves when the handshake is answered.
   *
   * @throws what `toError` makes of a refusal, a `ConnectionError`, a `TimeoutError`, or `signal.reason`.
   */
  static async open(options: SocketChannelOptions): Promise<SocketChannel> {
    const channel = new SocketChannel(options);
    await channel.#open();
    return channel;
  }

  /** Whether reading can be stopped; a browser's socket reads on. */
  get canPause(): boolean {
    return this.#socket?.pause !== undefined;
  }

  /** Whether the other side can be asked for a sign of life. */
  get canPing(): boolean {
    return this.#socket?.ping !== undefined;
  }

  /** Bytes that were sent and have not left yet; 0 where the platform does not tell. */
  get bufferedAmount(): number {
    return this.#over ? 0 : (this.#socket?.bufferedAmount ?? 0);
  }

  /** The service's id of the session, where the opener could see it. */
  get requestId(): string | undefined {
    return this.#requestId;
  }

  /** Hands over what comes, and what has come already. To be called once. */
  listen(handlers: SocketHandlers): void {
    this.#handlers = handlers;
    for (let text = this.#early.shift(); text !== undefined; text = this.#early.shift()) {
      handlers.onMessage(text);
    }
    if (this.#earlyClose !== undefined) handlers.onClose(this.#earlyClose);
  }

  send(text: string): void {
    if (!this.#over) this.#socket?.send(text);
  }

  /** Asks the other side for a sign of life, where that can be done; `onPong` is called when it comes. */
  ping(onPong: () => void): void {
    if (!this.#over) this.#socket?.ping?.(onPong);
  }

  pause(): void {
    if (!this.#over) this.#socket?.pause?.();
  }

  resume(): void {
    if (!this.#over) this.#socket?.resume?.();
  }

  /** Closes at once, without waiting for the other side; `onClose` is not called. */
  close(): void {
    this.#early = [];
    this.#earlyClose = undefined;
    if (this.#over) return;
    this.#finish();
    const socket = this.#socket;
    if (socket === undefined) return;
    // A paused socket would never see the end of its connection.
    socket.resume?.();
    socket.close(1000);
    socket.terminate?.();
  }

  #open(): Promise<void> {
    const { signal, connectMs } = this.#options;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (signal?.aborted) {
        this.#fail(signal.reason);
        return;
      }
      signal?.addEventListener('abort', this.#onAbort, { once: true });
      this.#watchdog.enter('connect', connectMs);
      this.#start().catch((error: unknown) => this.#fail(error));
    });
  }

  async #start(): Promise<void> {
    const { open, url, headers, protocols } = this.#options;
    const opening = open(url, {
      headers,
      protocols,
      signal: this.#abandoned.signal,
      onUpgrade: (header) => {
        this.#requestId = header('x-trace-id') ?? header('x-request-id');
      },
    });
    // Awaited only where it must be: a socket that is already at hand loses no turn of the event loop.
    const socket = 'then' in opening ? await opening : opening;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', this.#onOpen);
    socket.addEventListener('message', this.#onMessage);
    socket.addEventListener('error', this.#onError);
    socket.addEventListener('close', this.#onClose);
    this.#socket = socket;
    if (this.#over) {
      socket.close();
      socket.terminate?.();
    } else if (socket.readyState === OPEN) this.#onOpen();
  }

  readonly #onAbort = (): void => this.#fail(this.#options.signal?.reason);

  readonly #onOpen = (): void => {
    if (this.#over || this.#settle === undefined) return;
    this.#watchdog.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#settle.resolve();
    this.#settle = undefined;
  };

  readonly #onMessage = ({ data }: { data: unknown }): void => {
    if (this.#over) return;
    const text = typeof data === 'string' ? data : decode(data);
    if (this.#handlers === undefined) this.#early.push(text);
    else this.#handlers.onMessage(text);
  };

  readonly #onError = ({ error }: { error?: unknown }): void => {
    // The first one is the reason, what follows its consequence.
    this.#cause ??= error;
    if (error instanceof SocketRefusal) this.#fail(this.#options.toError(error.answer));
  };

  readonly #onClose = ({ code = 1006, reason = '' }: { code?: number; reason?: string }): void => {
    if (this.#over) return;
    if (this.#settle !== undefined) {
      this.#fail(toSocketError(this.#cause, code));
      return;
    }
    this.#finish();
    const close = { code, reason: String(reason), cause: this.#cause };
    if (this.#handlers === undefined) this.#earlyClose = close;
    else this.#handlers.onClose(close);
  };

  /** The handshake will not succeed. */
  #fail(error: unknown): void {
    const settle = this.#settle;
    if (settle === undefined) return;
    this.close();
    settle.reject(this.#options.signal?.aborted ? error : toSocketError(error, undefined));
  }

  #finish(): void {
    this.#over = true;
    this.#settle = undefined;
    this.#watchdog.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#abandoned.abort();
    this.#options.onOver();
  }
}

/** The platform's own WebSocket, which can send no header. */
export const openPlatformSocket: OpenSocket = (url, { protocols }) =>
  new WebSocket(url, [...protocols]) as WebSocketLike;

function toSocketError(error: unknown, closeCode: number | undefined): StepAudioError {
  if (StepAudioError.isInstance(error)) return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  const reason =
    typeof code === 'string'
      ? ` (${code})`
      : closeCode === undefined
        ? ''
        : ` (close code ${closeCode})`;
  return new ConnectionError(
    `The service's socket could not be opened${reason}. Check the network, the address and the key: a browser does not tell why a handshake was refused.`,
    { code: 'socket_failed', closeCode, cause: error },
  );
}

function decode(data: unknown): string {
  if (data instanceof ArrayBuffer || data instanceof Uint8Array) {
    return new TextDecoder().decode(data);
  }
  return String(data);
}
