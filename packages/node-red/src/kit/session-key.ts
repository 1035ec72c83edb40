import type { FlowMessage } from './node-red.ts';

/**
 * Whose message this is: `msg.sessionId`, else that of a websocket or `stepvoice-play` node. Messages without one are all of
 * the same session, `''`.
 */
export function sessionKey({ sessionId, _session }: FlowMessage): string {
  return toKey(sessionId) ?? toKey(_session?.id) ?? '';
}

function toKey(id: unknown): string | undefined {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
