import { nowMs } from '../../harness/monotonic-clock.ts';
import type { SpeechClient, Transport } from '../speech-client.ts';
import type { Stop } from '../task.ts';

/** Long enough for a read to be pending in every layer. */
const PENDING_MS = 20;
/** Time the service is given to see the connection close. */
const GRACE_MS = 150;

/** After a first short answer: listens to the first piece of an endless one, stops, and says when; the service says when it noticed. */
export async function measureStop(
  client: SpeechClient,
  { transport, stop, tries }: { transport: Transport; stop: Stop; tries: number },
): Promise<{ stoppedAt: number[] }> {
  // The first request loads packages: an early stop would come before it.
  await client.speak({ transport }, () => undefined);
  const stoppedAt: number[] = [];
  for (let count = 0; count < tries; count += 1) {
    stoppedAt.push(await stopOnce(client, transport, stop));
    await sleep(GRACE_MS);
  }
  return { stoppedAt };
}

async function stopOnce(client: SpeechClient, transport: Transport, stop: Stop): Promise<number> {
  if (stop === 'abort') return abortOnce(client, transport);
  if (client.iterate === undefined) throw new Error('has nothing to loop over');
  const audio = await client.iterate({ transport });
  switch (stop) {
    case 'break': {
      let stoppedAt = 0;
      for await (const _ of audio) {
        stoppedAt = nowMs();
        break;
      }
      return stoppedAt;
    }
    case 'return': {
      await audio.next();
      const stoppedAt = nowMs();
      await audio.return?.();
      return stoppedAt;
    }
    case 'pendingReturn': {
      await audio.next();
      const pending = audio.next();
      await sleep(PENDING_MS);
      const stoppedAt = nowMs();
      // Where it queues behind the pending read it never settles: nobody waits for either.
      void Promise.allSettled([audio.return?.(), pending]);
      return stoppedAt;
    }
  }
}

async function abortOnce(client: SpeechClient, transport: Transport): Promise<number> {
  const controller = new AbortController();
  let stoppedAt = 0;
  const abort = (): void => {
    stoppedAt = nowMs();
    controller.abort();
  };
  const spoken = client.speak({ transport, signal: controller.signal }, () => {
    if (stoppedAt === 0) abort();
  });
  // A whole answer has no first piece: it is stopped while it is on its way.
  if (transport === 'binary') setTimeout(abort, PENDING_MS);
  await spoken.catch(() => undefined);
  return stoppedAt;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
