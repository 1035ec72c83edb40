import { randomUUID } from 'node:crypto';
import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { answerModel, answerModels } from '../catalogue/models-answer.ts';
import { answerSystemVoices } from '../catalogue/voices-answer.ts';
import { answerChat } from '../chat/chat-answer.ts';
import { answerClone, answerClones, answerPreview } from '../clones/clone-answers.ts';
import type { EmulatorContext } from '../context.ts';
import { FaultSyntaxError, parseFaults } from '../faults/fault.ts';
import type { Fault } from '../faults/fault.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { FaultSet } from '../faults/fault-set.ts';
import type { RateLimiter } from '../rate-limit.ts';
import { realtimeService } from '../realtime/realtime-service.ts';
import { SocketDoor } from '../socket/socket-door.ts';
import type { SocketService } from '../socket/socket-door.ts';
import { speechService } from '../socket/speech-service.ts';
import { answerSpeech } from '../speech/speech-answer.ts';
import {
  answerFileContent,
  answerFileDeletion,
  answerFileList,
  answerFileUpload,
  answerStoredFile,
} from '../stored-files/file-answers.ts';
import { answerFileQuery, answerFileSubmit } from '../transcription/file-answers.ts';
import { answerTranscriptionStream } from '../transcription/stream-answer.ts';
import { transcriptionService } from '../transcription/transcription-service.ts';
import { answerUploadTranscription } from '../transcription/upload-answer.ts';
import { createWireId } from '../wire-id.ts';
import { answerAdmin } from './admin.ts';
import { answerError } from './answer.ts';
import { ApiError, invalidParameters, methodNotAllowed, refusalFor } from './api-error.ts';
import { checkAuthorization } from './authentication.ts';
import type { Authorization } from './authentication.ts';
import { allowOrigin, answerPreflight, isPreflight } from './cors.ts';
import { Exchange, ExchangeEnded } from './exchange.ts';
import { answerFile } from './file-answer.ts';
import { findRoute, isSocketEndpoint } from './routes.ts';
import type { Endpoint, RouteMatch, SocketEndpoint } from './routes.ts';
import { answerTrouble } from './trouble.ts';

const FAULT_HEADER = 'x-emulator-fault';
/** Endpoints that the service's rate limits count. */
const LIMITED: ReadonlySet<Endpoint> = new Set<Endpoint>([
  'speech',
  'speech-socket',
  'chat',
  'realtime',
  'asr-sse',
  'asr-socket',
  'asr-file-submit',
  'transcriptions',
  'voice-clone',
  'voice-preview',
]);

const ANSWERS: Readonly<
  Record<Exclude<Endpoint, SocketEndpoint>, (exchange: Exchange) => Promise<void>>
> = {
  speech: answerSpeech,
  chat: answerChat,
  'asr-sse': answerTranscriptionStream,
  'asr-file-submit': answerFileSubmit,
  'asr-file-query': answerFileQuery,
  transcriptions: answerUploadTranscription,
  'system-voices': answerSystemVoices,
  models: answerModels,
  model: answerModel,
  'file-upload': answerFileUpload,
  'file-list': answerFileList,
  'stored-file': answerStoredFile,
  'file-deletion': answerFileDeletion,
  'file-content': answerFileContent,
  'voice-clone': answerClone,
  'voice-list': answerClones,
  'voice-preview': answerPreview,
  file: answerFile,
};

const SOCKETS: Readonly<Record<SocketEndpoint, SocketService>> = {
  'speech-socket': speechService,
  'asr-socket': transcriptionService,
  realtime: realtimeService,
};

export type DispatcherParts = {
  context: EmulatorContext;
  plan: FaultPlan;
  limiter: RateLimiter | undefined;
  apiKey: string;
  cors: boolean;
};

/** `handOver` gives what was read since the request; whoever calls it reads on at once. */
type Upgrade = { socket: Socket; handOver: () => Buffer };

/** Takes every request and every upgrade to where it is answered, past the key, the limits and the planned trouble. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #open = new Set<Exchange>();
  readonly #connections = new WeakMap<Socket, number>();
  readonly #doors = new Map(
    Object.entries(SOCKETS).map(([endpoint, service]) => [endpoint, new SocketDoor(service)]),
  );

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Ends every exchange, whatever it is doing. */
  close(): void {
    for (const exchange of this.#open) exchange.end('cut');
    for (const door of this.#doors.values()) door.close();
  }

  connected(socket: Socket): void {
    const { ledger } = this.#parts.context;
    this.#connections.set(socket, ledger.connectionOpened());
    socket.once('close', () => ledger.connectionClosed());
  }

  request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#serve(request, response, undefined);
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    // From here on nobody else looks after this socket; read on, or nobody would see that the client has left.
    const early = [head];
    const onData = (part: Buffer): void => void early.push(part);
    const onEnd = (): void => void socket.destroy();
    socket.on('error', onEnd).on('end', onEnd).on('data', onData);
    const handOver = (): Buffer => {
      socket.off('end', onEnd).off('data', onData);
      return Buffer.concat(early);
    };
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => {
      response.detachSocket(socket);
      socket.destroySoon();
    });
    return this.#serve(request, response, { socket, handOver });
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    upgrade: Upgrade | undefined,
  ): Promise<void> {
    const { context, apiKey, cors } = this.#parts;
    const traceId = createWireId(context.clock.now());
    response.setHeader('x-trace-id', traceId);
    response.setHeader('x-request-id', randomUUID());
    if (cors) allowOrigin(request, response);
    if (cors && isPreflight(request)) return answerPreflight(request, response);
    const url = readUrl(request, context.url);
    const match = findRoute(request.method ?? '', url.pathname, context.strict);
    const authorization = checkAuthorization(request, apiKey);
    if (match.kind === 'admin') return this.#administrate(match.name, request, response);
    const exchange = this.#begin({ request, response, url, match, authorization, traceId });
    try {
      await this.#answer(exchange, match, upgrade);
    } catch (error) {
      await this.#answerFailure(exchange, error);
    }
  }

  #begin({
    request,
    response,
    url,
    match,
    authorization,
    traceId,
  }: {
    request: IncomingMessage;
    response: ServerResponse;
    url: URL;
    match: RouteMatch;
    authorization: Authorization;
    traceId: string;
  }): Exchange {
    const { context } = this.#parts;
    const record = context.ledger.requestStarted({
      endpoint:
        match.kind === 'route' ? match.route.endpoint : match.kind === 'file' ? 'file' : 'unknown',
      method: request.method ?? '',
      path: url.pathname,
      plan: match.kind === 'route' ? match.plan : undefined,
      connection: this.#connections.get(request.socket) ?? 0,
      traceId,
      authorization,
      startedAtMs: context.clock.now(),
    });
    const parameter =
      match.kind === 'route' ? match.parameter : match.kind === 'file' ? match.name : '';
    const exchange = new Exchange({ request, response, url, parameter, context, record });
    this.#open.add(exchange);
    exchange.signal.addEventListener('abort', () => this.#open.delete(exchange));
    response.once('finish', () => exchange.end('complete'));
    response.once('close', () => exchange.end('aborted'));
    return exchange;
  }

  async #answer(
    exchange: Exchange,
    match: Exclude<RouteMatch, { kind: 'admin' }>,
    upgrade: Upgrade | undefined,
  ): Promise<void> {
    if (match.kind === 'none') throw refusalFor(404);
    const endpoint = match.kind === 'file' ? 'file' : this.#admit(exchange, match);
    const isUpgrade = isSocketEndpoint(endpoint);
    if (isUpgrade !== (upgrade !== undefined)) {
      throw invalidParameters(
        isUpgrade ? 'a websocket upgrade is required' : 'no websocket is served here',
      );
    }
    this.#limit(exchange, endpoint);
    exchange.faults = new FaultSet([
      ...this.#parts.plan.draw(endpoint),
      ...(exchange.record.authorization === 'valid' ? readFaultHeader(exchange.request) : []),
    ]);
    if (await answerTrouble(exchange)) return;
    if (!isSocketEndpoint(endpoint)) return ANSWERS[endpoint](exchange);
    if (upgrade === undefined) return;
    this.#doors.get(endpoint)?.admit(exchange, upgrade.socket, upgrade.handOver);
  }

  /** Lets in who has the key and asks for something that is there. */
  #admit(
    exchange: Exchange,
    match: Extract<RouteMatch, { kind: 'route' | 'wrong-method' }>,
  ): Endpoint {
    if (exchange.record.authorization !== 'valid') throw refusalFor(401);
    if (match.kind === 'route') return match.route.endpoint;
    throw methodNotAllowed(match.allowed);
  }

  #limit(exchange: Exchange, endpoint: Endpoint): void {
    const { limiter } = this.#parts;
    if (limiter === undefined || !LIMITED.has(endpoint)) return;
    const leave = limiter.enter();
    if (typeof leave !== 'function') throw refusalFor(429);
    exchange.signal.addEventListener('abort', leave, { once: true });
  }

  async #answerFailure(exchange: Exchange, error: unknown): Promise<void> {
    if (error instanceof ExchangeEnded || exchange.signal.aborted) return;
    const { response } = exchange;
    // Half an answer cannot be taken back; it must not look whole either.
    if (response.headersSent) return void response.destroy();
    const refusal = error instanceof ApiError ? error : refusalFor(500);
    await answerError(exchange, refusal).catch(() => response.destroy());
  }

  async #administrate(
    name: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { plan, context, apiKey } = this.#parts;
    let status: number;
    let body: unknown;
    try {
      if (checkAuthorization(request, apiKey) !== 'valid') throw refusalFor(401);
      ({ status, body } = await answerAdmin(name, request, {
        plan,
        ledger: context.ledger,
        url: context.url,
      }));
    } catch (error) {
      const refusal = error instanceof ApiError ? error : refusalFor(500);
      ({ status } = refusal);
      body = refusal.toBody();
    }
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  }
}

function readFaultHeader(request: IncomingMessage): Fault[] {
  const header = request.headers[FAULT_HEADER];
  if (header === undefined) return [];
  try {
    return parseFaults(Array.isArray(header) ? header.join(';') : header);
  } catch (error) {
    if (error instanceof FaultSyntaxError) {
      throw invalidParameters(`${FAULT_HEADER}: ${error.message}`);
    }
    throw error;
  }
}

function readUrl(request: IncomingMessage, base: string): URL {
  // An absolute request target, or one that begins with two slashes, must not change the host.
  const target = request.url ?? '/';
  const path = target.replace(/^[a-z]+:\/\/[^/]*/i, '');
  return new URL(`${base}${path.startsWith('/') ? path : '/'}`);
}
