import type { WebSocket } from 'ws';
import { base64 } from './speech-server.ts';

export const SESSION = '019c22d0a7b4735f8b0c3f0c8e2a91d4';

type ClientEvent = { type: string; data: Record<string, unknown> };

/** The service's side of one speech socket, spoken by hand. */
export class SocketScript {
  readonly received: ClientEvent[] = [];
  readonly socket: WebSocket;
  closeCode: number | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.received.push(JSON.parse(data.toString()) as ClientEvent);
      this.#notify();
    });
    socket.on('close', (code) => {
      this.closeCode = code;
      this.#notify();
    });
  }

  get texts(): string[] {
    return this.received
      .filter(({ type }) => type === 'tts.text.delta')
      .map(({ data }) => data['text'] as string);
  }

  send(
    type: string,
    data: Record<string, unknown> = {},
    beside: Record<string, unknown> = {},
  ): void {
    const event_id = '019c22d0b1f07ac2a7f1c3d0e5b64f10';
    this.raw(JSON.stringify({ event_id, type, ...beside, data: { session_id: SESSION, ...data } }));
  }

  raw(text: string): void {
    this.socket.send(text);
  }

  audio(bytes: Uint8Array | number[], more: Record<string, unknown> = {}): void {
    this.send('tts.response.audio.delta', { status: 'unfinished', audio: base64(bytes), ...more });
  }

  /** Greets, and answers `tts.create`. */
  async open(): Promise<void> {
    this.send('tts.connection.done');
    await this.until('tts.create');
    this.send('tts.response.created');
  }

  /** Resolves when so many events of a type have come. */
  async until(type: string, count = 1): Promise<void> {
    await this.#wait(() => this.received.filter((event) => event.type === type).length >= count);
  }

  async untilClosed(): Promise<void> {
    await this.#wait(() => this.closeCode !== undefined);
  }

  async #wait(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const watcher = () => {
          this.#watchers.delete(watcher);
          resolve();
        };
        this.#watchers.add(watcher);
      });
    }
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
