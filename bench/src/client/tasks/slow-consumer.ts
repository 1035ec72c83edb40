import { BYTES_PER_SECOND } from '../../service/answer.ts';
import type { OnAudio, SpeechClient, Transport } from '../speech-client.ts';
import { watchMemory } from './watch-memory.ts';

/** Listens at so many times the audio's own pace, to a service that could send much faster. */
export async function measureSlowConsumer(
  client: SpeechClient,
  {
    transport,
    forMs,
    timesRealTime,
  }: { transport: Transport; forMs: number; timesRealTime: number },
): Promise<{ audioBytes: number; memoryBytes: number }> {
  await client.speak({ transport }, () => undefined);
  const listener = listenSlowly(timesRealTime);
  const base = process.memoryUsage.rss();
  const memory = watchMemory();
  client.speak({ transport }, listener.onAudio).catch((error: unknown) => {
    throw error;
  });
  await new Promise((resolve) => setTimeout(resolve, forMs));
  return { audioBytes: listener.heardBytes(), memoryBytes: memory.peakBytes() - base };
}

/** Keeps each piece for as long as it sounds. */
export function listenSlowly(timesRealTime: number): {
  onAudio: OnAudio;
  heardBytes: () => number;
} {
  let heardBytes = 0;
  let freeAt = 0;
  return {
    heardBytes: () => heardBytes,
    onAudio: async (audio) => {
      const now = performance.now();
      freeAt = Math.max(freeAt, now) + (audio.length / BYTES_PER_SECOND / timesRealTime) * 1000;
      await new Promise((resolve) => setTimeout(resolve, freeAt - now));
      heardBytes += audio.length;
    },
  };
}
