import type { Clock } from '../clock.ts';
import type { FrameDialect } from '../socket/frame-sink.ts';
import { createWireId } from '../wire-id.ts';
import { errorEvent } from './server-event.ts';
import type { ServerEvent } from './server-event.ts';

/**
 * The events of `GET /realtime`.
 *
 * @param onFailure called after an error that a fault asked for: here the session goes on.
 */
export function createRealtimeDialect(
  clock: Clock,
  onFailure: () => void,
): FrameDialect<ServerEvent> {
  return {
    encode: (event) => JSON.stringify({ event_id: createWireId(clock.now()), ...event }),
    isAudio,
    emptyDelta: (next) => (isAudio(next) ? { ...next, delta: '' } : undefined),
    withBrokenAudio: (event) => ({ ...event, delta: '*not base64*' }),
    failure: ({ message = 'engine overloaded', code = '503' }) =>
      errorEvent({ type: 'server_error', message, code: String(code) }),
    onFailure,
  };
}

function isAudio({ type }: ServerEvent): boolean {
  return type === 'response.audio.delta';
}
