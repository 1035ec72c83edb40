import { createConnection } from '../../client.ts';
import { createPlatformRuntime } from '../../net/runtime.ts';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import type { WebSocketLike } from '../../net/web-socket.ts';
import type { RealtimeConnectOptions } from '../realtime-options.ts';
import type { RealtimeSession } from '../realtime-session.ts';
import { Realtime } from '../realtime.ts';

type Listener = (event: { data?: unknown; code?: number; reason?: string }) => void;

/** A socket without a network: the test is the other side, and sees all that a platform shows of one. */
export class MemorySocket implements WebSocketLike {
  readyState = 1;
  bufferedAmount = 0;
  isPaused = false;
  pings = 0;
  answersPings = true;
  readonly sent: Record<string, unknown>[] = [];
  readonly #listeners: Record<string, Listener[]> = {};
  readonly #heard = Promise.withResolvers<void>();
  pause?: () => void;
  resume?: () => void;
  ping?: (onPong: () => void) => void;

  /** `isPoor`: as in a browser, which can neither pause nor ping. */
  constructor({ isPoor = false }: { isPoor?: boolean } = {}) {
    if (isPoor) return;
    this.pause = () => void (this.isPaused = true);
    this.resume = () => void (this.isPaused = false);
    this.ping = (onPong) => {
      this.pings += 1;
      if (this.answersPings) onPong();
    };
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    (this.#listeners[type] ??= []).push(listener as Listener);
    if (type === 'message') this.#heard.resolve();
  }

  /** Resolves when somebody listens. */
  get heard(): Promise<void> {
    return this.#heard.promise;
  }

  send(data: string): void {
    const event = JSON.parse(data) as Record<string, unknown>;
    this.sent.push(event);
    if (event['type'] === 'session.update') {
      this.say({ type: 'session.updated', session: event['session'] });
    }
  }

  close(): void {
    this.readyState = 3;
  }

  /** What the service says. */
  say(event: object | string): void {
    const data = typeof event === 'string' ? event : JSON.stringify(event);
    for (const listener of this.#listeners['message'] ?? []) listener({ data });
  }

  /** What was sent of a type. */
  all(type: string): Record<string, unknown>[] {
    return this.sent.filter((event) => event['type'] === type);
  }
}

/** A session over a {@link MemorySocket}. */
export async function connectInMemory(
  options: RealtimeConnectOptions = {},
  kind: { isPoor?: boolean } = {},
): Promise<{ session: RealtimeSession; socket: MemorySocket; clock: ManualClock }> {
  const socket = new MemorySocket(kind);
  const clock = new ManualClock();
  const connection = createConnection({
    apiKey: 'sk-geheim-0123456789',
    runtime: { ...createPlatformRuntime(), clock, random: () => 0.5 },
    openSocket: () => socket,
  });
  const connecting = new Realtime(connection).connect(options);
  await socket.heard;
  socket.say({ type: 'session.created', session: { id: 'sess_1' } });
  return { session: await connecting, socket, clock };
}
