import type { WebSocket } from 'ws';
import { createConnection } from '../../client.ts';
import type { StepAudioOptions } from '../../client.ts';
import type { Runtime } from '../../net/runtime.ts';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import { ScriptedServer } from '../../net/testing/scripted-server.ts';
import { createNodeRuntime } from '../../runtime/node/node-runtime.ts';
import type { RealtimeEvent } from '../realtime-events.ts';
import type { RealtimeConnectOptions } from '../realtime-options.ts';
import type { RealtimeSession } from '../realtime-session.ts';
import { Realtime } from '../realtime.ts';

type Fields = Record<string, unknown>;
type ClientEvent = { type: string; event_id: string } & Fields;

const SESSION = {
  id: 'sess_4f2c',
  object: 'realtime.session',
  model: 'stepaudio-2.5-realtime',
  modalities: ['text', 'audio'],
  instructions: '',
  voice: 'linjiajiejie',
  input_audio_format: 'pcm16',
  output_audio_format: 'pcm16',
  tools: [],
  max_response_output_tokens: '4096',
};

/** The service's side of one realtime socket, spoken by hand. */
export class RealtimeScript {
  readonly received: ClientEvent[] = [];
  readonly socket: WebSocket;
  closeCode: number | undefined;
  /** Answers what is sent by itself, as the service does. */
  answers = true;
  #nextId: number;
  #previous: string | undefined;
  readonly #watchers = new Set<() => void>();

  /** @param firstId so that no two sessions give the same ids */
  constructor(socket: WebSocket, firstId = 1) {
    this.socket = socket;
    this.#nextId = firstId;
    socket.on('message', (data: Buffer) => {
      const event = JSON.parse(data.toString()) as ClientEvent;
      this.received.push(event);
      if (this.answers) this.#answer(event);
      for (const watcher of this.#watchers) watcher();
    });
    socket.on('close', (code) => {
      this.closeCode = code;
      for (const watcher of this.#watchers) watcher();
    });
  }

  /** Of all events of a type, in order. */
  all(type: string): ClientEvent[] {
    return this.received.filter((event) => event.type === type);
  }

  get types(): string[] {
    return this.received.map(({ type }) => type);
  }

  /** All sound that was sent, as samples. */
  get samples(): number[] {
    return this.all('input_audio_buffer.append').flatMap(({ audio }) => {
      const bytes = Buffer.from(audio as string, 'base64');
      return Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2));
    });
  }

  send(type: string, fields: Fields = {}): void {
    this.raw(JSON.stringify({ event_id: `evt_${this.#id()}`, type, ...fields }));
  }

  raw(text: string): void {
    this.socket.send(text);
  }

  error(message: string, fields: Fields = {}): void {
    this.send('error', { error: { type: 'invalid_request_error', message, ...fields } });
  }

  greet(): void {
    this.send('session.created', { session: SESSION });
  }

  /** Begins an answer that speaks. */
  begin(id: string, item = `${id}-item`): void {
    const response = { id, object: 'realtime.response', status: 'in_progress', output: [] };
    this.send('response.created', { response });
    this.item(id, item);
  }

  item(response: string, id: string): void {
    const item = { id, type: 'message', role: 'assistant', status: 'in_progress', content: [] };
    this.send('response.output_item.added', { response_id: response, output_index: 0, item });
    this.send('conversation.item.created', { item });
  }

  audio(response: string, samples: readonly number[], item = `${response}-item`): void {
    this.send('response.audio.delta', { ...place(response, item), delta: toBase64(samples) });
  }

  text(response: string, delta: string, item = `${response}-item`): void {
    this.send('response.audio_transcript.delta', { ...place(response, item), delta });
  }

  done(id: string, status = 'completed', fields: Fields = {}): void {
    const response = { id, object: 'realtime.response', status, output: [], ...fields };
    this.send('response.done', { response });
  }

  /** A whole call of a function inside an answer. */
  call(response: string, callId: string, name: string, args: string): void {
    const call = { type: 'function_call', id: `item-${callId}`, call_id: callId, name };
    this.send('conversation.item.created', { item: { ...call, status: 'incomplete' } });
    this.send('response.function_call_arguments.delta', {
      response_id: response,
      call_id: callId,
      name,
      arguments: args,
    });
    this.send('response.function_call_arguments.done', {
      response_id: response,
      call_id: callId,
      name,
      arguments: args,
    });
  }

  /** Resolves when so many events of a type have come. */
  async until(type: string, count = 1): Promise<ClientEvent> {
    await this.#wait(() => this.all(type).length >= count);
    return this.all(type)[count - 1]!;
  }

  async untilClosed(): Promise<void> {
    await this.#wait(() => this.closeCode !== undefined);
  }

  #answer(event: ClientEvent): void {
    switch (event.type) {
      case 'session.update':
        // Without an id, as the documentation samples it.
        this.send('session.updated', {
          session: { ...SESSION, ...(event['session'] as Fields), id: undefined },
        });
        return;
      case 'input_audio_buffer.commit': {
        const id = `audio_${this.#id()}`;
        this.send('input_audio_buffer.committed', { item_id: id });
        this.#createItem({ id, type: 'message', role: 'user', content: [{ type: 'input_audio' }] });
        return;
      }
      case 'input_audio_buffer.clear':
        this.send('input_audio_buffer.cleared');
        return;
      case 'conversation.item.create': {
        // An id of its own, no text, no object: as it was captured.
        const { content: _, ...item } = event['item'] as Fields;
        const isMessage = item['type'] === 'message';
        const content = isMessage ? { content: [{ type: 'audio' }] } : {};
        const id = `item_${this.#id()}`;
        this.#createItem({ ...item, ...content, id, status: 'in_progress' });
        return;
      }
      case 'conversation.item.delete':
        this.send('conversation.item.deleted', { item_id: event['item_id'] });
        return;
      default:
    }
  }

  #createItem(item: Fields): void {
    this.send('conversation.item.created', { previous_item_id: this.#previous, item });
    this.#previous = item['id'] as string;
  }

  #id(): string {
    return String(this.#nextId++).padStart(4, '0');
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
}

export function place(response: string, item: string): Fields {
  return { response_id: response, item_id: item, output_index: 0, content_index: 0 };
}

export function toBase64(samples: readonly number[]): string {
  return Buffer.from(Int16Array.from(samples).buffer).toString('base64');
}

/** A service of scripts, one for each socket. */
export class RealtimeService {
  readonly server: ScriptedServer;
  readonly scripts: RealtimeScript[] = [];
  readonly clock = new ManualClock();
  /** Called with each new socket; greets by default. */
  onSocket: (script: RealtimeScript) => void = (script) => script.greet();

  private constructor(server: ScriptedServer) {
    this.server = server;
    server.socketScript = (socket) => {
      const script = new RealtimeScript(socket, this.scripts.length * 1000 + 1);
      this.scripts.push(script);
      this.onSocket(script);
    };
  }

  static async start(): Promise<RealtimeService> {
    return new RealtimeService(await ScriptedServer.start());
  }

  realtime(options: StepAudioOptions = {}, runtime: Runtime = createNodeRuntime()): Realtime {
    const connection = createConnection({
      apiKey: 'sk-geheim-0123456789',
      baseURL: this.server.url,
      runtime: { ...runtime, clock: this.clock, random: () => 0.5 },
      ...options,
    });
    return new Realtime(connection);
  }

  /** Connects, and waits for the session to stand. */
  async connect(
    options: RealtimeConnectOptions = {},
    client: StepAudioOptions = {},
    runtime?: Runtime,
  ): Promise<{ session: RealtimeSession; script: RealtimeScript; events: EventLog }> {
    const count = this.scripts.length;
    const session = await this.realtime(client, runtime).connect(options);
    const script = this.scripts[count]!;
    return { session, script, events: new EventLog(session) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** Reads a session event by event. */
export class EventLog {
  readonly read: RealtimeEvent[] = [];
  readonly #session: RealtimeSession;

  constructor(session: RealtimeSession) {
    this.#session = session;
  }

  get types(): string[] {
    return this.read.map(({ type }) => type);
  }

  of<Type extends RealtimeEvent['type']>(type: Type): Extract<RealtimeEvent, { type: Type }>[] {
    return this.read.filter((event) => event.type === type) as never;
  }

  /** Reads on to the next event of a type. */
  async until<Type extends RealtimeEvent['type']>(
    type: Type,
    isMeant: (event: Extract<RealtimeEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<RealtimeEvent, { type: Type }>> {
    for (;;) {
      const { value, done } = await this.#session.next();
      if (done === true) throw new Error(`the session ended before "${type}"`);
      this.read.push(value);
      const event = value as Extract<RealtimeEvent, { type: Type }>;
      if (value.type === type && isMeant(event)) return event;
    }
  }
}
