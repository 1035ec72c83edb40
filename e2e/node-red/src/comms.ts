/** What the runtime tells an open editor. */
type CommsMessage = { topic: string; data: unknown };

/** A message as a debug node shows it. */
export type DebugMessage = { id: string; name?: string; msg: string; format: string };
export type Badge = { text?: string; fill?: string; shape?: string };

const WAIT_MS = 10_000;

/** Listens to the runtime as an open editor does: badges and debug messages. */
export class Comms {
  readonly #socket: WebSocket;
  readonly #messages: CommsMessage[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const parsed: unknown = JSON.parse(String(data));
      this.#messages.push(...((Array.isArray(parsed) ? parsed : [parsed]) as CommsMessage[]));
      for (const look of this.#waiting) look();
    });
  }

  static async open(url: string): Promise<Comms> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
    const comms = new Comms(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error('The editor socket was refused.')), {
        once: true,
      });
    });
    socket.send(JSON.stringify({ subscribe: 'debug' }));
    socket.send(JSON.stringify({ subscribe: 'status/#' }));
    return comms;
  }

  /** Every badge a node has shown so far. */
  badges(id: string): Badge[] {
    return this.#messages
      .filter(({ topic }) => topic === `status/${id}`)
      .map(({ data }) => data as Badge);
  }

  /** What a debug node has shown so far. */
  debugged(id: string): DebugMessage[] {
    return this.#messages
      .filter(({ topic }) => topic === 'debug')
      .map(({ data }) => data as DebugMessage)
      .filter((message) => message.id === id);
  }

  /** All that came so far, as text. */
  everything(): string {
    return JSON.stringify(this.#messages);
  }

  /** Asks with each message until there is an answer. @throws where there is none in time */
  async until<T>(what: string, look: (comms: Comms) => T | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        const found = look(this);
        if (found === undefined || found === false) return;
        this.#waiting.delete(attempt);
        clearTimeout(timer);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(attempt);
        const seen = this.everything().slice(-1000);
        reject(new Error(`Waited in vain for ${what}. The last that came: ${seen}`));
      }, WAIT_MS);
      this.#waiting.add(attempt);
      attempt();
    });
  }

  close(): void {
    this.#socket.close();
  }
}
