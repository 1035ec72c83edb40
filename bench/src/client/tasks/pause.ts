import type { SpeechClient, Transport } from '../speech-client.ts';

/** Two sentences with a pause between them. */
export async function measurePause(
  client: SpeechClient,
  { transport, pauseMs }: { transport: Transport; pauseMs: number },
): Promise<Record<string, never>> {
  await client.speak({ transport }, ignore);
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  await client.speak({ transport }, ignore);
  return {};
}

function ignore(): void {}
