import * as v from 'valibot';
import { lenient } from './lenient.ts';
import { WireRealtimeItem, WireRealtimePart } from './realtime-items.ts';
import { WireRealtimeSession } from './realtime-session.ts';
import { readMessage } from './received.ts';
import type { UnknownMessage } from './received.ts';

const event = { event_id: lenient(v.string()) };
/** Samples of the documentation leave out any of these: the answer in progress fills them. */
const place = {
  ...event,
  response_id: lenient(v.string()),
  item_id: lenient(v.string()),
  output_index: lenient(v.number()),
  content_index: lenient(v.number()),
};
/** Said to be text, sampled as a number. */
const milliseconds = lenient(v.union([v.string(), v.number()]));

/** `response` of `response.created` and `response.done`. */
export const WireRealtimeResponse = v.looseObject({
  id: lenient(v.string()),
  object: lenient(v.string()),
  /** `in_progress`, `completed`, `cancelled`, `failed`, `incomplete`; prose also has `interrupted`. */
  status: lenient(v.string()),
  status_details: lenient(v.looseObject({})),
  output: lenient(v.array(WireRealtimeItem)),
  /** Its fields are documented nowhere; those of the event vocabulary's origin are counted. */
  usage: lenient(v.looseObject({})),
});

/** `error` of an error event. */
export const WireRealtimeError = v.looseObject({
  type: lenient(v.string()),
  code: lenient(v.union([v.string(), v.number()])),
  message: lenient(v.string()),
  param: lenient(v.string()),
  /** Of the client's event that it is about, where the service says so. */
  event_id: lenient(v.string()),
});

export const WireRealtimeErrorEvent = v.looseObject({
  ...event,
  type: v.literal('error'),
  error: WireRealtimeError,
});
export const WireRealtimeSessionEvent = v.looseObject({
  ...event,
  type: v.picklist(['session.created', 'session.updated']),
  session: WireRealtimeSession,
});
export const WireRealtimeSpeechStarted = v.looseObject({
  ...event,
  type: v.literal('input_audio_buffer.speech_started'),
  audio_start_ms: milliseconds,
  item_id: lenient(v.string()),
});
export const WireRealtimeSpeechStopped = v.looseObject({
  ...event,
  type: v.literal('input_audio_buffer.speech_stopped'),
  audio_end_ms: milliseconds,
  item_id: lenient(v.string()),
});
export const WireRealtimeAudioCommitted = v.looseObject({
  ...event,
  type: v.literal('input_audio_buffer.committed'),
  previous_item_id: lenient(v.string()),
  item_id: lenient(v.string()),
});
export const WireRealtimeAudioCleared = v.looseObject({
  ...event,
  type: v.literal('input_audio_buffer.cleared'),
});
export const WireRealtimeItemCreated = v.looseObject({
  ...event,
  type: v.literal('conversation.item.created'),
  previous_item_id: lenient(v.string()),
  item: WireRealtimeItem,
});
export const WireRealtimeItemDeleted = v.looseObject({
  ...event,
  type: v.literal('conversation.item.deleted'),
  item_id: lenient(v.string()),
});
export const WireRealtimeItemTruncated = v.looseObject({
  ...event,
  type: v.literal('conversation.item.truncated'),
  item_id: lenient(v.string()),
  content_index: lenient(v.number()),
  audio_end_ms: milliseconds,
});
/** Cumulative, and identical ones are repeated; some servers write `text`. Undocumented. */
export const WireRealtimeInputTranscriptDelta = v.looseObject({
  ...event,
  type: v.literal('conversation.item.input_audio_transcription.delta'),
  item_id: lenient(v.string()),
  content_index: lenient(v.number()),
  delta: lenient(v.string()),
  text: lenient(v.string()),
});
export const WireRealtimeInputTranscriptCompleted = v.looseObject({
  ...event,
  type: v.literal('conversation.item.input_audio_transcription.completed'),
  item_id: lenient(v.string()),
  content_index: lenient(v.number()),
  transcript: lenient(v.string()),
});
export const WireRealtimeInputTranscriptFailed = v.looseObject({
  ...event,
  type: v.literal('conversation.item.input_audio_transcription.failed'),
  item_id: lenient(v.string()),
  error: lenient(WireRealtimeError),
});
export const WireRealtimeResponseCreated = v.looseObject({
  ...event,
  type: v.literal('response.created'),
  response: WireRealtimeResponse,
});
/** The documentation names it as the answer to `response.cancel`; the first of it and `response.done` ends. */
export const WireRealtimeResponseCancelled = v.looseObject({
  ...event,
  type: v.literal('response.cancelled'),
  response_id: lenient(v.string()),
  response: lenient(WireRealtimeResponse),
});
export const WireRealtimeResponseDone = v.looseObject({
  ...event,
  type: v.literal('response.done'),
  response: WireRealtimeResponse,
});
export const WireRealtimeOutputItemEvent = v.looseObject({
  ...event,
  type: v.picklist(['response.output_item.added', 'response.output_item.done']),
  response_id: lenient(v.string()),
  output_index: lenient(v.number()),
  item: WireRealtimeItem,
});
export const WireRealtimeContentPartEvent = v.looseObject({
  ...place,
  type: v.picklist(['response.content_part.added', 'response.content_part.done']),
  part: lenient(WireRealtimePart),
});
export const WireRealtimeAudioDelta = v.looseObject({
  ...place,
  type: v.literal('response.audio.delta'),
  delta: v.string(),
});
export const WireRealtimeTextDelta = v.looseObject({
  ...place,
  type: v.picklist([
    'response.text.delta',
    'response.audio_transcript.delta',
    'response.thinking.delta',
  ]),
  delta: v.string(),
});
/** Also sent for an answer that was interrupted or cancelled. */
export const WireRealtimeOutputDone = v.looseObject({
  ...place,
  type: v.picklist([
    'response.audio.done',
    'response.text.done',
    'response.audio_transcript.done',
    'response.thinking.done',
  ]),
  text: lenient(v.string()),
  transcript: lenient(v.string()),
  thinking: lenient(v.string()),
});
/** The fragment stands in `arguments` by the documentation, in `delta` for the service's own console. */
export const WireRealtimeArgumentsDelta = v.looseObject({
  ...place,
  type: v.literal('response.function_call_arguments.delta'),
  call_id: lenient(v.string()),
  name: lenient(v.string()),
  arguments: lenient(v.string()),
  delta: lenient(v.string()),
});
export const WireRealtimeArgumentsDone = v.looseObject({
  ...place,
  type: v.literal('response.function_call_arguments.done'),
  call_id: lenient(v.string()),
  name: lenient(v.string()),
  arguments: lenient(v.string()),
});
export const WireRealtimeRateLimitsUpdated = v.looseObject({
  ...event,
  type: v.literal('rate_limits.updated'),
});

const SERVER_EVENTS = {
  error: WireRealtimeErrorEvent,
  'session.created': WireRealtimeSessionEvent,
  'session.updated': WireRealtimeSessionEvent,
  'input_audio_buffer.speech_started': WireRealtimeSpeechStarted,
  'input_audio_buffer.speech_stopped': WireRealtimeSpeechStopped,
  'input_audio_buffer.committed': WireRealtimeAudioCommitted,
  'input_audio_buffer.cleared': WireRealtimeAudioCleared,
  'conversation.item.created': WireRealtimeItemCreated,
  'conversation.item.deleted': WireRealtimeItemDeleted,
  'conversation.item.truncated': WireRealtimeItemTruncated,
  'conversation.item.input_audio_transcription.delta': WireRealtimeInputTranscriptDelta,
  'conversation.item.input_audio_transcription.completed': WireRealtimeInputTranscriptCompleted,
  'conversation.item.input_audio_transcription.failed': WireRealtimeInputTranscriptFailed,
  'response.created': WireRealtimeResponseCreated,
  'response.cancelled': WireRealtimeResponseCancelled,
  'response.done': WireRealtimeResponseDone,
  'response.output_item.added': WireRealtimeOutputItemEvent,
  'response.output_item.done': WireRealtimeOutputItemEvent,
  'response.content_part.added': WireRealtimeContentPartEvent,
  'response.content_part.done': WireRealtimeContentPartEvent,
  'response.text.delta': WireRealtimeTextDelta,
  'response.text.done': WireRealtimeOutputDone,
  'response.audio_transcript.delta': WireRealtimeTextDelta,
  'response.audio_transcript.done': WireRealtimeOutputDone,
  'response.audio.delta': WireRealtimeAudioDelta,
  'response.audio.done': WireRealtimeOutputDone,
  'response.thinking.delta': WireRealtimeTextDelta,
  'response.thinking.done': WireRealtimeOutputDone,
  'response.function_call_arguments.delta': WireRealtimeArgumentsDelta,
  'response.function_call_arguments.done': WireRealtimeArgumentsDone,
  'rate_limits.updated': WireRealtimeRateLimitsUpdated,
} as const;

/** Names that compatible servers, and one table of the documentation, have for the same events. */
const ALIASES: Readonly<Record<string, keyof typeof SERVER_EVENTS>> = {
  'response.output_audio.delta': 'response.audio.delta',
  'response.output_audio.done': 'response.audio.done',
  'response.output_audio_transcript.delta': 'response.audio_transcript.delta',
  'response.output_audio_transcript.done': 'response.audio_transcript.done',
  'response.output_text.delta': 'response.text.delta',
  'response.output_text.done': 'response.text.done',
  'response.output_item.created': 'response.output_item.added',
  'conversation.item.added': 'conversation.item.created',
  'conversation.item.done': 'conversation.item.created',
};

export type WireRealtimeResponse = v.InferOutput<typeof WireRealtimeResponse>;
export type WireRealtimeError = v.InferOutput<typeof WireRealtimeError>;
export type WireRealtimeOutputItemEvent = v.InferOutput<typeof WireRealtimeOutputItemEvent>;
export type WireRealtimeContentPartEvent = v.InferOutput<typeof WireRealtimeContentPartEvent>;
export type WireRealtimeAudioDelta = v.InferOutput<typeof WireRealtimeAudioDelta>;
export type WireRealtimeTextDelta = v.InferOutput<typeof WireRealtimeTextDelta>;
export type WireRealtimeOutputDone = v.InferOutput<typeof WireRealtimeOutputDone>;
export type WireRealtimeArgumentsDelta = v.InferOutput<typeof WireRealtimeArgumentsDelta>;
export type WireRealtimeArgumentsDone = v.InferOutput<typeof WireRealtimeArgumentsDone>;
export type WireRealtimeServerEvent = v.InferOutput<
  (typeof SERVER_EVENTS)[keyof typeof SERVER_EVENTS]
>;

/**
 * Reads one parsed frame that the service sent over `GET /realtime`. Names that compatible servers use are read as the
 * service's own, and an error is one whether it stands in `error` or is the message itself.
 *
 * @throws {ProtocolError} on a message that lacks a field it cannot be used without.
 */
export function readRealtimeServerEvent(raw: unknown): WireRealtimeServerEvent | UnknownMessage {
  if (isUsualAudioDelta(raw)) return raw;
  return readMessage(SERVER_EVENTS, toKnownShape(raw));
}

/**
 * Whether a message is a piece of sound in its usual shape. Nearly all messages are; the schema, which has the say on every
 * other, would take half of the time that a piece is on its way.
 */
function isUsualAudioDelta(raw: unknown): raw is WireRealtimeAudioDelta {
  if (typeof raw !== 'object' || raw === null) return false;
  const event = raw as Record<string, unknown>;
  return (
    event['type'] === 'response.audio.delta' &&
    typeof event['delta'] === 'string' &&
    USUAL_TEXTS.every((name) => event[name] === undefined || typeof event[name] === 'string') &&
    USUAL_NUMBERS.every((name) => event[name] === undefined || typeof event[name] === 'number')
  );
}

const USUAL_TEXTS = ['event_id', 'response_id', 'item_id'] as const;
const USUAL_NUMBERS = ['output_index', 'content_index'] as const;

function toKnownShape(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  const { type, error } = raw as { type?: unknown; error?: unknown };
  if (typeof type === 'string' && Object.hasOwn(ALIASES, type))
    return { ...raw, type: ALIASES[type] };
  // The guide shows the inner object alone.
  if (type === 'invalid_request_error' || type === 'server_error') {
    return { type: 'error', error: raw };
  }
  // Relays answer for the service, in shapes of their own.
  const isError = type === 'error' || (type === undefined && error !== undefined);
  if (!isError || (typeof error === 'object' && error !== null && type === 'error')) return raw;
  const { message } = raw as { message?: unknown };
  if (typeof error === 'string')
    return { ...raw, type: 'error', error: { code: error, message: message ?? error } };
  if (typeof error === 'object' && error !== null)
    return { ...raw, type: 'error', error: { message, ...error } };
  return { ...raw, type: 'error', error: raw };
}
