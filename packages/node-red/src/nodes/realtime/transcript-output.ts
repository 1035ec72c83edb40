import type { FlowMessage } from '../../kit/node-red.ts';
import type { ConversationEvent } from './conversation-engine.ts';

export type TranscriptOutputOptions = {
  kind: 'final' | 'growing';
  send: (message: FlowMessage) => void;
  origin: () => FlowMessage;
};

type Said = { text: string; isFinal: boolean; itemId: string; origin: FlowMessage };

/** Sends what either side says, as text. */
export class TranscriptOutput {
  readonly #options: TranscriptOutputOptions;
  /** Of the answer in progress, by item. */
  readonly #said = new Map<string, Said>();

  constructor(options: TranscriptOutputOptions) {
    this.#options = options;
  }

  heard({ text, final, itemId }: Extract<ConversationEvent, { type: 'input-transcript' }>): void {
    if (!final && this.#options.kind === 'final') return;
    const { send, origin } = this.#options;
    send({ ...origin(), payload: text, role: 'user', complete: final, itemId });
  }

  said(event: Extract<ConversationEvent, { type: 'transcript' }>): void {
    const { itemId, text, final } = event;
    const origin = this.#said.get(itemId)?.origin ?? this.#options.origin();
    const said = { text, isFinal: final, itemId, origin };
    this.#said.set(itemId, said);
    if (final || this.#options.kind === 'growing') this.#send(said, {});
  }

  /** The answer is over; what it had not finished saying is sent as it is. */
  end(interrupted: boolean): void {
    for (const said of this.#said.values()) {
      if (said.isFinal || said.text === '') continue;
      said.isFinal = true;
      this.#send(said, interrupted ? { interrupted } : {});
    }
    this.#said.clear();
  }

  #send({ text, isFinal, itemId, origin }: Said, more: FlowMessage): void {
    const message = { ...origin, payload: text, role: 'assistant', complete: isFinal, itemId };
    this.#options.send({ ...message, ...more });
  }
}
