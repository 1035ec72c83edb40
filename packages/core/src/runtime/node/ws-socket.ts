import type { Agent, IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { HttpHead } from '../../net/http-transport.ts';
import { SocketRefusal } from '../../net/web-socket.ts';
import type { OpenSocket, WebSocketLike } from '../../net/web-socket.ts';
import { createProxyAgent } from './proxy-environment.ts';
import type { ProxyRoutes } from './proxy-environment.ts';

/** One message may hold all the audio of a long session once more. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * Opens sockets with `ws`, loaded with the first one: it can send headers and be paused.
 *
 * @param agent through which to connect, such as one for a proxy
 * @param proxies through which to connect, where there is no `agent`
 */
export function createWsOpener(agent?: Agent, proxies?: ProxyRoutes): OpenSocket {
  const proxyAgents = new Map<boolean, Promise<Agent>>();
  const agentFor = (url: string): Agent | undefined | Promise<Agent> => {
    if (agent !== undefined || proxies === undefined) return agent;
    const isSecure = url.startsWith('wss:');
    const known = proxyAgents.get(isSecure);
    if (known !== undefined) return known;
    const made = createProxyAgent(proxies, isSecure);
    proxyAgents.set(isSecure, made);
    return made;
  };
  // Kept, since an import costs its search for the file each time.
  let loading: Promise<typeof import('ws')> | undefined;
  return async (url, { headers, protocols, onUpgrade }) => {
    const { WebSocket } = await (loading ??= import('ws'));
    const through = await agentFor(url);
    const socket = new WebSocket(url, [...protocols], {
      headers: { 'user-agent': 'stepvoice', ...headers },
      // Base64 of speech hardly shrinks, and inflating it costs more than all the rest.
      perMessageDeflate: false,
      followRedirects: false,
      // Broken text would fail as JSON, or show in a subtitle; looking at every byte of the audio for it is dear.
      skipUTF8Validation: true,
      maxPayload: MAX_MESSAGE_BYTES,
      // Ours is the limit, on our clock.
      handshakeTimeout: 0,
      ...(through === undefined ? {} : { agent: through }),
    });
    socket.on('upgrade', (answer) => {
      const head = toHead(answer);
      onUpgrade((name) => head.header(name));
    });
    socket.on('unexpected-response', (_, answer) => void refuse(socket, answer));
    return new WsSocket(socket);
  };
}

/** `ws` without the events of a browser, which would cost an object for each message. */
class WsSocket implements WebSocketLike {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  addEventListener(
    type: 'open' | 'message' | 'error' | 'close',
    listener: (event: SocketEvent) => void,
  ): void {
    const socket = this.#socket;
    switch (type) {
      case 'open':
        socket.on('open', () => listener({ data: undefined }));
        break;
      case 'message':
        // In bytes or not, it is text.
        socket.on('message', (data) => listener({ data: (data as Buffer).toString() }));
        break;
      case 'error':
        socket.on('error', (error) => listener({ data: undefined, error }));
        break;
      case 'close':
        socket.on('close', (code, reason) =>
          listener({ data: undefined, code, reason: reason.toString() }),
        );
    }
  }

  send(data: string): void {
    this.#socket.send(data);
  }

  ping(onPong: () => void): void {
    this.#socket.once('pong', onPong);
    this.#socket.ping();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code?: number): void {
    this.#socket.close(code);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

type SocketEvent = { data: unknown; error?: unknown; code?: number; reason?: string };

async function refuse(socket: WebSocket, answer: IncomingMessage): Promise<void> {
  const refusal = new SocketRefusal({ head: toHead(answer), body: await readRefusal(answer) });
  socket.emit('error', refusal);
  socket.terminate();
}

function toHead(answer: IncomingMessage): HttpHead {
  return {
    status: answer.statusCode ?? 0,
    header: (name) => {
      const value = answer.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}

/** As much of the body as came, however it ended. */
async function readRefusal(answer: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The status alone says enough.
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
