import {
  CLOSE_CODES,
  SOUND_HEADER_BYTES,
  type NodeMessage,
  type PageMessage,
} from '../nodes/play/page-messages.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
const CROWDED_DELAY_MS = 15_000;
/** Eight seconds of the microphone. */
const MAX_WAITING_BYTES = 256 * 1024;
const SESSION_KEY = 'stepvoice-session';

/** Codes after which it makes no sense to come back. */
const FINAL: ReadonlyMap<number, 'wrongKey' | 'replaced' | 'refused'> = new Map([
  [CLOSE_CODES.wrongKey, 'wrongKey'],
  [CLOSE_CODES.replaced, 'replaced'],
  [CLOSE_CODES.badMessage, 'refused'],
]);

export type PageSocketListener = {
  onMessage(message: NodeMessage): void;
  onSound(sound: number, bytes: Uint8Array): void;
  /** `final` where it does not come back by itself. */
  onLost(why: 'lost' | 'tooManyPages' | 'wrongKey' | 'replaced' | 'refused'): void;
};

/** The connection to the node, which comes back whenever it is lost. */
export class PageSocket {
  readonly #url: string;
  readonly #token: string;
  readonly #listener: PageSocketListener;
  #socket: WebSocket | undefined;
  #isReady = false;
  #failures = 0;
  #timer: number | undefined;

  constructor(url: string, token: string, listener: PageSocketListener) {
    this.#url = url;
    this.#token = token;
    this.#listener = listener;
    // Phones cut connections when the screen goes off, and do not always say so.
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#hurry();
    });
    this.#open();
  }

  send(message: PageMessage): void {
    if (this.#isOpen) this.#socket?.send(JSON.stringify(message));
  }

  /** @returns whether it was sent: what the network cannot take is lost, or it would come later and later */
  sendFrame(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (!this.#isOpen || this.#socket === undefined) return true;
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) return false;
    this.#socket.send(bytes);
    return true;
  }

  get #isOpen(): boolean {
    // Before it is told that it has closed, it is closing for a while.
    return this.#isReady && this.#socket?.readyState === WebSocket.OPEN;
  }

  #open(): void {
    this.#timer = undefined;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      const session = sessionStorage.getItem(SESSION_KEY) ?? undefined;
      const hello: PageMessage = {
        type: 'hello',
        token: this.#token,
        session,
        language: navigator.language,
      };
      socket.send(JSON.stringify(hello));
    });
    socket.addEventListener('message', ({ data }) => this.#receive(data as string | ArrayBuffer));
    socket.addEventListener('close', ({ code }) => this.#onClose(code));
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data !== 'string') {
      const sound = new DataView(data).getUint32(0, true);
      this.#listener.onSound(sound, new Uint8Array(data, SOUND_HEADER_BYTES));
      return;
    }
    const message = JSON.parse(data) as NodeMessage;
    if (message.type === 'ready') {
      this.#isReady = true;
      this.#failures = 0;
      sessionStorage.setItem(SESSION_KEY, message.session);
    }
    this.#listener.onMessage(message);
  }

  #onClose(code: number): void {
    this.#isReady = false;
    this.#socket = undefined;
    const final = FINAL.get(code);
    if (final !== undefined) {
      this.#listener.onLost(final);
      return;
    }
    const isCrowded = code === CLOSE_CODES.tooManyPages;
    this.#listener.onLost(isCrowded ? 'tooManyPages' : 'lost');
    const backoff = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    this.#failures += 1;
    // Spread, or all pages of a node that was deployed anew would come in the same moment.
    const delay = (isCrowded ? CROWDED_DELAY_MS : backoff) * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#open(), delay);
  }

  #hurry(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#open();
  }
}
