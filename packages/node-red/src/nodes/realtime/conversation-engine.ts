import type {
  RealtimeEvent,
  RealtimeHistoryEntry,
  RealtimeTool,
  RealtimeServiceTool,
  RealtimeTurnDetection,
} from '@stepvoice/core/node';

/** What happens in a conversation, in the words of the library. */
export type ConversationEvent = RealtimeEvent;

/** What a conversation is opened with. */
export type ConversationOptions = {
  model: string | undefined;
  voice: string | undefined;
  instructions: string | undefined;
  /** `null`: turns are ended by `commit()`. */
  turnDetection: RealtimeTurnDetection | null;
  tools: readonly (RealtimeTool | RealtimeServiceTool)[];
  /** What was said before. */
  history: readonly RealtimeHistoryEntry[];
  /** Whether the user's speech drops the rest of an answer's sound. */
  interruptResponse: boolean;
  /** Ends the conversation at once; whoever reads it gets the signal's reason. */
  signal: AbortSignal;
};

/** What speaks with a user. One engine is the service's own model; others may listen, think and speak by separate models. */
export interface ConversationEngine {
  /** Resolves when the conversation can be used. */
  connect(options: ConversationOptions): Promise<Conversation>;
}

/**
 * A conversation that is connected: what the node needs of a `RealtimeSession`, which is one. Its events are read once, in
 * order; the iteration ends after `close()`, and throws where the conversation is lost.
 */
export interface Conversation extends AsyncIterable<ConversationEvent> {
  /** What was said so far, for a conversation that continues this one. */
  readonly history: readonly RealtimeHistoryEntry[];
  readonly state: { readonly model: string; readonly voice: string | undefined };
  /** The service's trace id. */
  readonly requestId: string | undefined;
  /** Mono sound of any rate: samples, or bytes that may end inside a sample. It is taken at once. */
  write(audio: Int16Array | Uint8Array, sampleRate: number): void;
  /** Ends the user's turn. */
  commit(): Promise<unknown>;
  /** Forgets the sound of a turn that has not ended. */
  clear(): Promise<void>;
  say(
    text: string,
    options: { role: 'user' | 'system' | 'assistant'; respond: boolean },
  ): Promise<unknown>;
  /** Asks for an answer, after the one in progress. */
  respond(): Promise<unknown>;
  /** Stops the answer in progress. */
  cancel(): Promise<void>;
  /** How much of an item of an answer was heard. */
  truncate(itemId: string, audioEndMs: number): void;
  answerToolCall(callId: string, output: unknown): void;
  update(patch: {
    instructions?: string | undefined;
    tools?: readonly (RealtimeTool | RealtimeServiceTool)[] | undefined;
  }): Promise<unknown>;
  close(): void;
}
