import type { WebSocket } from 'ws';
import type { WireTranscriptionSession } from '../../protocol/transcription-socket.ts';

type ClientEvent = {
  event_id: string;
  type: string;
  audio?: string;
  session?: WireTranscriptionSession;
};

const TRANSCRIPTION = 'conversation.item.input_audio_transcription';

/** The service's side of one transcription socket, spoken by hand. */
export class SocketScript {
  readonly received: ClientEvent[] = [];
  readonly socket: WebSocket;
  closeCode: number | undefined;
  #count = 0;
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

  /** All the sound that has come. */
  get samples(): Int16Array {
    const bytes = Buffer.concat(this.frames);
    return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }

  get frames(): Buffer[] {
    return this.received
      .filter(({ type }) => type === 'input_audio_buffer.append')
      .map(({ audio }) => Buffer.from(audio ?? '', 'base64'));
  }

  send(type: string, more: object = {}): void {
    this.#count += 1;
    const event_id = `6a0e4b1c-0000-4000-8000-${String(this.#count).padStart(12, '0')}`;
    const meta = { session_id: 'sess_7', timestamp: 1_790_000_003_000 + this.#count };
    this.raw(JSON.stringify({ event_id, type, meta, ...more }));
  }

  raw(text: string): void {
    this.socket.send(text);
  }

  /** Greets, and answers `session.update`. */
  async open(): Promise<void> {
    this.send('session.created', { session: { audio: { input: {} } } });
    await this.until('session.update');
    this.send('session.updated', { session: { audio: { input: {} } } });
  }

  speech(what: 'started' | 'stopped', item: string, ms: number): void {
    const key = what === 'started' ? 'audio_start_ms' : 'audio_end_ms';
    this.send(`input_audio_buffer.speech_${what}`, { item_id: item, [key]: ms });
  }

  delta(item: string, more: object): void {
    this.send(`${TRANSCRIPTION}.delta`, { item_id: item, content_index: 0, ...more });
  }

  completed(item: string, transcript: string, more: object = {}): void {
    const event = { item_id: item, content_index: 0, transcript, ...more };
    this.send(`${TRANSCRIPTION}.completed`, event);
  }

  failed(item: string, error: object): void {
    this.send(`${TRANSCRIPTION}.failed`, { item_id: item, error });
  }

  /** Resolves when so many events of a type have come. */
  async until(type: string, count = 1): Promise<void> {
    await this.when(() => this.received.filter((event) => event.type === type).length >= count);
  }

  async untilClosed(): Promise<void> {
    await this.when(() => this.closeCode !== undefined);
  }

  /** Resolves when a condition holds; looked at whenever something comes. */
  async when(condition: () => boolean): Promise<void> {
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
