import { readRealtimeClientEvent } from '@stepvoice/core/protocol';
import type { WireRealtimeClientEvent } from '@stepvoice/core/protocol';
import { isRecord } from '../http/request-body.ts';
import { EventRefusal } from './event-refusal.ts';

/**
 * Reads one message of a client, and overlooks what the service overlooks: unknown fields, a missing `event_id`, `null`.
 *
 * @throws {EventRefusal} in the words of the service.
 */
export function readClientEvent(raw: unknown): WireRealtimeClientEvent {
  if (!isRecord(raw) || typeof raw['type'] !== 'string') throw invalidFormat();
  const event = parse(forgive(raw));
  if (event.type !== 'unknown') return event;
  throw new EventRefusal('unknown event type', { code: 'invalid_value', param: 'type' });
}

function parse(event: Record<string, unknown>): ReturnType<typeof readRealtimeClientEvent> {
  try {
    return readRealtimeClientEvent(event);
  } catch {
    throw invalidFormat();
  }
}

function invalidFormat(): EventRefusal {
  return new EventRefusal('invalid event format', { code: 'invalid_value' });
}

/** Without an `event_id` that is no text, and without `null` in `turn_detection`. */
function forgive(event: Record<string, unknown>): Record<string, unknown> {
  const { event_id: id, ...rest } = event;
  const { session } = rest;
  return {
    ...rest,
    ...(typeof id === 'string' && { event_id: id }),
    ...(isRecord(session) &&
      isRecord(session['turn_detection']) && {
        session: { ...session, turn_detection: withoutNulls(session['turn_detection']) },
      }),
  };
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
