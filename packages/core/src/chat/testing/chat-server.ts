import type { ServerResponse } from 'node:http';
import { createConnection } from '../../client.ts';
import type { StepAudioOptions } from '../../client.ts';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import { createNodeRuntime } from '../../runtime/node/node-runtime.ts';
import { Chat } from '../chat.ts';

/** A `Chat` on a clock that stands still, towards a server of the test. */
export function createChat({ url }: { url: string }, options: StepAudioOptions = {}) {
  const clock = new ManualClock();
  const runtime = { ...createNodeRuntime(), clock, random: () => 0.5 };
  const connection = createConnection({
    apiKey: 'sk-geheim-0123456789',
    baseURL: url,
    runtime,
    ...options,
  });
  return { clock, chat: new Chat(connection) };
}

export const base64 = (bytes: Uint8Array | number[]) => Buffer.from(bytes).toString('base64');

/** One server-sent event with a delta, in the service's own dress. */
export const chunk = (delta: object, more: object = {}, finishReason: string | null = '') =>
  `data: ${JSON.stringify({
    id: '019c22d2aa1177e0b0c1d2e3f4a5b6c7',
    object: 'chat.completion.chunk',
    created: 1_790_000_010,
    model: 'step-audio-2',
    choices: [{ index: 0, delta: { role: '', ...delta }, finish_reason: finishReason }],
    ...more,
  })}\n\n`;

export const STOP = chunk({ content: '' }, {}, 'stop');
export const END = 'data: [DONE]\n\n';

export function beginEvents(answer: ServerResponse, ...events: string[]): ServerResponse {
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'x-trace-id': 't-1' });
  answer.flushHeaders();
  for (const event of events) answer.write(event);
  return answer;
}

export function answerJson(answer: ServerResponse, body: unknown, status = 200): void {
  answer.writeHead(status, { 'content-type': 'application/json', 'x-trace-id': 't-1' });
  answer.end(JSON.stringify(body));
}
