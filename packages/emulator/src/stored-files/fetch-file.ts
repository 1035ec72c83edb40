import { ApiError, clip, invalidParameters } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';

export type FetchedFile = { filename: string; bytes: Uint8Array };

/** The service says nothing of how long it waits. */
const LONGEST_FETCH_MS = 30_000;

/**
 * Gets a file from the address that a client named, without any key, following redirects.
 *
 * @throws {ApiError} 400 for an address that cannot be reached, does not answer in time or has more than `maxBytes`.
 */
export async function fetchFile(
  exchange: Exchange,
  address: string,
  maxBytes: number,
): Promise<FetchedFile> {
  const url = URL.parse(address);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw invalidParameters('url is not valid: expected an http or https address');
  }
  const { signal, context } = exchange;
  const giveUp = new AbortController();
  const onEnd = (): void => giveUp.abort();
  signal.addEventListener('abort', onEnd, { once: true });
  const cancel = context.clock.after(LONGEST_FETCH_MS, onEnd);
  try {
    const answer = await fetch(url, { signal: giveUp.signal });
    if (!answer.ok) throw invalidParameters(`url answered with status ${answer.status}`);
    const bytes = await readAll(answer, maxBytes);
    return { filename: nameIn(url), bytes };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApiError) throw error;
    throw invalidParameters(`url could not be fetched from ${clip(url.host)}`);
  } finally {
    cancel();
    signal.removeEventListener('abort', onEnd);
    giveUp.abort();
  }
}

async function readAll(answer: Response, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer.body ?? []) {
    length += piece.length;
    if (length > maxBytes) {
      throw invalidParameters(`the file behind url has more than ${maxBytes} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function nameIn(url: URL): string {
  const segment = url.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(segment) || 'file';
  } catch {
    return segment;
  }
}
