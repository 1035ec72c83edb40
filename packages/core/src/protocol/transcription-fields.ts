import * as v from 'valibot';
import { lenient } from './lenient.ts';

/** Numbers arrive as numbers or as text. */
const numeric = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.trim(), v.nonEmpty(), v.transform(Number))]),
  v.finite(),
);

/** A lenient number; text that reads as one counts. */
export const lenientNumber = lenient(numeric);

/** `timestamp` is the server's clock in ms since the epoch, and says nothing about the place in the audio. */
export const WireTranscriptionMeta = v.looseObject({
  session_id: lenient(v.string()),
  timestamp: lenientNumber,
});

/** The HTTP endpoint counts input and output tokens, the socket prompt and completion tokens. `type` is opaque. */
export const WireTranscriptionUsage = v.looseObject({
  type: lenient(v.string()),
  input_tokens: lenientNumber,
  input_token_details: lenient(
    v.looseObject({ text_tokens: lenientNumber, audio_tokens: lenientNumber }),
  ),
  output_tokens: lenientNumber,
  prompt_tokens: lenientNumber,
  completion_tokens: lenientNumber,
  total_tokens: lenientNumber,
});

/** How the sound is stored. The key is `channel`, singular. */
export const WireTranscriptionFormat = v.looseObject({
  type: v.string(),
  codec: v.optional(v.string()),
  rate: v.optional(v.number()),
  bits: v.optional(v.number()),
  channel: v.optional(v.number()),
});

export type WireTranscriptionMeta = v.InferOutput<typeof WireTranscriptionMeta>;
export type WireTranscriptionUsage = v.InferOutput<typeof WireTranscriptionUsage>;
export type WireTranscriptionFormat = v.InferOutput<typeof WireTranscriptionFormat>;
