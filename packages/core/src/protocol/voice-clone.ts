import * as v from 'valibot';
import { lenient } from './lenient.ts';
import { WirePronunciationMap, WireVoiceLabel } from './speech-request.ts';

/** Ids are strings on the wire; the service's list of fields calls them integers. */
const WireId = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((id) => String(id)),
);

/** Body of `POST /audio/voices`. `sample_text` belongs to an older version and is answered with `sample_audio`. */
export const WireVoiceCloneRequest = v.looseObject({
  model: v.string(),
  file_id: v.string(),
  /** What the reference says; without it the service listens for itself. */
  text: v.optional(v.string()),
  sample_text: v.optional(v.string()),
});

/** Answer of `POST /audio/voices`; `duplicated` where the same was asked before, and the voice was there already. */
export const WireVoiceClone = v.looseObject({
  id: WireId,
  object: lenient(v.string()),
  duplicated: lenient(v.boolean()),
  sample_text: lenient(v.string()),
  sample_audio: lenient(v.string()),
});

/** One row of `GET /audio/voices`. `created_at` is in seconds. */
export const WireClonedVoice = v.looseObject({
  id: WireId,
  file_id: lenient(WireId),
  created_at: lenient(v.number()),
});

/** Answer of `GET /audio/voices`. What `first_id` and `last_id` of an empty list are is not said. */
export const WireClonedVoiceList = v.looseObject({
  object: lenient(v.string()),
  data: v.array(WireClonedVoice),
  has_more: lenient(v.boolean()),
  first_id: lenient(WireId),
  last_id: lenient(WireId),
});

/** Body of `POST /audio/voices/preview`. */
export const WireVoicePreviewRequest = v.looseObject({
  model: v.string(),
  file_id: v.string(),
  sample_text: v.string(),
  text: v.optional(v.string()),
  response_format: v.optional(v.string()),
  speed: v.optional(v.number()),
  volume: v.optional(v.number()),
  sample_rate: v.optional(v.number()),
  pronunciation_map: v.optional(WirePronunciationMap),
  markdown_filter: v.optional(v.boolean()),
  voice_label: v.optional(WireVoiceLabel),
  instruction: v.optional(v.string()),
});

/** Answer of `POST /audio/voices/preview`: base64, in whichever container. */
export const WireVoicePreview = v.looseObject({
  sample_text: lenient(v.string()),
  sample_audio: v.string(),
  request_id: lenient(WireId),
});

export type WireVoiceCloneRequest = v.InferOutput<typeof WireVoiceCloneRequest>;
export type WireVoiceClone = v.InferOutput<typeof WireVoiceClone>;
export type WireClonedVoice = v.InferOutput<typeof WireClonedVoice>;
export type WireClonedVoiceList = v.InferOutput<typeof WireClonedVoiceList>;
export type WireVoicePreviewRequest = v.InferOutput<typeof WireVoicePreviewRequest>;
export type WireVoicePreview = v.InferOutput<typeof WireVoicePreview>;
