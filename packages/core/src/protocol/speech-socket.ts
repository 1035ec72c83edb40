import * as v from 'valibot';
import { readMessage } from './received.ts';
import type { UnknownMessage } from './received.ts';
import { WirePronunciationMap, WireVoiceLabel } from './speech-request.ts';
import { WireSubtitle } from './subtitle.ts';

const session = { session_id: v.optional(v.string()) };

/** `data` of `tts.create`. HTTP calls three of these `voice`, `speed` and `volume`. */
export const WireSpeechSession = v.looseObject({
  session_id: v.string(),
  voice_id: v.string(),
  response_format: v.optional(v.string()),
  sample_rate: v.optional(v.number()),
  speed_ratio: v.optional(v.number()),
  volume_ratio: v.optional(v.number()),
  mode: v.optional(v.string()),
  pronunciation_map: v.optional(WirePronunciationMap),
  markdown_filter: v.optional(v.boolean()),
  instruction: v.optional(v.string()),
  voice_label: v.optional(WireVoiceLabel),
  text_normalization: v.optional(v.string()),
  timestamp: v.optional(v.boolean()),
});

export const WireTtsCreate = v.looseObject({
  type: v.literal('tts.create'),
  data: WireSpeechSession,
});
export const WireTtsTextDelta = v.looseObject({
  type: v.literal('tts.text.delta'),
  data: v.looseObject({ session_id: v.string(), text: v.string() }),
});
export const WireTtsTextFlush = v.looseObject({
  type: v.literal('tts.text.flush'),
  data: v.looseObject({ session_id: v.string() }),
});
export const WireTtsTextDone = v.looseObject({
  type: v.literal('tts.text.done'),
  data: v.looseObject({ session_id: v.string() }),
});

const CLIENT_EVENTS = {
  'tts.create': WireTtsCreate,
  'tts.text.delta': WireTtsTextDelta,
  'tts.text.flush': WireTtsTextFlush,
  'tts.text.done': WireTtsTextDone,
} as const;

export type WireSpeechSession = v.InferOutput<typeof WireSpeechSession>;
export type WireSpeechClientEvent = v.InferOutput<
  (typeof CLIENT_EVENTS)[keyof typeof CLIENT_EVENTS]
>;

/** Reads what a client sent over the speech socket; the same rules as {@link readSpeechSocketEvent}. */
export function readSpeechClientEvent(raw: unknown): WireSpeechClientEvent | UnknownMessage {
  return readMessage(CLIENT_EVENTS, raw);
}

/** Times and codes arrive as numbers or as text. */
const loose = v.optional(v.union([v.string(), v.number()]));

/**
 * Three generations of the service's documentation name the extra fields of a sentence event differently
 * (`started_at`/`ended_at`, `sentence_id`, `request_id` with `timestamp`): none is required.
 */
const sentence = v.looseObject({
  ...session,
  text: v.optional(v.string(), ''),
  request_id: v.optional(v.string()),
  timestamp: loose,
  started_at: loose,
  ended_at: loose,
  sentence_id: loose,
});

const event = { event_id: v.optional(v.string()) };
const anyData = v.optional(v.nullable(v.looseObject(session)));

export const WireTtsConnectionDone = v.looseObject({
  ...event,
  type: v.literal('tts.connection.done'),
  data: v.looseObject({ session_id: v.string() }),
});
export const WireTtsResponseCreated = v.looseObject({
  ...event,
  type: v.literal('tts.response.created'),
  data: anyData,
});
export const WireTtsSentenceStart = v.looseObject({
  ...event,
  type: v.literal('tts.response.sentence.start'),
  data: sentence,
});
export const WireTtsSentenceEnd = v.looseObject({
  ...event,
  type: v.literal('tts.response.sentence.end'),
  data: sentence,
});
/** In the plain formats each delta is a complete file of its own; in the `_stream` formats all deltas are one file. */
export const WireTtsAudioDelta = v.looseObject({
  ...event,
  type: v.literal('tts.response.audio.delta'),
  data: v.looseObject({
    ...session,
    status: v.optional(v.string()),
    audio: v.optional(v.nullable(v.string())),
    duration: v.optional(v.nullable(v.number())),
  }),
});
export const WireTtsSubtitle = v.looseObject({
  ...event,
  type: v.literal('tts.response.subtitle'),
  timestamp: v.optional(v.number()),
  data: v.looseObject({ ...session, ...WireSubtitle.entries }),
});
export const WireTtsTextFlushed = v.looseObject({
  ...event,
  type: v.literal('tts.text.flushed'),
  data: anyData,
});
/** `audio` is empty, or all the audio once more: it counts only where no delta came. */
export const WireTtsAudioDone = v.looseObject({
  ...event,
  type: v.picklist(['tts.response.audio.done', 'response.audio.done', 'tts.response.done']),
  data: v.optional(
    v.nullable(v.looseObject({ ...session, audio: v.optional(v.nullable(v.string())) })),
  ),
});
export const WireTtsError = v.looseObject({
  ...event,
  type: v.literal('tts.response.error'),
  data: v.looseObject({
    ...session,
    code: loose,
    message: v.optional(v.string()),
    details: v.optional(v.unknown()),
  }),
});

const SERVER_EVENTS = {
  'tts.connection.done': WireTtsConnectionDone,
  'tts.response.created': WireTtsResponseCreated,
  'tts.response.sentence.start': WireTtsSentenceStart,
  'tts.response.audio.delta': WireTtsAudioDelta,
  'tts.response.sentence.end': WireTtsSentenceEnd,
  'tts.response.subtitle': WireTtsSubtitle,
  'tts.text.flushed': WireTtsTextFlushed,
  'tts.response.audio.done': WireTtsAudioDone,
  'response.audio.done': WireTtsAudioDone,
  'tts.response.done': WireTtsAudioDone,
  'tts.response.error': WireTtsError,
} as const;

export type WireSpeechSocketEvent = v.InferOutput<
  (typeof SERVER_EVENTS)[keyof typeof SERVER_EVENTS]
>;

/**
 * Reads one parsed frame that the service sent over `GET /realtime/audio`.
 *
 * @throws {ProtocolError} on a message that lacks a field it cannot be used without.
 */
export function readSpeechSocketEvent(raw: unknown): WireSpeechSocketEvent | UnknownMessage {
  return readMessage(SERVER_EVENTS, raw);
}
