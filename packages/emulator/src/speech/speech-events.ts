import type { EventDialect } from '../http/event-stream.ts';

export type SpeechStreamEvent = { type: string; [field: string]: unknown };

const DELTA = 'speech.audio.delta';

/** The events of `POST /audio/speech` with `stream_format: "sse"`. */
export const SPEECH_EVENTS: EventDialect<SpeechStreamEvent> = {
  isContent: ({ type }) => type === DELTA,
  emptyDelta: () => ({ type: DELTA, audio: '' }),
  withBrokenAudio: (event) => ({ ...event, audio: '*not base64*' }),
  failure: ({ message = 'engine overloaded', code }) => ({
    type: 'speech.audio.error',
    error: { message, ...(code !== undefined && { code: String(code) }) },
  }),
  endMarker: '[DONE]',
};
