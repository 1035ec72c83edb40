import * as v from 'valibot';
import { lenient } from './lenient.ts';
import { readMessage } from './received.ts';
import type { UnknownMessage } from './received.ts';
import {
  WireTranscriptionMeta,
  WireTranscriptionUsage,
  lenientNumber,
} from './transcription-fields.ts';

const meta = { meta: lenient(WireTranscriptionMeta) };

/** The next piece of the text; with `enable_timestamp` about a word, with its place in the sound in milliseconds. */
export const WireTranscriptTextDelta = v.looseObject({
  ...meta,
  type: v.literal('transcript.text.delta'),
  delta: v.optional(v.nullable(v.string())),
  item_id: lenient(v.string()),
  content_index: lenientNumber,
  start_time: lenientNumber,
  end_time: lenientNumber,
});

/** `text` counts, also where it differs from the joined pieces, and may be empty: silence, noise. */
export const WireTranscriptTextDone = v.looseObject({
  ...meta,
  type: v.literal('transcript.text.done'),
  text: v.optional(v.nullable(v.string())),
  usage: lenient(WireTranscriptionUsage),
});

/** May come in the middle, and nothing follows. Without the `error` object that other endpoints wrap it in. */
export const WireTranscriptionStreamError = v.looseObject({
  ...meta,
  type: v.literal('error'),
  message: lenient(v.string()),
});

const STREAM_EVENTS = {
  'transcript.text.delta': WireTranscriptTextDelta,
  'transcript.text.done': WireTranscriptTextDone,
  error: WireTranscriptionStreamError,
} as const;

export type WireTranscriptionStreamEvent = v.InferOutput<
  (typeof STREAM_EVENTS)[keyof typeof STREAM_EVENTS]
>;

/**
 * Reads the parsed `data` of one server-sent event of `POST /audio/asr/sse`.
 *
 * @throws {ProtocolError} on a message that lacks a field it cannot be used without.
 */
export function readTranscriptionStreamEvent(
  raw: unknown,
): WireTranscriptionStreamEvent | UnknownMessage {
  return readMessage(STREAM_EVENTS, raw);
}
