import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

export type ReceivedRequest = {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  json: Record<string, unknown>;
};

export type Script = (request: ReceivedRequest, answer: ServerResponse) => unknown;
export type SocketScript = (socket: WebSocket, request: IncomingMessage) => unknown;
export type Refusal = { status: number; headers?: Record<string, string>; body?: string };

/** A server that does what a test tells it to, and counts. */
export class ScriptedServer {
  readonly requests: ReceivedRequest[] = [];
  readonly handshakes: IncomingMessage[] = [];
  connections = 0;
  script: Script = (_, answer) => answer.writeHead(500).end();
  socketScript: SocketScript = (socket) => socket.close();
  /** Answers handshakes in place of the socket, one after the other, while there are any. */
  readonly refusals: Refusal[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #watchers = new Set<() => void>();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (protocols) => (protocols.has('realtime') ? 'realtime' : false),
  });

  private constructor() {
    this.#server = createServer((request, answer) => void this.#receive(request, answer));
    // A test says itself how long a connection is kept.
    this.#server.keepAliveTimeout = 0;
    this.#server.on('connection', (socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#notify();
      });
      this.#notify();
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  static async start(script?: Script): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    if (script !== undefined) server.script = script;
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  get lastRequest(): ReceivedRequest {
    const request = this.requests.at(-1);
    if (request === undefined) throw new Error('no request was received');
    return request;
  }

  /** Resolves when `condition` holds; looked at whenever something happens here. */
  async until(condition: () => boolean): Promise<void> {
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

  untilAllClosed(): Promise<void> {
    return this.until(() => this.#sockets.size === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#webSockets.clients) socket.terminate();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #receive(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    let body = '';
    request.setEncoding('utf8');
    for await (const chunk of request) body += chunk as string;
    const received: ReceivedRequest = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body,
      get json() {
        return JSON.parse(body) as Record<string, unknown>;
      },
    };
    this.requests.push(received);
    this.#notify();
    await this.script(received, answer);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.handshakes.push(request);
    this.#notify();
    const refusal = this.refusals.shift();
    if (refusal !== undefined) {
      const body = refusal.body ?? '';
      const headers = { 'content-length': String(Buffer.byteLength(body)), ...refusal.headers };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${refusal.status} No\r\n${lines.join('')}\r\n${body}`);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined);
      webSocket.on('close', () => this.#notify());
      webSocket.on('message', () => this.#notify());
      this.socketScript(webSocket, request);
    });
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
