import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { nowMs } from '../harness/monotonic-clock.ts';
import type { Answer, Command, Reply, RequestLog } from './answer.ts';
import { answerSpeech } from './speech-over-http.ts';
import { answerSpeechSocket } from './speech-over-socket.ts';

/** One client process: the answers to its requests in order, the last one repeated. */
type Run = { answers: readonly Answer[]; requests: RequestLog[] };

const runs = new Map<string, Run>();
const connections = new WeakMap<object, number>();
let connectionCount = 0;

const http = createServer((request, response) => {
  const asked = begin(request);
  if (asked === undefined) {
    response.writeHead(404).end();
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.once('end', () => {
    asked.log.receivedAt = nowMs();
    const events = (JSON.parse(body) as { stream_format?: string }).stream_format === 'sse';
    void answerSpeech(response, events, asked.answer, asked.log);
  });
  response.once('close', () => {
    if (!response.writableFinished) asked.log.closedAt = nowMs();
  });
});
// A service that names no keep-alive time and does not close: what is then dropped, the client dropped.
http.keepAliveTimeout = 0;
http.on('connection', (socket) => connections.set(socket, (connectionCount += 1)));

const sockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  // A key that travels as a subprotocol must not come back; the first one is the protocol's name.
  handleProtocols: (protocols) => [...protocols][0] ?? false,
});
http.on('upgrade', (request, connection, head) => {
  const asked = begin(request);
  if (asked === undefined) {
    connection.destroy();
    return;
  }
  const { log, answer } = asked;
  sockets.handleUpgrade(request, connection, head, (socket) => {
    connection.once('close', () => (log.closedAt = nowMs()));
    socket.on('error', () => connection.destroy());
    answerSpeechSocket(socket, connection, answer, log);
  });
});

/** Looks up the run in the first part of the path, `/RUN/v1/…`, and opens the request's log. */
function begin(request: IncomingMessage): { answer: Answer; log: RequestLog } | undefined {
  const run = runs.get(request.url?.split('/')[1] ?? '');
  if (run === undefined) return undefined;
  const answer = run.answers[run.requests.length] ?? run.answers.at(-1);
  if (answer === undefined) return undefined;
  const log: RequestLog = {
    connection: connections.get(request.socket) ?? 0,
    receivedAt: nowMs(),
    firstWriteAt: null,
    lastWriteAt: null,
    closedAt: null,
    audioBytes: 0,
  };
  run.requests.push(log);
  return { answer, log };
}

function reply(message: Reply): void {
  process.send?.(message);
}

process.on('message', (command: Command) => {
  if (command.type === 'open') {
    runs.set(command.run, { answers: command.answers, requests: [] });
    reply({ id: command.id, type: 'opened' });
    return;
  }
  const requests = runs.get(command.run)?.requests ?? [];
  runs.delete(command.run);
  reply({ id: command.id, type: 'closed', requests });
});
process.once('disconnect', () => process.exit());

http.listen(0, '127.0.0.1', () => {
  reply({ type: 'listening', port: (http.address() as AddressInfo).port });
});
