import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { ServerOptions, WebSocket } from 'ws';
import { createFaultyDuplex } from '../faults/faulty-duplex.ts';
import { invalidParameters } from '../http/api-error.ts';
import { selectProtocol } from '../http/authentication.ts';
import type { Exchange } from '../http/exchange.ts';
import { checkModel } from '../speech/speech-order.ts';
import { SpeechSession } from './speech-session.ts';

/** A text of 1000 characters cannot need more, however it is escaped. */
const LARGEST_MESSAGE_BYTES = 1024 * 1024;
/** A client that has said goodbye is gone after this long, also where a fault keeps our answer to it back. */
const CLOSE_TIMEOUT_MS = 1000;

/** Turns upgrade requests into speech sessions. */
export class SpeechDoor {
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();
  readonly #sockets = new Set<WebSocket>();
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: LARGEST_MESSAGE_BYTES,
    handleProtocols: selectProtocol,
    closeTimeout: CLOSE_TIMEOUT_MS,
  } as ServerOptions & { closeTimeout: number });

  constructor() {
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
    const model = exchange.url.searchParams.get('model');
    if (model === null || model === '') throw invalidParameters('model is required');
    checkModel(model, 'speech-socket');
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
    this.#serve(exchange, opened, model);
    faulty?.arm();
  }

  /** Ends every session at once. */
  close(): void {
    for (const socket of this.#sockets) socket.terminate();
    this.#server.close();
  }

  #serve(exchange: Exchange, socket: WebSocket, model: string): void {
    this.#sockets.add(socket);
    // A broken frame, or a connection that died: the close that follows says all there is to say.
    socket.on('error', () => undefined);
    socket.once('close', (code) => {
      this.#sockets.delete(socket);
      exchange.record.closeCode = code;
      exchange.end('aborted');
    });
    new SpeechSession(exchange, socket, model).start();
  }
}
