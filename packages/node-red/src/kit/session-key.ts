import type { FlowMessage } from './node-red.ts';

/**
 * Whose message this is: `msg.sessionId`, else that of a websocket or `stepvoice-play` node. Messages without one are all of
 * the same session, `''`.
 */
export function sessionKey({ sessionId, _session }: FlowMessage): string {
  if (typeof sessionId === 'string' || typeof sessionId === 'number') return String(sessionId);
  const id = _session?.id;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '';
}
