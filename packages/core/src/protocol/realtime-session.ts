import * as v from 'valibot';
import { lenient } from './lenient.ts';

/** Voice activity detection on the service's side. Its only `type` is `server_vad`; off is echoed as `null` or `""`. */
export const WireRealtimeTurnDetection = v.looseObject({
  type: v.optional(v.string()),
  /** Sound kept from before the start of speech; the service's default is 500. */
  prefix_padding_ms: v.optional(v.number()),
  /** Silence that ends a turn; the service's default is 100. */
  silence_duration_ms: v.optional(v.number()),
  /** 0 to 5000, default 2500: how loud speech must be. The service's own field. */
  energy_awakeness_threshold: v.optional(v.number()),
});

const functionFields = {
  name: v.optional(v.string()),
  description: v.optional(v.nullable(v.string())),
  parameters: v.optional(v.nullable(v.looseObject({}))),
};

/** `options` of a `retrieval` or a `web_search`: both run on the service's side. */
export const WireRealtimeToolOptions = v.looseObject({
  vector_store_id: v.optional(v.string()),
  prompt_template: v.optional(v.string()),
  top_k: v.optional(v.number()),
  timeout_seconds: v.optional(v.number()),
});

/** The service nests a tool under `function`; the flat form is what some clients send. */
export const WireRealtimeTool = v.looseObject({
  type: v.string(),
  function: v.optional(
    v.looseObject({ ...functionFields, options: v.optional(WireRealtimeToolOptions) }),
  ),
  ...functionFields,
});

/** `session` of `session.update`: only the fields that are there change. */
export const WireRealtimeSessionPatch = v.looseObject({
  modalities: v.optional(v.nullable(v.array(v.string()))),
  instructions: v.optional(v.nullable(v.string())),
  voice: v.optional(v.nullable(v.string())),
  input_audio_format: v.optional(v.nullable(v.string())),
  output_audio_format: v.optional(v.nullable(v.string())),
  turn_detection: v.optional(v.nullable(WireRealtimeTurnDetection)),
  tools: v.optional(v.nullable(v.array(WireRealtimeTool))),
  /** A string only: an object is answered with `invalid event format`. */
  tool_choice: v.optional(v.nullable(v.string())),
  temperature: v.optional(v.nullable(v.number())),
  max_response_output_tokens: v.optional(v.nullable(v.union([v.string(), v.number()]))),
  input_audio_transcription: v.optional(v.nullable(v.looseObject({}))),
});

/** The whole session as the service reports it. Samples of the documentation leave out any of these. */
export const WireRealtimeSession = v.looseObject({
  id: lenient(v.string()),
  object: lenient(v.string()),
  model: lenient(v.string()),
  modalities: lenient(v.array(v.string())),
  instructions: lenient(v.string()),
  voice: lenient(v.string()),
  input_audio_format: lenient(v.string()),
  output_audio_format: lenient(v.string()),
  turn_detection: lenient(v.nullable(WireRealtimeTurnDetection)),
  tools: lenient(v.array(WireRealtimeTool)),
  tool_choice: lenient(v.string()),
  temperature: lenient(v.number()),
  max_response_output_tokens: lenient(v.union([v.string(), v.number()])),
});

export type WireRealtimeTurnDetection = v.InferOutput<typeof WireRealtimeTurnDetection>;
export type WireRealtimeToolOptions = v.InferOutput<typeof WireRealtimeToolOptions>;
export type WireRealtimeTool = v.InferOutput<typeof WireRealtimeTool>;
export type WireRealtimeSessionPatch = v.InferOutput<typeof WireRealtimeSessionPatch>;
export type WireRealtimeSession = v.InferOutput<typeof WireRealtimeSession>;
