import * as v from 'valibot';
import { WireTranscriptionFormat } from './transcription-fields.ts';

/** `prompt` acts on `stepaudio-2-asr-pro` alone; `full_rerun_on_commit` is ignored here. */
export const WireTranscriptionSettings = v.looseObject({
  model: v.string(),
  language: v.optional(v.string()),
  hotwords: v.optional(v.array(v.string())),
  enable_itn: v.optional(v.boolean()),
  enable_timestamp: v.optional(v.boolean()),
  prompt: v.optional(v.string()),
  full_rerun_on_commit: v.optional(v.boolean()),
});

/** Body of `POST /audio/asr/sse`. `audio.data` is the whole sound in base64, without a data URL's prefix. */
export const WireTranscriptionRequest = v.looseObject({
  audio: v.looseObject({
    data: v.string(),
    input: v.looseObject({
      transcription: WireTranscriptionSettings,
      format: WireTranscriptionFormat,
    }),
  }),
});

export type WireTranscriptionSettings = v.InferOutput<typeof WireTranscriptionSettings>;
export type WireTranscriptionRequest = v.InferOutput<typeof WireTranscriptionRequest>;
