import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { readPath } from './answer-plan.ts';
import { serveRealtime } from './realtime-service.ts';
import { answerTranscription, serveTranscription } from './transcription-service.ts';

/** The realtime conversation and the transcription as the service speaks them, and nothing behind them. */
const http = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = readPath(request.url ?? '');
  if (asked?.endpoint === '/audio/asr/sse') await answerTranscription(request, response);
  else response.writeHead(404).end();
}

const sockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: 64 * 1024 * 1024,
});
http.on('upgrade', (request, connection, head) => {
  const asked = readPath(request.url ?? '');
  if (asked === undefined) {
    connection.destroy();
    return;
  }
  sockets.handleUpgrade(request, connection, head, (socket) => {
    socket.on('error', () => connection.destroy());
    if (asked.endpoint === '/realtime') serveRealtime(socket, asked.plan);
    else serveTranscription(socket);
  });
});

process.once('disconnect', () => process.exit());
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port));
