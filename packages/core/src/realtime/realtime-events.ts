import type { StepAudioError } from '../errors.ts';

export type RealtimeRole = 'user' | 'assistant' | 'system' | (string & {});

/** One entry of the conversation. Its id stays the same for as long as the session lives, also through a hand-over. */
export type RealtimeItem = {
  id: string;
  type: 'message' | 'function-call' | 'function-output' | (string & {});
  /** Of a message. */
  role: RealtimeRole | undefined;
  status: 'in-progress' | 'completed' | 'incomplete' | (string & {});
  /** What was written or said, as far as it is known: the transcript of a user's sound comes late, or never. */
  text: string;
  /** Of a function call and its output. */
  callId: string | undefined;
  name: string | undefined;
  /** Of a function call: JSON, as the model wrote it. */
  arguments: string | undefined;
  output: string | undefined;
  /** How much of it was heard, once `truncate()` has said so. */
  heardMs: number | undefined;
};

/** Tokens, as far as the service reports them. */
export type RealtimeUsage = {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  cachedTokens: number;
  inputAudioTokens: number;
  outputAudioTokens: number;
};

export type RealtimeResponseStatus =
  | 'in-progress'
  | 'completed'
  | 'cancelled'
  | 'failed'
  | 'incomplete'
  | (string & {});

/** One answer of the model. */
export type RealtimeResponse = {
  id: string;
  status: RealtimeResponseStatus;
  /** What was said or written so far. */
  text: string;
  /** How much sound came, dropped sound not counted. */
  audioMs: number;
  /** Whether the user spoke into it, so that the rest of its sound was dropped. */
  interrupted: boolean;
  /** From the end of the user's turn to the first sound. */
  firstAudioMs: number | undefined;
  /** From the end of the user's turn to the first word of the transcript. */
  firstTranscriptMs: number | undefined;
  usage: RealtimeUsage | undefined;
};

export type RealtimeTurnDetection = {
  /** Silence that ends the user's turn. The service's default is 100. */
  silenceDurationMs?: number | undefined;
  /** Sound kept from before the start of speech. The service's default is 500. */
  prefixPaddingMs?: number | undefined;
  /** How loud speech must be: 0 to 5000. The service's default is 2500. */
  energyThreshold?: number | undefined;
};

/** The session as the service reports it; what it does not report is `undefined`. */
export type RealtimeSessionState = {
  id: string | undefined;
  model: string;
  voice: string | undefined;
  instructions: string | undefined;
  /** `null` where the caller ends turns by `commit()`. */
  turnDetection: RealtimeTurnDetection | null;
  /** Names of the functions the model may call. */
  tools: readonly string[];
};

/** Counted since the session began, hand-overs included. */
export type RealtimeMetrics = {
  /** Messages of the service. */
  events: number;
  /** Messages that could not be read. */
  malformedEvents: number;
  /** Pieces of sound or text that came for an answer that was cancelled, interrupted or over, or that nobody read. */
  droppedDeltas: number;
  responses: number;
  interruptions: number;
  toolCalls: number;
  handOvers: number;
  sentAudioMs: number;
  receivedAudioMs: number;
  /** From the end of the user's turn (end of speech, `commit()`, `say()`, `respond()`) to the first sound. */
  firstAudioMs: RealtimeLatency;
  /** The same to the first word of the transcript. */
  firstTranscriptMs: RealtimeLatency;
};

export type RealtimeLatency = {
  count: number;
  last: number | undefined;
  mean: number | undefined;
  worst: number | undefined;
};

export type RealtimeAudioEvent = {
  type: 'audio';
  samples: Int16Array;
  sampleRate: 24_000;
  responseId: string;
  itemId: string;
};

export type RealtimeToolCallEvent = {
  type: 'tool-call';
  callId: string;
  name: string;
  /** JSON, as the model wrote it: it may be none. */
  arguments: string;
  responseId: string;
  itemId: string | undefined;
};

export type RealtimeToolResultEvent = {
  type: 'tool-result';
  callId: string;
  name: string;
  /** What the model is told. */
  output: string;
  /** Why it is told of a failure: arguments that do not fit, a tool that threw, took too long or does not exist. */
  error: StepAudioError | undefined;
};

/** A piece of what the model says, writes or thinks. */
export type RealtimeTextDelta = {
  /** What is new; empty where the text so far was corrected. */
  delta: string;
  /** The whole part so far. */
  text: string;
  /** Whether this was the last of the part. */
  final: boolean;
  responseId: string;
  itemId: string;
};

export type RealtimeEvent =
  | { type: 'session-updated'; session: RealtimeSessionState }
  | {
      type: 'speech-started';
      itemId: string | undefined;
      /** Position in the sound that was sent. */
      atMs: number | undefined;
      /** The answer that the user spoke into, where there was one: playback should stop now. */
      interruptedResponseId: string | undefined;
    }
  | { type: 'speech-stopped'; itemId: string | undefined; atMs: number | undefined }
  | { type: 'committed'; itemId: string | undefined }
  /** A new item, or one that is complete now. */
  | { type: 'item'; item: RealtimeItem }
  /** What the user said: the whole text so far. It may never come. */
  | { type: 'input-transcript'; itemId: string | undefined; text: string; final: boolean }
  | { type: 'response-started'; responseId: string }
  | RealtimeAudioEvent
  /** `spoken` is false for text that is not also sound. */
  | ({ type: 'transcript'; spoken: boolean } & RealtimeTextDelta)
  | ({ type: 'thinking' } & RealtimeTextDelta)
  | RealtimeToolCallEvent
  | RealtimeToolResultEvent
  | {
      type: 'response-done';
      responseId: string;
      status: RealtimeResponseStatus;
      usage: RealtimeUsage | undefined;
      response: RealtimeResponse;
    }
  /** The service will close the session after this long. */
  | { type: 'session-ending'; remainingMs: number }
  /** A new session took over. Of the items without a text, nothing could be carried over. */
  | {
      type: 'session-renewed';
      session: RealtimeSessionState;
      refilledItems: number;
      lostItems: number;
    }
  /** Something failed and the session goes on. */
  | { type: 'error'; error: StepAudioError }
  /** A message of a kind this library has no event for, as it came. */
  | { type: 'unknown'; raw: unknown };
