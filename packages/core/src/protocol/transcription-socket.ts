import * as v from 'valibot';
import { lenient } from './lenient.ts';
import { readMessage } from './received.ts';
import type { UnknownMessage } from './received.ts';
import {
  WireTranscriptionFormat,
  WireTranscriptionMeta,
  WireTranscriptionUsage,
  lenientNumber,
} from './transcription-fields.ts';

/** `enable_timestamp_align`: exact word times in `completed`, on `stepaudio-2.5-asr-stream` only. */
export const WireTranscriptionSocketSettings = v.looseObject({
  model: v.optional(v.string()),
  language: v.optional(v.nullable(v.string())),
  prompt: v.optional(v.nullable(v.string())),
  full_rerun_on_commit: v.optional(v.nullable(v.boolean())),
  enable_itn: v.optional(v.nullable(v.boolean())),
  enable_timestamp_align: v.optional(v.nullable(v.boolean())),
});

/** Without `type: "server_vad"` the client must commit. */
export const WireTranscriptionTurnDetection = v.looseObject({
  type: v.optional(v.nullable(v.string())),
  silence_duration_ms: v.optional(v.nullable(v.number())),
  threshold: v.optional(v.nullable(v.number())),
});

export const WireTranscriptionSession = v.looseObject({
  audio: v.looseObject({
    input: v.looseObject({
      format: v.optional(v.nullable(WireTranscriptionFormat)),
      transcription: v.optional(v.nullable(WireTranscriptionSocketSettings)),
      turn_detection: v.optional(v.nullable(WireTranscriptionTurnDetection)),
    }),
  }),
});

/** Required in the documentation, left out by clients. */
const clientEvent = { event_id: v.optional(v.nullable(v.string())) };

export const WireTranscriptionSessionUpdate = v.looseObject({
  ...clientEvent,
  type: v.literal('session.update'),
  session: WireTranscriptionSession,
});
export const WireTranscriptionAppend = v.looseObject({
  ...clientEvent,
  type: v.literal('input_audio_buffer.append'),
  audio: v.string(),
});
export const WireTranscriptionCommit = v.looseObject({
  ...clientEvent,
  type: v.literal('input_audio_buffer.commit'),
});

const CLIENT_EVENTS = {
  'session.update': WireTranscriptionSessionUpdate,
  'input_audio_buffer.append': WireTranscriptionAppend,
  'input_audio_buffer.commit': WireTranscriptionCommit,
} as const;

export type WireTranscriptionSession = v.InferOutput<typeof WireTranscriptionSession>;
export type WireTranscriptionClientEvent = v.InferOutput<
  (typeof CLIENT_EVENTS)[keyof typeof CLIENT_EVENTS]
>;

/** Reads what a client sent over the transcription socket; the same rules as {@link readTranscriptionSocketEvent}. */
export function readTranscriptionClientEvent(
  raw: unknown,
): WireTranscriptionClientEvent | UnknownMessage {
  return readMessage(CLIENT_EVENTS, raw);
}

const event = { event_id: lenient(v.string()), meta: lenient(WireTranscriptionMeta) };
const item = { item_id: lenient(v.string()), content_index: lenientNumber };

/** A word, or one Chinese character, in seconds. `final: false`: of the tentative tail, its times an estimate. */
export const WireTranscriptionWord = v.looseObject({
  word: v.string(),
  start: lenientNumber,
  end: lenientNumber,
  final: lenient(v.boolean()),
});

const words = lenient(v.array(WireTranscriptionWord));

/** Neither session event repeats all that was asked for: `model` and `threshold` are missing in the documentation's. */
const session = { session: lenient(v.looseObject({})) };

export const WireTranscriptionSessionCreated = v.looseObject({
  ...event,
  ...session,
  type: v.literal('session.created'),
});
export const WireTranscriptionSessionUpdated = v.looseObject({
  ...event,
  ...session,
  type: v.literal('session.updated'),
});
export const WireTranscriptionSpeechStarted = v.looseObject({
  ...event,
  ...item,
  type: v.literal('input_audio_buffer.speech_started'),
  audio_start_ms: lenientNumber,
});
/** The documentation's example has the time under `audio_start_ms`. */
export const WireTranscriptionSpeechStopped = v.looseObject({
  ...event,
  ...item,
  type: v.literal('input_audio_buffer.speech_stopped'),
  audio_start_ms: lenientNumber,
  audio_end_ms: lenientNumber,
});
export const WireTranscriptionCommitted = v.looseObject({
  ...event,
  ...item,
  type: v.literal('input_audio_buffer.committed'),
  previous_item_id: lenient(v.string()),
});
export const WireTranscriptionItemCreated = v.looseObject({
  ...event,
  type: v.literal('conversation.item.created'),
  previous_item_id: lenient(v.string()),
  item: lenient(v.looseObject({ id: lenient(v.string()) })),
});
/**
 * What `text` is depends on the model: the next piece (`step-asr-1.1-stream`), or the item's text so far without the
 * tentative tail in `stash` (`stepaudio-2.5-asr-stream`).
 */
export const WireTranscriptionDelta = v.looseObject({
  ...event,
  ...item,
  type: v.literal('conversation.item.input_audio_transcription.delta'),
  text: v.optional(v.nullable(v.string())),
  stash: lenient(v.string()),
  words,
  start_time: lenientNumber,
  end_time: lenientNumber,
});
/** With `full_rerun_on_commit` an item may be completed more than once. */
export const WireTranscriptionCompleted = v.looseObject({
  ...event,
  ...item,
  type: v.literal('conversation.item.input_audio_transcription.completed'),
  transcript: v.optional(v.nullable(v.string())),
  words,
  usage: lenient(WireTranscriptionUsage),
});
export const WireTranscriptionFailed = v.looseObject({
  ...event,
  ...item,
  type: v.literal('conversation.item.input_audio_transcription.failed'),
  error: v.optional(v.unknown()),
});
/** The error of an older vocabulary; still the answer to an event that the service does not know. */
export const WireTranscriptionLegacyError = v.looseObject({
  ...event,
  type: v.literal('transcript.response.error'),
  data: v.optional(v.unknown()),
});
export const WireTranscriptionSocketError = v.looseObject({
  ...event,
  type: v.literal('error'),
  error: v.optional(v.unknown()),
});

const SERVER_EVENTS = {
  'session.created': WireTranscriptionSessionCreated,
  'session.updated': WireTranscriptionSessionUpdated,
  'input_audio_buffer.speech_started': WireTranscriptionSpeechStarted,
  'input_audio_buffer.speech_stopped': WireTranscriptionSpeechStopped,
  'input_audio_buffer.committed': WireTranscriptionCommitted,
  'conversation.item.created': WireTranscriptionItemCreated,
  'conversation.item.input_audio_transcription.delta': WireTranscriptionDelta,
  'conversation.item.input_audio_transcription.completed': WireTranscriptionCompleted,
  'conversation.item.input_audio_transcription.failed': WireTranscriptionFailed,
  'transcript.response.error': WireTranscriptionLegacyError,
  error: WireTranscriptionSocketError,
} as const;

export type WireTranscriptionWord = v.InferOutput<typeof WireTranscriptionWord>;
export type WireTranscriptionSocketEvent = v.InferOutput<
  (typeof SERVER_EVENTS)[keyof typeof SERVER_EVENTS]
>;

/**
 * Reads one parsed frame that the service sent over `GET /realtime/asr/stream`.
 *
 * @throws {ProtocolError} on a message that lacks a field it cannot be used without.
 */
export function readTranscriptionSocketEvent(
  raw: unknown,
): WireTranscriptionSocketEvent | UnknownMessage {
  return readMessage(SERVER_EVENTS, raw);
}
