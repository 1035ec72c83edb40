import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Authorization = 'none' | 'valid' | 'invalid';

const KEY_PROTOCOL = 'openai-insecure-api-key.';

/**
 * Judges the key of a request: `Authorization: Bearer <key>` in any case, the bare key without `Bearer` as two samples of
 * the service's documentation send it, or, for an upgrade, a subprotocol `openai-insecure-api-key.<key>`, the only way
 * browsers have.
 */
export function checkAuthorization(request: IncomingMessage, apiKey: string): Authorization {
  const offered = offeredKey(request);
  if (offered === undefined) return 'none';
  return isSame(offered, apiKey) ? 'valid' : 'invalid';
}

/** The subprotocol to answer with: one of those offered that is not a key, `realtime` if it is among them. */
export function selectProtocol(offered: ReadonlySet<string>): string | false {
  if (offered.has('realtime')) return 'realtime';
  for (const protocol of offered) if (!protocol.startsWith(KEY_PROTOCOL)) return protocol;
  return false;
}

function offeredKey(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization?.trim();
  if (header !== undefined && header !== '') return header.replace(/^bearer(?:\s+|$)/i, '');
  const protocols = request.headers['sec-websocket-protocol']?.split(',') ?? [];
  return protocols
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(KEY_PROTOCOL))
    ?.slice(KEY_PROTOCOL.length);
}

/** Compares hashes, so that the time taken tells nothing of the key. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
