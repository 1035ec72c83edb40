import type { Clock } from '../clock.ts';
import { createWireId } from '../wire-id.ts';
import type { FrameDialect } from './frame-sink.ts';

/** What stands in an event of the speech socket beside `event_id` and `data.session_id`. */
export type SpeechServerEvent = {
  type: string;
  data?: Readonly<Record<string, unknown>>;
  /** Beside `data`. */
  timestamp?: number;
};

const AUDIO_DELTA = 'tts.response.audio.delta';

/** The events of `GET /realtime/audio`. */
export function createSpeechDialect(
  clock: Clock,
  sessionId: string,
): FrameDialect<SpeechServerEvent> {
  return {
    encode: ({ type, data, timestamp }) =>
      JSON.stringify({
        event_id: createWireId(clock.now()),
        type,
        ...(timestamp !== undefined && { timestamp }),
        data: { session_id: sessionId, ...data },
      }),
    isAudio: ({ type }) => type === AUDIO_DELTA,
    emptyDelta: () => ({
      type: AUDIO_DELTA,
      data: { status: 'unfinished', audio: '', duration: 0 },
    }),
    withBrokenAudio: (event) => ({ ...event, data: { ...event.data, audio: '*not base64*' } }),
    failure: ({ message = 'engine overloaded', code = '503' }) => ({
      type: 'tts.response.error',
      data: { code: String(code), message, details: { error: message } },
    }),
  };
}
