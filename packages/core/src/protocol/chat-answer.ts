import * as v from 'valibot';
import { ProtocolError } from '../errors.ts';
import { lenient } from './lenient.ts';
import type { UnknownMessage } from './received.ts';

/** Absent, `null` or a text; some servers send a number where a text belongs. */
const text = v.optional(v.nullable(v.pipe(v.union([v.string(), v.number()]), v.transform(String))));

const wholeNumber = v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number));
/** A number, which some servers send as a text. Without it everything else can still be used. */
const count = lenient(v.nullable(v.union([v.number(), wholeNumber])));
/** A text without which everything else can still be used. */
const word = lenient(v.nullable(v.pipe(v.union([v.string(), v.number()]), v.transform(String))));

/** Text, or parts of which those with a text are joined. */
const content = v.optional(
  v.nullable(
    v.pipe(
      v.union([v.string(), v.number(), v.array(v.looseObject({ text }))]),
      v.transform((value) =>
        Array.isArray(value) ? value.map((part) => part.text ?? '').join('') : String(value),
      ),
    ),
  ),
);

/** JSON text, in fragments where it is streamed; some servers send the object itself. */
const callArguments = v.optional(
  v.nullable(
    v.pipe(
      v.union([v.string(), v.record(v.string(), v.unknown())]),
      v.transform((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
    ),
  ),
);

/** A tool call, or a fragment of one: what belongs together is told by `index`, by `id`, or by neither. */
export const WireChatCall = v.looseObject({
  index: count,
  id: word,
  type: word,
  function: v.optional(v.nullable(v.looseObject({ name: text, arguments: callArguments }))),
});

/** What the assistant says: the whole of it, or what is new. */
export const WireChatDelta = v.looseObject({
  /** `assistant`, or empty from the second chunk on. */
  role: word,
  content,
  /** Thinking, with `reasoning_format: "general"`. */
  reasoning: text,
  /** Thinking, with `reasoning_format: "deepseek-style"`. */
  reasoning_content: text,
  audio: v.optional(
    v.nullable(
      v.looseObject({
        id: word,
        /** Base64: a WAV in a whole answer, 24 kHz mono PCM in a chunk, which may end inside a sample. */
        data: v.optional(v.nullable(v.string())),
        transcript: text,
      }),
    ),
  ),
  tool_calls: v.optional(v.nullable(v.array(WireChatCall))),
  /** Only from servers that run the open weights: codes such as `<audio_1475>`, and the text they say. */
  tts_content: v.optional(v.nullable(v.looseObject({ tts_text: text, tts_audio: text }))),
});

const WireChatChoice = v.looseObject({
  index: count,
  message: v.optional(v.nullable(WireChatDelta)),
  delta: v.optional(v.nullable(WireChatDelta)),
  /** `stop`, `length`, `content_filter`, `tool_calls`; empty, `null` or absent until the end, and at times even then. */
  finish_reason: word,
});

export const WireChatUsage = v.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  cached_tokens: count,
  prompt_tokens_details: lenient(v.nullable(v.looseObject({ cached_tokens: count }))),
});

/** A whole answer (`choices[].message`), or one chunk of a streamed answer (`choices[].delta`). */
export const WireChatAnswer = v.looseObject({
  id: word,
  object: word,
  created: count,
  model: word,
  choices: v.optional(v.nullable(v.array(WireChatChoice))),
  usage: lenient(v.nullable(WireChatUsage)),
});

export type WireChatCall = v.InferOutput<typeof WireChatCall>;
export type WireChatDelta = v.InferOutput<typeof WireChatDelta>;
export type WireChatUsage = v.InferOutput<typeof WireChatUsage>;
export type WireChatAnswer = v.InferOutput<typeof WireChatAnswer>;

/**
 * Reads a parsed answer of `POST /chat/completions`, or the parsed `data` of one server-sent event of it. What has
 * neither `choices` nor `usage` is an {@link UnknownMessage}.
 *
 * @throws {ProtocolError} for what is no object, and for an answer whose fields cannot be used. The error names the
 *   field, never its content.
 */
export function readChatAnswer(
  raw: unknown,
): { type: 'chat'; answer: WireChatAnswer } | UnknownMessage {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new ProtocolError('The service sent something else where a chat answer belongs.', {
      code: 'malformed_message',
    });
  }
  const { choices, usage } = raw as { choices?: unknown; usage?: unknown };
  if ((choices ?? usage) == null) return { type: 'unknown', raw };
  const result = v.safeParse(WireChatAnswer, raw, { abortEarly: true });
  if (result.success) return { type: 'chat', answer: result.output };
  const issue = result.issues[0];
  throw new ProtocolError(
    `The service sent a malformed chat answer: ${v.getDotPath(issue) ?? 'it'} should be ${issue.expected ?? 'present'}.`,
    { code: 'malformed_message' },
  );
}
