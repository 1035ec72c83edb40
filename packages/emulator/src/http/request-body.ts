import type { IncomingMessage } from 'node:http';
import { ApiError, invalidParameters } from './api-error.ts';
import type { Exchange } from './exchange.ts';

/** Far above what 1000 characters with every option can need; what carries sound names its own limit. */
const LARGEST_BODY_BYTES = 1024 * 1024;

/**
 * Reads a JSON object, whatever the content type says.
 *
 * @throws {ApiError} 413 for a body over `maxBytes` (1 MiB), 400 for one that is no JSON object.
 */
export async function readJsonObject(
  exchange: Exchange,
  { maxBytes }: { maxBytes?: number } = {},
): Promise<Record<string, unknown>> {
  const value = parseJson(decode(await readBody(exchange, maxBytes)));
  if (!isRecord(value)) throw invalidParameters('request body must be a JSON object');
  return value;
}

/**
 * Reads the whole body, as slowly as a fault may ask.
 *
 * @throws {ApiError} 413 for a body over `maxBytes` (1 MiB); its connection cannot be used again.
 */
export function readBody(exchange: Exchange, maxBytes?: number): Promise<Uint8Array> {
  const slow = exchange.faults.get('slow-read');
  const pause = slow === undefined ? undefined : () => exchange.sleep(slow.ms);
  return readBytes(exchange.request, pause, maxBytes);
}

/** @throws {ApiError} 413 for a body over `maxBytes` (1 MiB); its connection cannot be used again. */
export async function readBytes(
  request: IncomingMessage,
  pause?: () => Promise<void>,
  maxBytes = LARGEST_BODY_BYTES,
): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let length = 0;
  await pause?.();
  // Leaving the loop early must not destroy the socket: an answer is still to go out on it.
  const body: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) {
      throw new ApiError(
        413,
        'request_params_invalid',
        `request body is larger than ${maxBytes} bytes`,
        { connection: 'close' },
      );
    }
    parts.push(part);
    await pause?.();
  }
  return Buffer.concat(parts);
}

/** @throws {ApiError} 400 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidParameters('request body is not valid JSON');
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidParameters('request body is not valid UTF-8');
  }
}
