import * as v from 'valibot';
import { lenient } from './lenient.ts';
import { lenientNumber } from './transcription-fields.ts';

/** Body of `POST /audio/asr/file/submit`. The model's key is `model_name` here; `codec` is `raw`, `opus` or `pcm`. */
export const WireFileTranscriptionRequest = v.looseObject({
  audio: v.looseObject({
    format: v.string(),
    url: v.optional(v.string()),
    codec: v.optional(v.string()),
    rate: v.optional(v.number()),
    bits: v.optional(v.number()),
    channel: v.optional(v.number()),
  }),
  request: v.looseObject({
    model_name: v.string(),
    enable_channel_split: v.optional(v.boolean()),
    show_utterances: v.optional(v.boolean()),
    enable_speaker_info: v.optional(v.boolean()),
  }),
});

/** Its answer, and the body of `POST /audio/asr/file/query`. */
export const WireFileTranscriptionTask = v.looseObject({ task_id: v.string() });

/** Times in milliseconds. */
const timed = { start_time: lenientNumber, end_time: lenientNumber };

export const WireFileUtterance = v.looseObject({
  text: lenient(v.string()),
  ...timed,
  words: lenient(v.array(v.looseObject({ text: v.string(), ...timed }))),
  speaker: lenient(v.looseObject({ id: lenient(v.union([v.string(), v.number()])) })),
});

/** One channel. */
export const WireFileResult = v.looseObject({
  text: lenient(v.string()),
  utterances: lenient(v.array(WireFileUtterance)),
});

/**
 * Answer of `POST /audio/asr/file/query`. A finished task has `result` and, as documented, no `status`. `duration` is in
 * seconds.
 */
export const WireFileTranscriptionState = v.looseObject({
  status: lenient(v.string()),
  error: lenient(
    v.union([
      v.string(),
      v.looseObject({ stage: lenient(v.string()), message: lenient(v.string()) }),
    ]),
  ),
  duration: lenientNumber,
  result: v.optional(v.nullable(v.array(WireFileResult))),
});

/** Answer of `POST /audio/transcriptions` with `response_format` `json`. */
export const WireUploadTranscription = v.looseObject({ text: v.string() });

export type WireFileTranscriptionRequest = v.InferOutput<typeof WireFileTranscriptionRequest>;
export type WireFileTranscriptionTask = v.InferOutput<typeof WireFileTranscriptionTask>;
export type WireFileUtterance = v.InferOutput<typeof WireFileUtterance>;
export type WireFileResult = v.InferOutput<typeof WireFileResult>;
export type WireFileTranscriptionState = v.InferOutput<typeof WireFileTranscriptionState>;
export type WireUploadTranscription = v.InferOutput<typeof WireUploadTranscription>;
