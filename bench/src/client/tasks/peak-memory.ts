import type { SpeechClient, Transport } from '../speech-client.ts';
import { watchMemory } from './watch-memory.ts';

/** The most memory this process has during one answer that is dropped as it comes. */
export async function measurePeakMemory(
  client: SpeechClient,
  { transport }: { transport: Transport },
): Promise<{ peakBytes: number }> {
  const memory = watchMemory();
  await client.speak({ transport }, () => undefined);
  return { peakBytes: memory.peakBytes() };
}
