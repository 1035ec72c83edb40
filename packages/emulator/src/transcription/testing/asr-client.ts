import { once } from 'node:events';
import { concatSamples, encodeBase64, encodePcm16, resample } from '@stepvoice/core/audio';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import type { Emulator } from '../../emulator.ts';
import { bearer } from '../../testing/raw-client.ts';
import { speakData } from '../../voice/data-speech.ts';

/** What `data-voice` makes of a text, in the thread of the test. */
export async function sayData(text: string, sampleRate: number, tag = 0): Promise<Int16Array> {
  const pieces: Int16Array[] = [];
  for await (const { samples } of speakData(text, tag)) pieces.push(samples);
  return resample(concatSamples(pieces), 48_000, sampleRate);
}

export function pcmBytes(...parts: Int16Array[]): Uint8Array {
  return encodePcm16(concatSamples(parts));
}

/** `POST /audio/asr/sse`; `settings` and `format` go over those that the emulator accepts. */
export function transcribe(
  emulator: Emulator,
  bytes: Uint8Array | string,
  {
    settings = {},
    format = { type: 'wav' },
    headers = {},
    prefix = '/v1',
    signal,
  }: {
    settings?: object;
    format?: object;
    headers?: Record<string, string>;
    prefix?: string;
    signal?: AbortSignal;
  } = {},
): Promise<Response> {
  return fetch(`${emulator.url}${prefix}/audio/asr/sse`, {
    method: 'POST',
    ...(signal !== undefined && { signal }),
    headers: { ...bearer(emulator), accept: 'text/event-stream', ...headers },
    body: JSON.stringify({
      audio: {
        data: typeof bytes === 'string' ? bytes : encodeBase64(bytes),
        input: { transcription: { model: 'stepaudio-2.5-asr', ...settings }, format },
      },
    }),
  });
}

export type AsrEvent = { type: string; event_id: string } & Record<string, unknown>;

export type AsrSocket = {
  socket: WebSocket;
  events: AsrEvent[];
  /** Waits for the next event not yet waited for, or for the next of a type. */
  next(type?: string): Promise<AsrEvent>;
  send(type: string, fields?: object): void;
  /** Appends in pieces of 100 ms at 16 kHz. */
  append(bytes: Uint8Array, step?: number): void;
  closed: Promise<{ code: number }>;
};

export async function openAsr(
  emulator: Emulator,
  {
    path = '/v1/realtime/asr/stream',
    fault,
    options = {},
  }: { path?: string; fault?: string; options?: ClientOptions } = {},
): Promise<AsrSocket> {
  const headers = {
    ...bearer(emulator),
    ...(fault !== undefined && { 'x-emulator-fault': fault }),
  };
  const socket = new WebSocket(`${emulator.url.replace('http', 'ws')}${path}`, {
    headers,
    ...options,
  });
  const events: AsrEvent[] = [];
  let read = 0;
  let isClosed = false;
  let notify: () => void = () => undefined;
  socket.on('message', (message) => {
    events.push(JSON.parse((message as Buffer).toString()) as AsrEvent);
    notify();
  });
  const closed = new Promise<{ code: number }>((resolve) => {
    socket.once('close', (code) => {
      isClosed = true;
      resolve({ code });
      notify();
    });
  });
  await once(socket, 'open');
  socket.on('error', () => undefined);
  const send = (type: string, fields: object = {}): void =>
    socket.send(JSON.stringify({ type, event_id: 'evt_1', ...fields }));
  return {
    socket,
    events,
    closed,
    send,
    append(bytes, step = 3200) {
      for (let i = 0; i < bytes.length; i += step) {
        const audio = encodeBase64(bytes.subarray(i, i + step));
        send('input_audio_buffer.append', { audio });
      }
    },
    async next(type) {
      for (;;) {
        const event = events[read];
        if (event !== undefined) {
          read += 1;
          if (type === undefined || event.type === type) return event;
        } else if (isClosed) throw new Error(`closed before ${type ?? 'another event'}`);
        else await new Promise<void>((resolve) => (notify = resolve));
      }
    },
  };
}

/** A socket that has its session set up; `input` goes over 16 kHz PCM without detection of turns. */
export async function createAsr(
  emulator: Emulator,
  input: Record<string, unknown> = {},
  how: Parameters<typeof openAsr>[1] = {},
): Promise<AsrSocket> {
  const session = await openAsr(emulator, how);
  session.send('session.update', {
    session: {
      audio: {
        input: {
          format: { type: 'pcm', codec: 'pcm_s16le', rate: 16_000, bits: 16, channel: 1 },
          ...input,
        },
      },
    },
  });
  await session.next('session.updated');
  return session;
}
