import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { StepAudio } from '@stepvoice/core/node';
import { wavHeader } from '@stepvoice/core/audio';

const RATE = 16_000;
const HOURS = 3;
const MEGABYTE = 2 ** 20;

const HARMONICS = Array.from({ length: 15 }, (_, k) => k + 1);
/** Seconds of syllables at different pitches, with a pause behind them, as bytes of PCM. */
const SECONDS = [118, 131, 107, 125, 140].map((pitch) => {
  const samples = Int16Array.from({ length: RATE }, (_, i) => {
    const time = i / RATE;
    if (time > 0.7) return 0;
    const syllable = Math.abs(Math.sin(2 * Math.PI * 2.5 * time));
    const wave = (k: number): number => Math.sin(2 * Math.PI * k * pitch * time) / k;
    return 5000 * syllable * HARMONICS.reduce((sum, k) => sum + wave(k), 0);
  });
  return new Uint8Array(samples.buffer);
});

async function* hours(): AsyncGenerator<Uint8Array> {
  yield wavHeader({ sampleRate: RATE, samples: HOURS * 3600 * RATE });
  for (let index = 0; index < HOURS * 3600; index += 1) yield SECONDS[index % SECONDS.length]!;
}

test('three hours as a stream are cut, stitched, and never held', async () => {
  let calls = 0;
  let received = 0;
  // Answers at once: what is looked at is the client.
  const server = createServer((request, answer) => {
    request.on('data', (chunk: Uint8Array) => (received += chunk.length));
    request.once('end', () => {
      const text = `Call ${(calls += 1)}.`;
      const meta = { session_id: 'sse_1', timestamp: 1 };
      const done = JSON.stringify({ type: 'transcript.text.done', meta, text });
      answer.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${done}\n\n`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await using client = new StepAudio({ apiKey: 'x', baseURL: `http://127.0.0.1:${port}` });
  const base = process.memoryUsage.rss();
  let peak = 0;
  let audioMs = 0;
  const segments: { startMs: number; endMs: number }[] = [];
  for await (const event of client.transcription.stream(hours())) {
    peak = Math.max(peak, process.memoryUsage.rss() - base);
    if (event.type === 'progress') audioMs = event.audioMs;
    if (event.type === 'final') segments.push({ startMs: event.startMs!, endMs: event.endMs! });
  }
  server.closeAllConnections();
  server.close();
  expect(audioMs).toBe(HOURS * 3_600_000);
  expect(segments.length).toBe(calls);
  expect(calls).toBeGreaterThanOrEqual(HOURS * 12);
  for (const [index, { startMs, endMs }] of segments.entries()) {
    expect(startMs).toBe(segments[index - 1]?.endMs ?? 0);
    expect(endMs - startMs).toBeLessThanOrEqual(300_000);
    // In a pause: the first 700 ms of each second are spoken.
    expect(index === 0 || startMs % 1000 > 690).toBe(true);
  }
  expect(received).toBeGreaterThan((HOURS * 3600 * RATE * 2 * 4) / 3);
  // The whole is 330 MB, and 440 MB as base64.
  expect(peak / MEGABYTE).toBeLessThan(300);
});
