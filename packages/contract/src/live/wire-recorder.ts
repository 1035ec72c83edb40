import type { HttpTransport, Runtime, WebSocketLike } from '@stepvoice/core';
import { EventStreamRecorder } from './event-stream-recorder.ts';
import { WireShapes } from './wire-shapes.ts';

/** Writes down the shape of everything that a runtime receives; nothing is changed on its way. */
export class WireRecorder {
  readonly #runtime: Runtime;
  #shapes = new WireShapes();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** What was received since the last time this was called. */
  take(): WireShapes {
    const shapes = this.#shapes;
    this.#shapes = new WireShapes();
    return shapes;
  }

  /** The runtime to hand to a client. */
  get runtime(): Runtime {
    const { transport, openSocket, ...rest } = this.#runtime;
    return {
      ...rest,
      transport: this.#recordAnswers(transport),
      openSocket:
        openSocket &&
        (async (url, opening) => this.#recordMessages(await openSocket(url, opening))),
    };
  }

  #recordAnswers(transport: HttpTransport): HttpTransport {
    return {
      ...transport,
      start: (request, handler) => {
        const { pathname } = request.url;
        const path = pathname.replace(/^.*\/v1\//, '/').replace(/\/files\/[^/]+/, '/files/{id}');
        let recorder: EventStreamRecorder | undefined;
        return transport.start(request, {
          onSent: () => handler.onSent(),
          onHead: (head) => {
            const type = head.header('content-type')?.split(';', 1)[0] ?? 'no content type';
            const name = `${request.method} ${path} ${head.status} ${type}`;
            recorder = new EventStreamRecorder(name, type, this.#shapes);
            handler.onHead(head);
          },
          onData: (chunk) => {
            recorder?.push(chunk);
            handler.onData(chunk);
          },
          onEnd: () => {
            recorder?.end();
            handler.onEnd();
          },
          onError: (error) => handler.onError(error),
        });
      },
    };
  }

  #recordMessages(socket: WebSocketLike): WebSocketLike {
    socket.addEventListener('message', ({ data }) => {
      const text = typeof data === 'string' ? data : new TextDecoder().decode(data as ArrayBuffer);
      this.#shapes.addJson('socket', text);
    });
    return socket;
  }
}
