import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import type { Emulator } from '../emulator.ts';

/** A request that the emulator accepts; tests change what they are about. */
export const SPEECH = {
  model: 'stepaudio-2.5-tts',
  input: 'Good morning.',
  voice: 'cixingnansheng',
  response_format: 'pcm',
};

export function bearer(emulator: Emulator): Record<string, string> {
  return { authorization: `Bearer ${emulator.apiKey}` };
}

export function speak(
  emulator: Emulator,
  body: Record<string, unknown> = {},
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${emulator.url}/v1/audio/speech`, {
    method: 'POST',
    headers: { ...bearer(emulator), 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...SPEECH, ...body }),
    ...(signal !== undefined && { signal }),
  });
}

/** `error` of a refusal in the service's form. */
export async function errorOf(answer: Response): Promise<{ message: string; type: string }> {
  const body = (await answer.json()) as { error: { message: string; type: string } };
  return body.error;
}

/** What a `POST /audio/speech` over `node:http` gives, piece by piece, and how it ends. */
export async function readPieces(
  emulator: Emulator,
  body: Record<string, unknown>,
  fault: string,
): Promise<{ status: number; pieces: Buffer[]; error: string | undefined }> {
  const sent = request(`${emulator.url}/v1/audio/speech`, {
    method: 'POST',
    headers: { ...bearer(emulator), 'x-emulator-fault': fault },
    agent: false,
  });
  sent.end(JSON.stringify({ ...SPEECH, ...body }));
  const pieces: Buffer[] = [];
  let status = 0;
  try {
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    status = answer.statusCode ?? 0;
    sent.on('error', () => undefined);
    for await (const piece of answer as AsyncIterable<Buffer>) pieces.push(piece);
    return { status, pieces, error: undefined };
  } catch (error) {
    return { status, pieces, error: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

/** Events of an SSE body by the rules of the service: `data:` lines, each event ended by a blank line. */
export function eventsOf(text: string): (Record<string, unknown> | '[DONE]')[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const data = block.replace(/^data: /, '');
      return data === '[DONE]' ? data : (JSON.parse(data) as Record<string, unknown>);
    });
}

export type SocketEvent = {
  event_id: string;
  type: string;
  timestamp?: number;
  data: Record<string, unknown> & { session_id: string };
};

/** A speech socket as a stranger would use it, with everything it received. */
export type RawSocket = {
  socket: WebSocket;
  events: SocketEvent[];
  /** Waits for the next event not yet waited for, or for the next of a type. */
  next(type?: string): Promise<SocketEvent>;
  /** Sends an event with the session's id, unless `data` brings another. */
  send(type: string, data?: Record<string, unknown>): void;
  /** Waits until the socket is closed. */
  closed: Promise<{ code: number; reason: string }>;
};

export async function openSocket(
  emulator: Emulator,
  {
    model = 'stepaudio-2.5-tts',
    fault,
    protocols = [],
    options = {},
    prefix = '/v1',
  }: {
    model?: string;
    fault?: string;
    protocols?: string[];
    options?: ClientOptions;
    prefix?: string;
  } = {},
): Promise<RawSocket> {
  const address = `${emulator.url.replace('http', 'ws')}${prefix}/realtime/audio?model=${model}`;
  const headers = {
    ...bearer(emulator),
    ...(fault !== undefined && { 'x-emulator-fault': fault }),
  };
  const socket = new WebSocket(address, protocols, { headers, ...options });
  const events: SocketEvent[] = [];
  let read = 0;
  let end: { code: number; reason: string } | undefined;
  let notify: () => void = () => undefined;
  socket.on('message', (message) => {
    events.push(JSON.parse((message as Buffer).toString()) as SocketEvent);
    notify();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      end = { code, reason: reason.toString() };
      resolve(end);
      notify();
    });
  });
  await once(socket, 'open');
  socket.on('error', () => undefined);
  const raw: RawSocket = {
    socket,
    events,
    closed,
    async next(type) {
      for (;;) {
        const event = events[read];
        if (event !== undefined) {
          read += 1;
          if (type === undefined || event.type === type) return event;
        } else if (end !== undefined) {
          throw new Error(`closed with ${end.code} before ${type ?? 'another event'}`);
        } else await new Promise<void>((resolve) => (notify = resolve));
      }
    },
    send(type, data = {}) {
      const sessionId = events[0]?.data.session_id;
      socket.send(JSON.stringify({ type, data: { session_id: sessionId, ...data } }));
    },
  };
  return raw;
}

/** A socket that has its session created. */
export async function createSession(
  emulator: Emulator,
  data: Record<string, unknown> = {},
  how: Parameters<typeof openSocket>[1] = {},
): Promise<RawSocket> {
  const session = await openSocket(emulator, how);
  await session.next('tts.connection.done');
  session.send('tts.create', { voice_id: 'cixingnansheng', response_format: 'pcm', ...data });
  await session.next('tts.response.created');
  return session;
}

/** Settles when the condition holds; asks again after each turn of the loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
