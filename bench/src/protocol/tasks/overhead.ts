import { nowMs } from '../../harness/monotonic-clock.ts';
import type { ProtocolClient } from '../protocol-client.ts';

/** How long each audio delta takes from the socket's event to the listener. */
export async function measureOverhead(
  client: ProtocolClient,
  { deltas }: { deltas: number },
): Promise<{ overheadMs: number[] }> {
  let arrivedAt = 0;
  const session = await client.openRealtime(() => {
    arrivedAt = nowMs();
  });
  const overheadMs: number[] = [];
  await session.ask(() => overheadMs.push(nowMs() - arrivedAt));
  session.close();
  if (overheadMs.length !== deltas) {
    throw new Error(`${overheadMs.length} pieces of audio came, not ${deltas}`);
  }
  return { overheadMs };
}
