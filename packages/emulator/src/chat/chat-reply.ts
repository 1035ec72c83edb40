import type { WireChatRequest } from '@stepvoice/core/protocol';
import type { Mind, MindEvent, MindRequest } from '../mind/mind.ts';
import { ReplyLimits } from './reply-limits.ts';
import { countTokens } from './tokens.ts';

/** What the mind says, within the limits of the request. Iterated once. */
export class ChatReply implements AsyncIterable<MindEvent> {
  readonly #events: AsyncIterable<MindEvent>;
  readonly #limits: ReplyLimits;
  #callTokens = 0;
  #hasCalls = false;

  constructor(mind: Mind, thought: MindRequest, { stop = [], max_tokens }: WireChatRequest) {
    this.#events = mind.reply(thought);
    this.#limits = new ReplyLimits({
      stop: typeof stop === 'string' ? [stop] : stop,
      maxTokens: max_tokens,
    });
  }

  /** Tokens said so far. */
  get tokens(): number {
    return this.#limits.tokens + this.#callTokens;
  }

  /** Why it ended, once it has. */
  get finishReason(): 'stop' | 'length' | 'tool_calls' {
    if (this.#limits.ended === 'length') return 'length';
    return this.#hasCalls ? 'tool_calls' : 'stop';
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<MindEvent> {
    for await (const event of this.#events) {
      if (event.type === 'call') {
        this.#hasCalls = true;
        this.#callTokens += countTokens(event.name) + countTokens(event.arguments);
        yield event;
        continue;
      }
      const text =
        event.type === 'text' ? this.#limits.text(event.text) : this.#limits.thought(event.text);
      if (text !== '') yield { type: event.type, text };
      if (this.#limits.ended !== undefined) return;
    }
    const rest = this.#limits.flush();
    if (rest !== '') yield { type: 'text', text: rest };
  }
}
