import * as v from 'valibot';
import { WireSubtitle } from './subtitle.ts';

/** `voice_label`: one of the three, in the wire's Chinese values. */
export const WireVoiceLabel = v.looseObject({
  language: v.optional(v.nullable(v.string())),
  emotion: v.optional(v.nullable(v.string())),
  style: v.optional(v.nullable(v.string())),
});

/** Entries of the form `written/spoken`; tone digits 1–4, 5 is the neutral tone: `重庆/chong2庆`. */
export const WirePronunciationMap = v.looseObject({ tone: v.array(v.string()) });

/** Body of `POST /audio/speech`. */
export const WireSpeechRequest = v.looseObject({
  model: v.string(),
  input: v.string(),
  voice: v.string(),
  response_format: v.optional(v.string()),
  speed: v.optional(v.number()),
  volume: v.optional(v.number()),
  sample_rate: v.optional(v.number()),
  voice_label: v.optional(WireVoiceLabel),
  instruction: v.optional(v.string()),
  pronunciation_map: v.optional(WirePronunciationMap),
  text_normalization: v.optional(v.string()),
  markdown_filter: v.optional(v.boolean()),
  stream_format: v.optional(v.string()),
  return_url: v.optional(v.boolean()),
  timestamp: v.optional(v.boolean()),
});

/** Answer to `return_url: true`; `subtitles` only with `timestamp: true`. */
export const WireSpeechUrl = v.looseObject({
  created: v.optional(v.number()),
  data: v.optional(
    v.looseObject({
      url: v.optional(v.string()),
      subtitles: v.optional(v.nullable(v.array(WireSubtitle))),
    }),
  ),
  url: v.optional(v.string()),
});

export type WireVoiceLabel = v.InferOutput<typeof WireVoiceLabel>;
export type WirePronunciationMap = v.InferOutput<typeof WirePronunciationMap>;
export type WireSpeechRequest = v.InferOutput<typeof WireSpeechRequest>;
export type WireSpeechUrl = v.InferOutput<typeof WireSpeechUrl>;
