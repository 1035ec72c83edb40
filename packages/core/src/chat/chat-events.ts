import type { AudioContainer } from '../audio/container.ts';
import type { ChatAssistantMessage, ChatCallRecord, ChatSpeechTokens } from './chat-options.ts';

/** Why an answer ended; open, for servers have more. */
export type ChatFinishReason = 'stop' | 'length' | 'content_filter' | 'tool_calls' | (string & {});

/** What the answer cost, in tokens, as far as the service says it. */
export type ChatUsage = {
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  totalTokens: number | undefined;
  /** Of the input, taken from the service's cache. */
  cachedInputTokens: number | undefined;
};

/**
 * The arguments of a call as a value. A model may write JSON that is none, or a list where an object belongs: that is no
 * failure of the call, but something to tell the model.
 */
export type ChatArguments =
  | { ok: true; value: Readonly<Record<string, unknown>> }
  | { ok: false; reason: 'malformed-json' | 'not-an-object' };

/** A call that the model asks for. */
export type ChatToolCall = ChatCallRecord & {
  /** Empty `arguments` are an empty object. */
  parsed: ChatArguments;
};

/** A spoken answer as a file. */
export type ChatAudio = {
  bytes: Uint8Array;
  /** Read from the bytes; `pcm` where they carry no container. */
  format: AudioContainer | 'pcm';
  /** What it says. */
  transcript: string;
};

/** A whole answer. */
export type ChatAnswer = {
  /** What the model wrote or, where it only spoke, what it said. Empty where it only calls tools. */
  text: string;
  /** What the model thought, where it tells. No part of `text`. */
  reasoning: string | undefined;
  /** `undefined` where none was asked for, and where the service sent none. */
  audio: ChatAudio | undefined;
  toolCalls: readonly ChatToolCall[];
  /** Only from servers that run the open weights. */
  speechTokens: ChatSpeechTokens | undefined;
  /** `undefined` where the service does not say: beside tool calls it may not. */
  finishReason: ChatFinishReason | undefined;
  usage: ChatUsage | undefined;
  /** This answer for the next request's `messages`. */
  message: ChatAssistantMessage;
  /** The service's trace id; its support asks for it. */
  requestId: string | undefined;
};

/**
 * What `chat.stream()` yields. Deltas of one kind, joined, are the whole. A tool call comes when it is complete, which is
 * at the end; `done` comes last.
 */
export type ChatEvent =
  | { type: 'text'; delta: string }
  | { type: 'reasoning'; delta: string }
  /** 16-bit mono. */
  | { type: 'audio'; samples: Int16Array; sampleRate: number }
  | { type: 'transcript'; delta: string }
  | ({ type: 'speech-tokens' } & ChatSpeechTokens)
  | ({ type: 'tool-call' } & ChatToolCall)
  | {
      type: 'done';
      finishReason: ChatFinishReason | undefined;
      usage: ChatUsage | undefined;
    }
  /** An event of a kind this library does not know, as the service sent it. */
  | { type: 'unknown'; raw: unknown };
