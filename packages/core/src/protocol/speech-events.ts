import * as v from 'valibot';
import { readMessage } from './received.ts';
import type { UnknownMessage } from './received.ts';
import { WireSubtitle } from './subtitle.ts';

/** One piece of the audio. Decoded one by one and joined, all pieces give one file; a cut may fall inside a sample. */
export const WireSpeechAudioDelta = v.looseObject({
  type: v.literal('speech.audio.delta'),
  audio: v.string(),
});

export const WireResponseSubtitle = v.looseObject({
  type: v.literal('response.subtitle'),
  event_id: v.optional(v.string()),
  data: WireSubtitle,
});

export const WireSpeechAudioDone = v.looseObject({
  type: v.literal('speech.audio.done'),
  audio: v.optional(v.nullable(v.string())),
});

/** Its shape is documented nowhere: a message at the top, in `error`, or `error` itself a string. */
export const WireSpeechAudioError = v.looseObject({ type: v.literal('speech.audio.error') });

const SPEECH_EVENTS = {
  'speech.audio.delta': WireSpeechAudioDelta,
  'response.subtitle': WireResponseSubtitle,
  'speech.audio.done': WireSpeechAudioDone,
  'speech.audio.error': WireSpeechAudioError,
} as const;

export type WireSpeechEvent = v.InferOutput<(typeof SPEECH_EVENTS)[keyof typeof SPEECH_EVENTS]>;

/** `data` of the event that ends every SSE stream; a stream may also simply end. */
export const SSE_DONE = '[DONE]';

/**
 * Reads the parsed `data` of one server-sent event of `POST /audio/speech` with `stream_format: "sse"`.
 *
 * @throws {ProtocolError} on a message that lacks a field it cannot be used without.
 */
export function readSpeechEvent(raw: unknown): WireSpeechEvent | UnknownMessage {
  return readMessage(SPEECH_EVENTS, raw);
}
