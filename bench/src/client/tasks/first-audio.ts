import { nowMs } from '../../harness/monotonic-clock.ts';
import type { OpenSpeechClient, SpeechClient, Transport } from '../speech-client.ts';

/** When each of many short requests, one after the other, was made and when its first audio was there. */
export async function measureFirstAudio(
  client: SpeechClient,
  { transport, requests }: { transport: Transport; requests: number },
): Promise<{ calledAt: number[]; firstAudioAt: number[] }> {
  const calledAt: number[] = [];
  const firstAudioAt: number[] = [];
  for (let request = 0; request < requests; request += 1) {
    const call = await timedCall(client, transport);
    calledAt.push(call.calledAt);
    firstAudioAt.push(call.firstAudioAt);
    // The connection goes back to its pool in a later turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { calledAt, firstAudioAt };
}

/** The first request of a process, the loading of the client's packages included. */
export async function measureColdFirstAudio(
  open: () => ReturnType<OpenSpeechClient>,
  { transport }: { transport: Transport },
): Promise<{ startedAt: number; firstAudioAt: number }> {
  const startedAt = nowMs();
  const { firstAudioAt } = await timedCall(await open(), transport);
  return { startedAt, firstAudioAt };
}

async function timedCall(
  client: SpeechClient,
  transport: Transport,
): Promise<{ calledAt: number; firstAudioAt: number }> {
  let firstAudioAt: number | undefined;
  const calledAt = nowMs();
  await client.speak({ transport }, () => {
    firstAudioAt ??= nowMs();
  });
  if (firstAudioAt === undefined) throw new Error('no audio arrived');
  return { calledAt, firstAudioAt };
}
