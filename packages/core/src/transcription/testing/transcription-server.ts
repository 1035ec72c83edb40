import { createConnection } from '../../client.ts';
import type { StepAudioOptions } from '../../client.ts';
import type { Runtime } from '../../net/runtime.ts';
import { createPlatformRuntime } from '../../net/runtime.ts';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import type { ReceivedRequest } from '../../net/testing/scripted-server.ts';
import type { WireTranscriptionRequest } from '../../protocol/transcription-request.ts';
import { createNodeRuntime } from '../../runtime/node/node-runtime.ts';
import { Transcription } from '../transcription.ts';

export const RUNTIMES: [string, () => Runtime][] = [
  ['fetch', createPlatformRuntime],
  ['undici', createNodeRuntime],
];

/** A `Transcription` on a clock that stands still, towards a server of the test. */
export function createTranscription(
  { url }: { url: string },
  options: StepAudioOptions = {},
  createRuntime: () => Runtime = createNodeRuntime,
) {
  const clock = new ManualClock();
  const runtime = { ...createRuntime(), clock, random: () => 0.5 };
  const connection = createConnection({
    apiKey: 'sk-geheim-0123456789',
    baseURL: url,
    runtime,
    ...options,
  });
  return { clock, connection, transcription: new Transcription(connection) };
}

export const event = (message: object): string => `data: ${JSON.stringify(message)}\n\n`;

const meta = { session_id: 'sse_1790000000123456789', timestamp: 1_790_000_000_123 };

export const delta = (text: string, more: object = {}): string =>
  event({ type: 'transcript.text.delta', meta, delta: text, ...more });

export const done = (text: string, more: object = {}): string =>
  event({ type: 'transcript.text.done', meta, text, ...more });

export function bodyOf(request: ReceivedRequest): WireTranscriptionRequest['audio'] {
  return (request.json as WireTranscriptionRequest).audio;
}

/** The samples that a request carries as PCM. */
export function samplesOf(request: ReceivedRequest): Int16Array {
  const bytes = Buffer.from(bodyOf(request).data, 'base64');
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
