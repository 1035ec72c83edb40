import type { FlowRig } from '../../../testing/flow-rig.ts';
import { SOUND_HEADER_BYTES, type NodeMessage, type PageMessage } from '../page-messages.ts';

type Heard = NodeMessage | { type: 'bytes'; sound: number; bytes: Uint8Array };
type Of<Type extends Heard['type']> = Extract<Heard, { type: Type }>;

/** A page without a browser. */
export class PageClient {
  readonly heard: Heard[] = [];
  readonly closed: Promise<{ code: number }>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  #read = 0;

  constructor(url: string, origin = url.replace(/^ws/, 'http')) {
    // Node's own takes headers, which a browser's does not.
    const options = { headers: { origin: new URL(origin).origin } };
    this.#socket = new WebSocket(url, options as unknown as string[]);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('message', ({ data }: { data: string | ArrayBuffer }) => {
      this.heard.push(typeof data === 'string' ? (JSON.parse(data) as NodeMessage) : toBytes(data));
      for (const wake of this.#waiting) wake();
    });
    this.closed = new Promise((resolve) => {
      this.#socket.addEventListener('close', ({ code }) => resolve({ code }));
    });
  }

  /** The page of a node, let in. */
  static async enter(rig: FlowRig, id: string, token: string, session?: string) {
    const client = new PageClient(pageSocket(rig, id));
    await client.opened();
    client.say({ type: 'hello', token, session, language: 'en' });
    const ready = await client.next('ready');
    return { client, session: ready.session, ready };
  }

  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.addEventListener('open', () => resolve());
      this.#socket.addEventListener('error', () => reject(new Error('It was refused.')));
    });
  }

  say(message: PageMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  sendRaw(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  close(): void {
    this.#socket.close();
  }

  /** The next of its kind; what comes before is passed over. */
  async next<Type extends Heard['type']>(type: Type): Promise<Of<Type>> {
    while (true) {
      while (this.#read < this.heard.length) {
        const heard = this.heard[this.#read] as Heard;
        this.#read += 1;
        if (heard.type === type) return heard as Of<Type>;
      }
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }
}

export function pageSocket(rig: FlowRig, id: string): string {
  return `${rig.url.replace(/^http/, 'ws')}/stepvoice/play/${id}/socket`;
}

function toBytes(data: ArrayBuffer): Of<'bytes'> {
  const sound = new DataView(data).getUint32(0, true);
  return { type: 'bytes', sound, bytes: new Uint8Array(data, SOUND_HEADER_BYTES) };
}
