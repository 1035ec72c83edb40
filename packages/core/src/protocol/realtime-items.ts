import * as v from 'valibot';
import { lenient } from './lenient.ts';

/** A part of an item that a client creates. */
export const WireRealtimeInputPart = v.looseObject({
  /** `input_text` and `input_audio` of a user, `input_text` of the system, `text` of the assistant. */
  type: v.string(),
  text: v.optional(v.nullable(v.string())),
  /** One complete utterance: base64 of PCM as in `input_audio_buffer.append`. */
  audio: v.optional(v.nullable(v.string())),
});

/** `item` of `conversation.item.create`. The service puts an id of its own in place of the client's. */
export const WireRealtimeInputItem = v.looseObject({
  id: v.optional(v.nullable(v.string())),
  /** `message` or `function_call_output`; the service refuses a `function_call`. */
  type: v.string(),
  role: v.optional(v.nullable(v.string())),
  content: v.optional(v.nullable(v.array(WireRealtimeInputPart))),
  call_id: v.optional(v.nullable(v.string())),
  output: v.optional(v.nullable(v.string())),
});

/** A part as the service reports it; the echo of a text may hold `transcript` and no `text`. */
export const WireRealtimePart = v.looseObject({
  type: lenient(v.string()),
  text: lenient(v.string()),
  transcript: lenient(v.string()),
  thinking: lenient(v.string()),
  audio: lenient(v.string()),
});

/** An item as the service reports it: a first event may lack `content`, and a function call its `arguments`. */
export const WireRealtimeItem = v.looseObject({
  id: lenient(v.string()),
  object: lenient(v.string()),
  type: lenient(v.string()),
  /** `in_progress`, `completed`, `incomplete`. */
  status: lenient(v.string()),
  role: lenient(v.string()),
  content: lenient(v.array(WireRealtimePart)),
  call_id: lenient(v.string()),
  name: lenient(v.string()),
  arguments: lenient(v.string()),
  output: lenient(v.string()),
});

export type WireRealtimeInputPart = v.InferOutput<typeof WireRealtimeInputPart>;
export type WireRealtimeInputItem = v.InferOutput<typeof WireRealtimeInputItem>;
export type WireRealtimePart = v.InferOutput<typeof WireRealtimePart>;
export type WireRealtimeItem = v.InferOutput<typeof WireRealtimeItem>;
