import type { SpeechClient, Transport } from '../speech-client.ts';

/** The most memory this process has ever had, at the end of one answer that is dropped as it comes. */
export async function measurePeakMemory(
  client: SpeechClient,
  { transport }: { transport: Transport },
): Promise<{ peakBytes: number }> {
  await client.speak({ transport }, () => undefined);
  return { peakBytes: process.resourceUsage().maxRSS * 1024 };
}
