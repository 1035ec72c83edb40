import * as v from 'valibot';
import { WireRealtimeInputItem } from './realtime-items.ts';
import { WireRealtimeSessionPatch, WireRealtimeTool } from './realtime-session.ts';
import { readMessage } from './received.ts';
import type { UnknownMessage } from './received.ts';

const event = { event_id: v.optional(v.string()) };

export const WireRealtimeSessionUpdate = v.looseObject({
  ...event,
  type: v.literal('session.update'),
  session: WireRealtimeSessionPatch,
});
export const WireRealtimeAudioAppend = v.looseObject({
  ...event,
  type: v.literal('input_audio_buffer.append'),
  /** Base64 of signed 16-bit little-endian samples: 24 kHz, mono, no header. */
  audio: v.string(),
});
export const WireRealtimeAudioCommit = v.looseObject({
  ...event,
  type: v.literal('input_audio_buffer.commit'),
});
export const WireRealtimeAudioClear = v.looseObject({
  ...event,
  type: v.literal('input_audio_buffer.clear'),
});
export const WireRealtimeItemCreate = v.looseObject({
  ...event,
  type: v.literal('conversation.item.create'),
  previous_item_id: v.optional(v.nullable(v.string())),
  item: WireRealtimeInputItem,
});
export const WireRealtimeItemDelete = v.looseObject({
  ...event,
  type: v.literal('conversation.item.delete'),
  item_id: v.string(),
});
/** Documented nowhere; the service's own console sends it. */
export const WireRealtimeItemTruncate = v.looseObject({
  ...event,
  type: v.literal('conversation.item.truncate'),
  item_id: v.string(),
  content_index: v.optional(v.number(), 0),
  audio_end_ms: v.number(),
});

/** What `response.create` may say about one answer alone. Tools given only here were seen to be ignored. */
export const WireRealtimeResponseOptions = v.looseObject({
  modalities: v.optional(v.nullable(v.array(v.string()))),
  instructions: v.optional(v.nullable(v.string())),
  voice: v.optional(v.nullable(v.string())),
  input_audio_format: v.optional(v.nullable(v.string())),
  output_audio_format: v.optional(v.nullable(v.string())),
  tools: v.optional(v.nullable(v.array(WireRealtimeTool))),
  tool_choice: v.optional(v.nullable(v.string())),
  temperature: v.optional(v.nullable(v.number())),
});
export const WireRealtimeResponseCreate = v.looseObject({
  ...event,
  type: v.literal('response.create'),
  response: v.optional(v.nullable(WireRealtimeResponseOptions)),
  /** In place of `response` in one sample of the documentation. */
  session: v.optional(v.nullable(WireRealtimeResponseOptions)),
});
export const WireRealtimeResponseCancel = v.looseObject({
  ...event,
  type: v.literal('response.cancel'),
  response_id: v.optional(v.nullable(v.string())),
});

const CLIENT_EVENTS = {
  'session.update': WireRealtimeSessionUpdate,
  'input_audio_buffer.append': WireRealtimeAudioAppend,
  'input_audio_buffer.commit': WireRealtimeAudioCommit,
  'input_audio_buffer.clear': WireRealtimeAudioClear,
  'conversation.item.create': WireRealtimeItemCreate,
  'conversation.item.delete': WireRealtimeItemDelete,
  'conversation.item.truncate': WireRealtimeItemTruncate,
  'response.create': WireRealtimeResponseCreate,
  'response.cancel': WireRealtimeResponseCancel,
} as const;

export type WireRealtimeResponseOptions = v.InferOutput<typeof WireRealtimeResponseOptions>;
export type WireRealtimeClientEvent = v.InferOutput<
  (typeof CLIENT_EVENTS)[keyof typeof CLIENT_EVENTS]
>;

/**
 * Reads one parsed frame that a client sent over `GET /realtime`.
 *
 * @throws {ProtocolError} on a message that lacks a field it cannot be used without, or has one of another type.
 */
export function readRealtimeClientEvent(raw: unknown): WireRealtimeClientEvent | UnknownMessage {
  return readMessage(CLIENT_EVENTS, raw);
}
