import type { EventDialect } from '../http/event-stream.ts';

export type ChatUsage = {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  cached_tokens: number;
};

export type ChatToolCall = {
  id: string;
  type: 'function';
  index: number;
  function: { name: string; arguments: string };
};

export type ChatDelta = {
  role?: string;
  content?: string | null;
  reasoning?: string;
  reasoning_content?: string;
  audio?: { data?: string; transcript?: string };
  tool_calls?: ChatToolCall[];
};

/** One server-sent event of an answer, or the failure that ends it. */
export type ChatChunk =
  | {
      id: string;
      object: 'chat.completion.chunk';
      created: number;
      model: string;
      choices: { index: number; delta: ChatDelta; finish_reason: string }[];
      usage: ChatUsage;
    }
  | { error: { message: string; type: string; code?: string } };

/** The chunks of `POST /chat/completions` with `stream: true`. */
export const CHAT_CHUNKS: EventDialect<ChatChunk> = {
  isContent: (chunk) => deltasOf(chunk).some(hasContent),
  emptyDelta: (next) => withDelta(next, () => ({ role: '', content: '' })),
  withBrokenAudio: (chunk) =>
    withDelta(chunk, (delta) =>
      delta.audio?.data === undefined
        ? delta
        : { ...delta, audio: { ...delta.audio, data: '*not base64*' } },
    ),
  failure: ({ message = 'engine overloaded', code }) => ({
    error: {
      message,
      type: 'engine_overloaded',
      ...(code !== undefined && { code: String(code) }),
    },
  }),
  endMarker: '[DONE]',
};

function deltasOf(chunk: ChatChunk): ChatDelta[] {
  return 'error' in chunk ? [] : chunk.choices.map(({ delta }) => delta);
}

function hasContent({ content, audio, tool_calls: calls }: ChatDelta): boolean {
  return Boolean(content) || audio?.data !== undefined || calls !== undefined;
}

function withDelta(chunk: ChatChunk, change: (delta: ChatDelta) => ChatDelta): ChatChunk {
  if ('error' in chunk) return chunk;
  const choices = chunk.choices.map((choice) => ({ ...choice, delta: change(choice.delta) }));
  return { ...chunk, choices };
}
