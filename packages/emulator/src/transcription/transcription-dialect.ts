import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { FrameDialect } from '../socket/frame-sink.ts';

/** An event of the transcription socket as it leaves, but for its `event_id` and `meta`. */
export type TranscriptionServerEvent = {
  readonly type: string;
  readonly [field: string]: unknown;
};

export const DELTA = 'conversation.item.input_audio_transcription.delta';

/** The events of `GET /realtime/asr/stream`. */
export function createTranscriptionDialect(
  clock: Clock,
  sessionId: string,
): FrameDialect<TranscriptionServerEvent> {
  return {
    encode: (event) =>
      JSON.stringify({
        event_id: randomUUID(),
        meta: { session_id: sessionId, timestamp: Math.floor(clock.now()) },
        ...event,
      }),
    isAudio: ({ type }) => type === DELTA,
    emptyDelta: (next) =>
      next.type === DELTA
        ? { ...next, text: '', ...('stash' in next && { stash: '', words: [] }) }
        : undefined,
    withBrokenAudio: (event) => event,
    failure: ({ message = 'engine overloaded', code = 'internal_error' }) =>
      errorEvent({ type: 'internal_error', code: String(code), message }),
  };
}

/** `type` is one of the three that the documentation has. */
export function errorEvent(error: {
  type: 'invalid_request_error' | 'internal_error' | 'risk';
  code: string;
  message: string;
  param?: string;
  eventId?: string | undefined;
}): TranscriptionServerEvent {
  const { type, code, message, param = '', eventId = '' } = error;
  return { type: 'error', error: { type, code, message, param, event_id: eventId } };
}
