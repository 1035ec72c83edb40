import * as v from 'valibot';

/** One part of a user's message. */
export const WireChatPart = v.looseObject({
  /** `text` or `input_audio`. */
  type: v.string(),
  text: v.optional(v.nullable(v.string())),
  input_audio: v.optional(
    v.looseObject({
      /** A data URL, `data:audio/wav;base64,…` or `data:audio/mpeg;base64,…`; OpenAI's clients send bare base64. */
      data: v.string(),
      /** Only beside bare base64. */
      format: v.optional(v.nullable(v.string())),
    }),
  ),
});

/** A call that the assistant made, as it is sent back with the next request. */
export const WireChatRequestCall = v.looseObject({
  id: v.string(),
  type: v.optional(v.string()),
  function: v.looseObject({ name: v.string(), arguments: v.string() }),
});

/** Speech codes of a server that runs the open weights, with the text they say. */
export const WireSpeechTokens = v.looseObject({ tts_text: v.string(), tts_audio: v.string() });

export const WireChatMessage = v.looseObject({
  /** `system`, `user`, `assistant` or `tool`. */
  role: v.string(),
  content: v.optional(v.nullable(v.union([v.string(), v.array(WireChatPart)]))),
  tool_calls: v.optional(v.nullable(v.array(WireChatRequestCall))),
  tool_call_id: v.optional(v.nullable(v.string())),
  name: v.optional(v.nullable(v.string())),
  tts_content: v.optional(v.nullable(WireSpeechTokens)),
});

export const WireChatTool = v.looseObject({
  type: v.optional(v.string()),
  function: v.looseObject({
    name: v.string(),
    description: v.optional(v.nullable(v.string())),
    parameters: v.optional(v.unknown()),
  }),
});

/** A word, or the one tool that must be called. */
export const WireChatToolChoice = v.union([
  v.string(),
  v.looseObject({
    type: v.optional(v.string()),
    function: v.looseObject({ name: v.string() }),
  }),
]);

/** Body of `POST /chat/completions`. */
export const WireChatRequest = v.looseObject({
  model: v.string(),
  messages: v.array(WireChatMessage),
  modalities: v.optional(v.array(v.string())),
  audio: v.optional(
    v.looseObject({ voice: v.optional(v.string()), format: v.optional(v.string()) }),
  ),
  stream: v.optional(v.boolean()),
  tools: v.optional(v.array(WireChatTool)),
  tool_choice: v.optional(WireChatToolChoice),
  max_tokens: v.optional(v.number()),
  temperature: v.optional(v.number()),
  top_p: v.optional(v.number()),
  n: v.optional(v.number()),
  stop: v.optional(v.union([v.string(), v.array(v.string())])),
  frequency_penalty: v.optional(v.number()),
  response_format: v.optional(v.looseObject({ type: v.string() })),
  reasoning_format: v.optional(v.string()),
  reasoning_effort: v.optional(v.string()),
});

export type WireChatPart = v.InferOutput<typeof WireChatPart>;
export type WireChatRequestCall = v.InferOutput<typeof WireChatRequestCall>;
export type WireSpeechTokens = v.InferOutput<typeof WireSpeechTokens>;
export type WireChatMessage = v.InferOutput<typeof WireChatMessage>;
export type WireChatTool = v.InferOutput<typeof WireChatTool>;
export type WireChatToolChoice = v.InferOutput<typeof WireChatToolChoice>;
export type WireChatRequest = v.InferOutput<typeof WireChatRequest>;
