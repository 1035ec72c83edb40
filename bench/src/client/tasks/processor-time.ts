import type { SpeechClient, Transport } from '../speech-client.ts';

/** Processor time, user and system, for so many equal answers after a first short one. */
export async function measureProcessorTime(
  client: SpeechClient,
  {
    transport,
    audioBytes,
    requests,
  }: { transport: Transport; audioBytes: number; requests: number },
): Promise<{ cpuMs: number }> {
  let received = 0;
  const count = (audio: Uint8Array): void => {
    received += audio.length;
  };
  await client.speak({ transport }, count);
  received = 0;
  const before = process.cpuUsage();
  for (let request = 0; request < requests; request += 1) {
    await client.speak({ transport }, count);
  }
  const { user, system } = process.cpuUsage(before);
  if (received !== audioBytes * requests) {
    throw new Error(`${received} bytes of audio arrived, not ${audioBytes * requests}`);
  }
  return { cpuMs: (user + system) / 1000 };
}
