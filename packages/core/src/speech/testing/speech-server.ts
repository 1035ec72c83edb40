import type { ServerResponse } from 'node:http';
import { createConnection } from '../../client.ts';
import type { StepAudioOptions } from '../../client.ts';
import { createPlatformRuntime } from '../../net/runtime.ts';
import type { Runtime } from '../../net/runtime.ts';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import { createNodeRuntime } from '../../runtime/node/node-runtime.ts';
import { Speech } from '../speech.ts';

export const RUNTIMES: [string, () => Runtime][] = [
  ['fetch', createPlatformRuntime],
  ['undici', createNodeRuntime],
];

/** A `Speech` on a clock that stands still, towards a server of the test. */
export function createSpeech(
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
  return { clock, connection, speech: new Speech(connection) };
}

export const base64 = (bytes: Uint8Array | number[]) => Buffer.from(bytes).toString('base64');

export const delta = (bytes: Uint8Array | number[]) =>
  `data: ${JSON.stringify({ type: 'speech.audio.delta', audio: base64(bytes) })}\n\n`;

export const DONE = 'data: {"type":"speech.audio.done","audio":""}\n\n';
export const END = 'data: [DONE]\n\n';

export function beginEvents(answer: ServerResponse, ...events: string[]): ServerResponse {
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'x-trace-id': 't-1' });
  answer.flushHeaders();
  for (const event of events) answer.write(event);
  return answer;
}
