import type { TranscriptionEvent, TranscriptionSocket } from '@stepvoice/core/node';
import type { NodeHost } from '../../kit/register-node.ts';
import { toConnectOptions, type AsrProperties, type AsrSettings } from './asr-settings.ts';

/** A connection that hears one utterance after the other. */
export class UtteranceConnection {
  readonly socket: TranscriptionSocket;
  /** What it was opened with. */
  readonly options: string;
  /** Sound of earlier utterances: the times that the service tells count from the first. */
  heardMs = 0;
  /** Hears what comes. Without one, nobody asked for it. */
  onEvent: (event: TranscriptionEvent) => void = () => undefined;
  /** Hears that it is over, and why. */
  onClose: (error: unknown) => void = () => undefined;
  cancelIdle: () => void = () => undefined;
  #isOver = false;

  constructor(socket: TranscriptionSocket, options: string) {
    this.socket = socket;
    this.options = options;
    void this.#read();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async close(): Promise<void> {
    this.cancelIdle();
    this.#isOver = true;
    await this.socket.return();
  }

  async #read(): Promise<void> {
    let failure: unknown;
    try {
      for await (const event of this.socket) this.onEvent(event);
    } catch (error) {
      failure = error;
    }
    this.#isOver = true;
    this.cancelIdle();
    this.onClose(failure);
  }
}

/** The open connections: at most one for each session, kept between utterances. */
export class UtteranceSessions {
  readonly #host: NodeHost<AsrProperties>;
  readonly #connections = new Map<string, UtteranceConnection>();

  constructor(host: NodeHost<AsrProperties>) {
    this.#host = host;
  }

  /** One that nobody else uses until {@link release}. */
  async take(
    key: string,
    settings: AsrSettings,
    signal: AbortSignal,
  ): Promise<UtteranceConnection> {
    const connectOptions = toConnectOptions(settings);
    const options = JSON.stringify(connectOptions);
    const known = this.#connections.get(key);
    this.#connections.delete(key);
    if (known !== undefined && !known.isOver && known.options === options) {
      known.cancelIdle();
      return known;
    }
    void known?.close();
    const client = await this.#host.client();
    // Outlives the job: what aborts that closes the connection by itself.
    const socket = await client.transcription.connect({
      ...connectOptions,
      signal: this.#host.signal,
    });
    if (signal.aborted) {
      await socket.return();
      throw signal.reason;
    }
    return new UtteranceConnection(socket, options);
  }

  /** Kept for the next utterance of the session, for a while. */
  release(key: string, connection: UtteranceConnection, idleMs: number): void {
    connection.onEvent = () => undefined;
    connection.onClose = () => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
    };
    if (connection.isOver || this.#host.signal.aborted) return;
    void this.#connections.get(key)?.close();
    this.#connections.set(key, connection);
    connection.cancelIdle = this.#host.clock.after(idleMs, () => void this.close(key));
  }

  /** @param key of the session; without one, all are closed */
  async close(key?: string): Promise<void> {
    const keys = key === undefined ? [...this.#connections.keys()] : [key];
    for (const one of keys) {
      const connection = this.#connections.get(one);
      this.#connections.delete(one);
      await connection?.close();
    }
  }
}
