import type { Emulator } from '../emulator.ts';
import { bearer } from './raw-client.ts';

/** What a request was answered, in short. */
export type Answered = { status: number; body: Record<string, unknown> };

/** Sends a request to `/v1` and reads the JSON of its answer. */
export async function ask(
  emulator: Emulator,
  method: string,
  path: string,
  body?: object | FormData,
  prefix = '/v1',
): Promise<Answered> {
  const answer = await fetch(`${emulator.url}${prefix}${path}`, {
    method,
    headers: bearer(emulator),
    ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** As {@link ask}, and in short what a refusal says. */
export async function refusal(...request: Parameters<typeof ask>): Promise<[number, string]> {
  const { status, body } = await ask(...request);
  return [status, (body['error'] as { message: string } | undefined)?.message ?? 'accepted'];
}

export function form(fields: Record<string, string | File>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

/** Uploads a file and answers its id. */
export async function upload(
  emulator: Emulator,
  bytes: Uint8Array<ArrayBuffer>,
  filename = 'ref.wav',
  purpose = 'storage',
): Promise<string> {
  const file = new File([bytes], filename);
  const { body } = await ask(emulator, 'POST', '/files', form({ purpose, file }));
  return String(body['id']);
}
