import type { RealtimeTurnDetection } from './realtime-events.ts';
import type { JsonSchema, StandardSchema } from './tool-schema.ts';

/** Served at both hosts and under both plans. */
export const DEFAULT_REALTIME_MODEL = 'stepaudio-2.5-realtime';

/** Open: the service may serve newer ones. */
export type RealtimeModel =
  | 'stepaudio-2.5-realtime'
  | 'stepaudio-3-realtime-preview'
  | 'step-1o-audio'
  | 'step-audio-2'
  | 'step-audio-2-mini'
  | (string & {});

export type RealtimeToolContext = {
  /** Aborted when the answer is cancelled, the session closed or `timeoutMs` over. */
  signal: AbortSignal;
  callId: string;
};

/** A function of the program that the model may call. */
export type RealtimeTool = {
  type?: 'function' | undefined;
  /** 1 to 64 ASCII letters, digits, `_` and `-`. */
  name: string;
  /** What it does and when to call it. `stepaudio-2.5-realtime` was seen to call only what is described in English. */
  description: string;
  /**
   * JSON Schema of the arguments, or a schema of a library that can give one. Arguments are checked before `run`: by
   * the library's own schema, or, by a JSON Schema, for `type`, `required`, `enum`, `const`, `properties` and `items` only.
   */
  parameters: JsonSchema | StandardSchema;
  /** A Standard Schema to check arguments by, where `parameters` is a JSON Schema. */
  schema?: StandardSchema | undefined;
  /**
   * Called with the checked arguments. What it returns is told to the model: a string as it is, anything else as JSON.
   * It may throw; then the model is told the error's message. Without `run`, answer with `session.answerToolCall()`.
   */
  run?(args: unknown, context: RealtimeToolContext): unknown;
  /** After that the model is told that the tool did not answer. Default 30 000; without `run`, no limit. */
  timeoutMs?: number | undefined;
};

/** Tools that run on the service's side. */
export type RealtimeServiceTool =
  | {
      type: 'retrieval';
      /** What the store holds. */
      description: string;
      vectorStoreId: string;
      /** With `{{knowledge}}` and `{{query}}`. */
      promptTemplate?: string | undefined;
    }
  | {
      type: 'web_search';
      description?: string | undefined;
      /** Default 5. */
      topK?: number | undefined;
      /** Default 3. */
      timeoutSeconds?: number | undefined;
    };

/** What can be changed while a session runs. */
export type RealtimeSessionOptions = {
  /** Id of an official voice or of a clone. Fixed once the session has sounded. */
  voice?: string | undefined;
  /** The system prompt. */
  instructions?: string | undefined;
  /** The service's voice activity detection; `null` where the caller ends turns by `commit()` and `respond()`. Default `null`. */
  turnDetection?: RealtimeTurnDetection | null | undefined;
  tools?: readonly (RealtimeTool | RealtimeServiceTool)[] | undefined;
  toolChoice?: 'auto' | 'none' | 'required' | undefined;
  /** 0 to 2. Undocumented. */
  temperature?: number | undefined;
};

export type RealtimeHistoryEntry = { role: 'user' | 'assistant' | 'system'; text: string };

/** Options of `realtime.connect()`. */
export type RealtimeConnectOptions = RealtimeSessionOptions & {
  /** Default `stepaudio-2.5-realtime`. */
  model?: RealtimeModel | undefined;
  /** What was said before; the model takes it as the beginning of this conversation. */
  history?: readonly RealtimeHistoryEntry[] | undefined;
  /** Whether the user's speech drops the rest of the answer's sound. Default true. */
  interruptResponse?: boolean | undefined;
  /** Between two pings, where the platform can send them. Default 20 000; `Infinity` sends none. */
  keepAliveMs?: number | undefined;
  /** How long the service keeps a session. Default 1 800 000, the service's limit. */
  maxSessionMs?: number | undefined;
  /** How long before that `session-ending` comes and a hand-over begins. Default 60 000. */
  warnBeforeMs?: number | undefined;
  /**
   * Continue in a new session before the service ends this one: what was said goes along as text, and the change is
   * made while nobody speaks. Default false.
   */
  handOver?: boolean | undefined;
  /** Aborting closes the session at once; the iteration then throws `signal.reason` as it is. */
  signal?: AbortSignal | undefined;
};

export type RealtimeSayOptions = {
  /** Default `user`. */
  role?: 'user' | 'assistant' | 'system' | undefined;
  /** Whether to ask for an answer. Default true for the user's words, false for others. */
  respond?: boolean | undefined;
};

/** For one answer alone. The service does not follow these reliably. */
export type RealtimeRespondOptions = {
  instructions?: string | undefined;
  modalities?: readonly ('text' | 'audio')[] | undefined;
};

/** Gives a tool's `run` the type that its schema says. */
export function realtimeTool<Output>(
  tool: Omit<RealtimeTool, 'parameters' | 'schema' | 'run'> & {
    run?(args: Output, context: RealtimeToolContext): unknown;
  } & (
      | { parameters: StandardSchema<Output>; schema?: undefined }
      | { parameters: JsonSchema; schema: StandardSchema<Output> }
    ),
): RealtimeTool {
  return tool as RealtimeTool;
}
