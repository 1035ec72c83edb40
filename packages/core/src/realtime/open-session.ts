import { TimeoutError } from '../errors.ts';
import type { Connection } from '../net/connection.ts';
import type { WireRealtimeInputItem } from '../protocol/realtime-items.ts';
import type { WireRealtimeSessionPatch } from '../protocol/realtime-session.ts';
import { SessionWire } from './session-wire.ts';

/** As long as the service's own client waits for `session.updated`. */
const SETUP_MS = 15_000;

export type SessionOpening = {
  model: string;
  session: WireRealtimeSessionPatch;
  history: readonly WireRealtimeInputItem[];
  keepAliveMs: number;
  signal: AbortSignal | undefined;
};

/**
 * Opens a socket and brings its session to where it can be used: greeted, configured, told what was said before.
 *
 * @throws what `Connection.openSocket` throws, what the service answers, a `TimeoutError`, or `signal.reason`.
 */
export async function openSession(
  connection: Connection,
  { model, session, history, keepAliveMs, signal }: SessionOpening,
): Promise<SessionWire> {
  const channel = await connection.openSocket({ path: '/realtime', query: { model }, signal });
  if (signal?.aborted) {
    channel.close();
    throw signal.reason;
  }
  const wire = new SessionWire(connection, channel, keepAliveMs);
  const onAbort = (): void => wire.close(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const limitMs = Math.min(SETUP_MS, connection.timeouts.firstByteMs);
  const stopTimer = connection.clock.after(limitMs, () => {
    const message = `The service did not set the session up within ${limitMs / 1000} s. Try again.`;
    const { requestId } = wire;
    wire.close(new TimeoutError(message, { phase: 'first-byte', timeoutMs: limitMs, requestId }));
  });
  try {
    await wire.greeted;
    if (session.instructions) wire.hide(session.instructions);
    await wire.request('update', { type: 'session.update', session });
    await refill(wire, history);
    // An abort may have come with the last answer.
    signal?.throwIfAborted();
    return wire;
  } catch (error) {
    wire.close(error);
    throw error;
  } finally {
    stopTimer();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Tells a session what was said before. Answers the ids it gave, in order. */
export async function refill(
  wire: SessionWire,
  items: readonly WireRealtimeInputItem[],
): Promise<(string | undefined)[]> {
  const answers = items.map((item) => {
    for (const part of item.content ?? []) wire.hide(part.text ?? '');
    return wire.request('item', { type: 'conversation.item.create', item }, { item });
  });
  const events = await Promise.all(answers);
  return events.map((event) =>
    event.type === 'conversation.item.created' ? event.item.id : undefined,
  );
}
