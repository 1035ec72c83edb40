import type { RealtimeEvent, RealtimeHistoryEntry, RealtimeResponse } from '@stepvoice/core/node';
import type {
  Conversation,
  ConversationEngine,
  ConversationOptions,
} from '../conversation-engine.ts';

/** A conversation whose events a test sends, and which notes what is asked of it. */
export class ScriptedConversation implements Conversation {
  readonly asked: string[] = [];
  readonly state = { model: 'scripted', voice: 'nobody' };
  readonly requestId = 'trace-1';
  readonly options: ConversationOptions;
  history: RealtimeHistoryEntry[] = [];
  heardSamples = 0;
  isClosed = false;
  readonly #events: RealtimeEvent[] = [];
  #failure: Error | undefined;
  #wake = Promise.withResolvers<void>();

  constructor(options: ConversationOptions) {
    this.options = options;
    this.history = [...options.history];
  }

  send(...events: RealtimeEvent[]): void {
    this.#events.push(...events);
    this.#wake.resolve();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake.resolve();
  }

  /** An answer that has begun and sounds for so long. */
  answer(responseId: string, durationMs: number): void {
    this.send(
      { type: 'response-started', responseId },
      {
        type: 'audio',
        samples: new Int16Array(durationMs * 24),
        sampleRate: 24_000,
        responseId,
        itemId: `item-${responseId}`,
      },
    );
  }

  end(responseId: string, status: RealtimeResponse['status'] = 'completed'): void {
    const response: RealtimeResponse = {
      id: responseId,
      status,
      text: '',
      audioMs: 0,
      interrupted: false,
      firstAudioMs: undefined,
      firstTranscriptMs: undefined,
      usage: undefined,
    };
    this.send({ type: 'response-done', responseId, status, usage: undefined, response });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RealtimeEvent> {
    while (!this.isClosed) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#failure !== undefined) throw this.#failure;
      else {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    }
  }

  write(audio: Int16Array | Uint8Array): void {
    this.asked.push('write');
    this.heardSamples += audio.length;
  }
  async commit(): Promise<void> {
    this.asked.push('commit');
  }
  async clear(): Promise<void> {
    this.asked.push('clear');
  }
  async say(text: string, { role }: { role: 'user' | 'system' | 'assistant' }): Promise<void> {
    this.asked.push(`say ${text}`);
    this.history.push({ role, text });
  }
  async respond(): Promise<void> {
    this.asked.push('respond');
  }
  async cancel(): Promise<void> {
    this.asked.push('cancel');
  }
  truncate(itemId: string, audioEndMs: number): void {
    this.asked.push(`truncate ${itemId} ${audioEndMs}`);
  }
  answerToolCall(callId: string, output: unknown): void {
    this.asked.push(`answer ${callId} ${JSON.stringify(output)}`);
  }
  async update(): Promise<void> {
    this.asked.push('update');
  }
  close(): void {
    this.isClosed = true;
    this.#wake.resolve();
  }
}

/** Opens scripted conversations, or fails as a test wants. */
export class ScriptedEngine implements ConversationEngine {
  readonly conversations: ScriptedConversation[] = [];
  failures: Error[] = [];
  /** How often a conversation was asked for. */
  attempts = 0;

  get last(): ScriptedConversation {
    const last = this.conversations.at(-1);
    if (last === undefined) throw new Error('Nobody has connected.');
    return last;
  }

  async connect(options: ConversationOptions): Promise<Conversation> {
    this.attempts += 1;
    options.signal.throwIfAborted();
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const conversation = new ScriptedConversation(options);
    this.conversations.push(conversation);
    return conversation;
  }
}
