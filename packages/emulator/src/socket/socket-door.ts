import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { ServerOptions, WebSocket } from 'ws';
import { createFaultyDuplex } from '../faults/faulty-duplex.ts';
import { invalidParameters } from '../http/api-error.ts';
import { selectProtocol } from '../http/authentication.ts';
import type { Exchange } from '../http/exchange.ts';

/** A client that has said goodbye is gone after this long, also where a fault keeps our answer to it back. */
const CLOSE_TIMEOUT_MS = 1000;

/** What is served over the sockets of one endpoint. */
export type SocketService = {
  /** A longer message ends its socket with 1009. */
  largestMessageBytes: number;
  /**
   * Looks at an upgrade request and answers what serves its socket.
   *
   * @throws {ApiError} to refuse the handshake.
   */
  admit(exchange: Exchange): (socket: WebSocket) => void;
};

/** Turns the upgrade requests of one endpoint into sessions. */
export class SocketDoor {
  readonly #service: SocketService;
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();
  readonly #sockets = new Set<WebSocket>();
  readonly #server: WebSocketServer;

  constructor(service: SocketService) {
    this.#service = service;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: service.largestMessageBytes,
      handleProtocols: selectProtocol,
      closeTimeout: CLOSE_TIMEOUT_MS,
    } as ServerOptions & { closeTimeout: number });
    this.#server.on('headers', (headers, request) => {
      const response = this.#exchanges.get(request)?.response;
      for (const name of ['x-trace-id', 'x-request-id']) {
        headers.push(`${name}: ${String(response?.getHeader(name))}`);
      }
    });
    // Who listens answers a bad handshake in place of ws.
    this.#server.on('wsClientError', () => undefined);
  }

  /** @throws {ApiError} while the handshake can still be refused. */
  admit(exchange: Exchange, socket: Socket, handOver: () => Buffer): void {
    const { request, response, faults } = exchange;
    const serve = this.#service.admit(exchange);
    this.#exchanges.set(request, exchange);
    response.detachSocket(socket);
    const faulty = faults.touchesBytes
      ? createFaultyDuplex(socket, faults, () => exchange.end('cut'))
      : undefined;
    let opened: WebSocket | undefined;
    this.#server.handleUpgrade(request, faulty?.stream ?? socket, handOver(), (webSocket) => {
      opened = webSocket;
    });
    if (opened === undefined) {
      response.assignSocket(socket);
      throw invalidParameters('not a valid websocket handshake');
    }
    exchange.context.ledger.answered(exchange.record, 101);
    this.#keep(exchange, opened);
    serve(opened);
    faulty?.arm();
  }

  /** Ends every session at once. */
  close(): void {
    for (const socket of this.#sockets) socket.terminate();
    this.#server.close();
  }

  #keep(exchange: Exchange, socket: WebSocket): void {
    this.#sockets.add(socket);
    // A broken frame, or a connection that died: the close that follows says all there is to say.
    socket.on('error', () => undefined);
    socket.once('close', (code) => {
      this.#sockets.delete(socket);
      exchange.record.closeCode = code;
      exchange.end('aborted');
    });
  }
}

/** The model in the address of a socket. @throws {ApiError} where there is none. */
export function modelOf(exchange: Exchange): string {
  const model = exchange.url.searchParams.get('model');
  if (model === null || model === '') throw invalidParameters('model is required');
  return model;
}
