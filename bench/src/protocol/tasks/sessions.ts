import { monitorEventLoopDelay } from 'node:perf_hooks';
import { FRAME_SAMPLES } from '../protocol-client.ts';
import type { ProtocolClient, RealtimeClient } from '../protocol-client.ts';

const FRAME_MS = 20;
/** The histogram of Node counts from its own resolution on. */
const RESOLUTION_MS = 5;

/**
 * Many conversations in one process, each with an open microphone and an answer that is being spoken, in real time: how late
 * the event loop gets, and what a session costs.
 */
export async function measureSessions(
  client: ProtocolClient,
  { sessions, forMs, deltas }: { sessions: number; forMs: number; deltas: number },
): Promise<{ lagMs: number; bytesPerSession: number; cpuMs: number }> {
  // Everything is loaded before the memory is looked at.
  (await client.openRealtime()).close();
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const open: RealtimeClient[] = [];
  for (let count = 0; count < sessions; count += 1) open.push(await client.openRealtime());

  let heard = 0;
  const answers = open.map((session) => session.ask(() => (heard += 1)));
  const frame = new Int16Array(FRAME_SAMPLES).fill(1000);
  const cpu = process.cpuUsage();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  // Each session has its own tick, as if its microphone had: they do not all come at once.
  const microphones = open.map(
    (session, index) =>
      new Promise<NodeJS.Timeout>((resolve) =>
        setTimeout(
          () => resolve(setInterval(() => session.write(frame), FRAME_MS)),
          (index * FRAME_MS) / sessions,
        ),
      ),
  );
  await new Promise((resolve) => setTimeout(resolve, forMs));
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  const memory = process.memoryUsage.rss() - before;
  for (const microphone of await Promise.all(microphones)) clearInterval(microphone);
  await Promise.all(answers);
  for (const session of open) session.close();
  if (heard !== sessions * deltas) {
    throw new Error(`${heard} pieces of audio came, not ${sessions * deltas}`);
  }
  return {
    lagMs: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS),
    bytesPerSession: memory / sessions,
    cpuMs: (user + system) / 1000,
  };
}
