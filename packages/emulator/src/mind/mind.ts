/** One turn of a conversation, as text. Sound has been heard before it comes here. */
export type MindTurn = {
  role: 'system' | 'user' | 'assistant' | 'tool';
  text: string;
  /** Of a tool's result: the id of the call it answers. */
  callId?: string;
  /** Of a tool's result: the tool's name, where the client says it. */
  toolName?: string;
  /** Of a tool's result: the arguments it was called with, JSON text, where the client says them. */
  callArguments?: string;
};

/** A function that the client can run. */
export type MindTool = {
  name: string;
  description: string;
  /** JSON Schema of the arguments, as the client sent it. */
  parameters: unknown;
};

export type MindRequest = {
  model: string;
  /** Oldest first. */
  turns: readonly MindTurn[];
  tools: readonly MindTool[];
  toolChoice: 'auto' | 'required' | 'none';
  signal: AbortSignal;
};

/** A piece of a reply; pieces of one kind, joined, are its whole text. */
export type MindEvent =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  /** `arguments` is JSON text, as a model writes it. */
  | { type: 'call'; callId: string; name: string; arguments: string };

/** What decides the words of a reply, for chat and for conversations. */
export interface Mind {
  /**
   * Answers one turn. The iteration ends with the reply, and when `signal` is aborted it rejects with its reason.
   *
   * @throws {MindFailure} where the reply comes from elsewhere and does not come.
   */
  reply(request: MindRequest): AsyncIterable<MindEvent>;
}

/** Why there is no reply: the model behind the emulator could not be asked, refused, or stopped in the middle. */
export class MindFailure extends Error {
  override name = 'MindFailure';
}
