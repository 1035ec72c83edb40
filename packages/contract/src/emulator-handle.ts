import type { Counters, RequestRecord } from '@stepvoice/emulator';

/** An emulator in another process, or in this one: what the contract needs of it, by its admin routes. */
export type EmulatorHandle = {
  url: string;
  apiKey: string;
  /** Sends one request to `/_emulator/<name>`. A page cannot do so itself: its origin is refused. */
  admin(method: 'GET' | 'POST' | 'DELETE', name: string, body?: unknown): Promise<unknown>;
};

export type Admin = EmulatorHandle['admin'];

/** Of an emulator that Node can reach. */
export function handleOf({ url, apiKey }: { url: string; apiKey: string }): EmulatorHandle {
  return { url, apiKey, admin: (...request) => sendAdmin({ url, apiKey }, ...request) };
}

/** Sends an admin request from Node. */
export async function sendAdmin(
  { url, apiKey }: { url: string; apiKey: string },
  ...[method, name, body]: Parameters<Admin>
): Promise<unknown> {
  const answer = await fetch(`${url}/_emulator/${name}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`Admin ${method} ${name}: ${await answer.text()}`);
  return answer.json();
}

/** Strikes the next requests, one unless told otherwise. */
export async function addFault(emulator: EmulatorHandle, fault: string, times = 1): Promise<void> {
  await emulator.admin('POST', 'faults', { fault, times });
}

export async function clearFaults(emulator: EmulatorHandle): Promise<void> {
  await emulator.admin('DELETE', 'faults');
}

/** Requests and sockets that the emulator sees as open. */
export async function countOpen(emulator: EmulatorHandle): Promise<number> {
  const { openRequests, openSockets } = (await emulator.admin('GET', 'counters')) as Counters;
  return openRequests + openSockets;
}

export async function readLog(emulator: EmulatorHandle): Promise<readonly RequestRecord[]> {
  return ((await emulator.admin('GET', 'log')) as { requests: RequestRecord[] }).requests;
}
