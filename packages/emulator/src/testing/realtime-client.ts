import { once } from 'node:events';
import { decodeBase64, decodePcm16, encodeBase64, encodePcm16 } from '@stepvoice/core/audio';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import type { Emulator } from '../emulator.ts';
import { bearer } from './raw-client.ts';

/** An event of the realtime socket, as it came. */
export type RealtimeEvent = { event_id: string; type: string } & Record<string, unknown>;

/** A realtime socket as a stranger would use it, with everything it received. */
export type RealtimeClient = AsyncDisposable & {
  socket: WebSocket;
  events: RealtimeEvent[];
  /** Waits for the next event not yet waited for, or for the next of a type. */
  next(type?: string): Promise<RealtimeEvent>;
  send(type: string, fields?: Record<string, unknown>): void;
  /** Sends samples in events of 20 ms each, or of another length. */
  append(samples: Int16Array, stepMs?: number): void;
  closed: Promise<{ code: number; reason: string }>;
};

export type RealtimeOptions = {
  model?: string;
  fault?: string;
  prefix?: string;
  query?: string;
  protocols?: string[];
  headers?: Record<string, string>;
  options?: ClientOptions;
};

export async function openRealtime(
  emulator: Emulator,
  how: RealtimeOptions = {},
): Promise<RealtimeClient> {
  const { model = 'stepaudio-2.5-realtime', fault, prefix = '/v1', query = '' } = how;
  const address = `${emulator.url.replace('http', 'ws')}${prefix}/realtime?model=${model}${query}`;
  const headers = {
    ...bearer(emulator),
    ...(fault !== undefined && { 'x-emulator-fault': fault }),
    ...how.headers,
  };
  const socket = new WebSocket(address, how.protocols ?? [], { headers, ...how.options });
  const events: RealtimeEvent[] = [];
  let read = 0;
  let end: { code: number; reason: string } | undefined;
  let notify: () => void = () => undefined;
  socket.on('message', (message) => {
    const text = (message as Buffer).toString();
    events.push(parse(text));
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
  const client: RealtimeClient = {
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
    send: (type, fields = {}) => socket.send(JSON.stringify({ type, ...fields })),
    append(samples, stepMs = 20) {
      const step = stepMs * 24;
      for (let at = 0; at < samples.length; at += step) {
        const audio = encodeBase64(encodePcm16(samples.subarray(at, at + step)));
        client.send('input_audio_buffer.append', { audio });
      }
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
  return client;
}

/** A socket whose session has been updated. */
export async function openSession(
  emulator: Emulator,
  session: Record<string, unknown> = {},
  how: RealtimeOptions = {},
): Promise<RealtimeClient> {
  const client = await openRealtime(emulator, how);
  client.send('session.update', { session });
  await client.next('session.updated');
  return client;
}

/** Puts a text of the user into the conversation and waits until it is there. */
export async function writeText(client: RealtimeClient, text: string): Promise<RealtimeEvent> {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
  client.send('conversation.item.create', { item });
  return client.next('conversation.item.created');
}

/** The sound of all audio deltas among events. */
export function soundOf(events: readonly RealtimeEvent[]): Int16Array {
  const parts = events
    .filter(({ type }) => type === 'response.audio.delta')
    .map(({ delta }) => decodeBase64(delta as string));
  return decodePcm16(new Uint8Array(Buffer.concat(parts)));
}

/** The transcript of all its deltas among events. */
export function transcriptOf(events: readonly RealtimeEvent[]): string {
  return events
    .filter(({ type }) => type === 'response.audio_transcript.delta')
    .map(({ delta }) => delta as string)
    .join('');
}

function parse(text: string): RealtimeEvent {
  try {
    return JSON.parse(text) as RealtimeEvent;
  } catch {
    return { event_id: '', type: 'broken' };
  }
}
