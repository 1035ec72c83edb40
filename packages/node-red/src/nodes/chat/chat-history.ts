import type { ChatMessage } from '@stepvoice/core/node';
import type { Clock } from '../../kit/clock.ts';
import type { HistoryStore } from './history-store.ts';

/** Conversations that are remembered at once; the one that was not used for longest goes first. */
const MAX_CONVERSATIONS = 1000;

type HistoryLimits = {
  maxMessages: number;
  /** Of all texts together. */
  maxCharacters: number;
  /** Untouched for so long, a conversation is forgotten. 0: never. */
  idleMs: number;
};

/** What one said and the other answered, with the calls of tools in between: kept or forgotten as one. */
type Turn = { messages: readonly ChatMessage[]; characters: number };
type Conversation = { turns: Turn[]; usedMs: number };

type OpenTurn = {
  /** Oldest first. */
  readonly earlier: readonly ChatMessage[];
  /** Adds the turn and forgets the oldest ones beyond the limits. Does nothing if the session was forgotten meanwhile. */
  keep(messages: readonly ChatMessage[]): void;
  end(): void;
};

/** What was said so far, by session; texts only. */
export class ChatHistory {
  readonly #limits: HistoryLimits;
  readonly #clock: Clock;
  /** In the order of their last use. */
  readonly #conversations = new Map<string, Conversation>();
  readonly #open = new Set<{ session: string }>();
  readonly #store: HistoryStore | undefined;

  /** @param store where conversations go on from, and are kept in; without one they end with the node */
  constructor(limits: HistoryLimits, clock: Clock, store?: HistoryStore) {
    this.#limits = limits;
    this.#clock = clock;
    this.#store = store;
    for (const [session, { turns, usedAt }] of store?.load() ?? []) {
      // A clock that was set back makes nothing older.
      const ageMs = Math.max(0, Date.now() - usedAt);
      this.#conversations.set(session, { turns: turns.map(toTurn), usedMs: clock.now() - ageMs });
    }
  }

  /** A turn begins, with what was said before it. To be ended by `end`, whatever becomes of it. */
  begin(session: string): OpenTurn {
    const earlier = this.#find(session)?.turns.flatMap(({ messages }) => messages) ?? [];
    const turn = { session };
    this.#open.add(turn);
    return {
      earlier,
      keep: (messages) => {
        if (this.#open.has(turn)) this.#add(session, messages);
      },
      end: () => void this.#open.delete(turn),
    };
  }

  /** What is being said is forgotten, too. @param session all without one */
  forget(session?: string): void {
    for (const turn of this.#open) {
      if (session === undefined || turn.session === session) this.#open.delete(turn);
    }
    if (session === undefined) this.#conversations.clear();
    else this.#conversations.delete(session);
    this.#save();
  }

  #add(session: string, messages: readonly ChatMessage[]): void {
    const turns = [...(this.#find(session)?.turns ?? []), toTurn(messages)];
    const { maxMessages, maxCharacters } = this.#limits;
    let count = 0;
    let characters = 0;
    let first = turns.length;
    for (const turn of turns.toReversed()) {
      count += turn.messages.length;
      characters += turn.characters;
      if (count > maxMessages || characters > maxCharacters) break;
      first -= 1;
    }
    this.#conversations.delete(session);
    this.#conversations.set(session, { turns: turns.slice(first), usedMs: this.#clock.now() });
    if (this.#conversations.size > MAX_CONVERSATIONS) {
      const [oldest = ''] = this.#conversations.keys();
      this.#conversations.delete(oldest);
    }
    this.#save();
  }

  #save(): void {
    if (this.#store === undefined) return;
    const offsetMs = Date.now() - this.#clock.now();
    const conversations = [...this.#conversations].map(([session, { turns, usedMs }]) => {
      const stored = { turns: turns.map(({ messages }) => messages), usedAt: usedMs + offsetMs };
      return [session, stored] as const;
    });
    this.#store.save(new Map(conversations));
  }

  #find(session: string): Conversation | undefined {
    const conversation = this.#conversations.get(session);
    if (conversation === undefined) return undefined;
    const { idleMs } = this.#limits;
    const isOver = idleMs > 0 && this.#clock.now() - conversation.usedMs > idleMs;
    if (!isOver) return conversation;
    this.#conversations.delete(session);
    return undefined;
  }
}

/** What a user said by voice is not kept: it would be sent, and paid for, again with each turn. */
function toTurn(messages: readonly ChatMessage[]): Turn {
  const kept = messages.map((message): ChatMessage => {
    if (message.role !== 'user' || typeof message.content === 'string') return message;
    const texts = message.content.map((part) => (part.type === 'text' ? part.text : '(audio)'));
    return { role: 'user', content: texts.join('\n') };
  });
  let characters = 0;
  for (const { content } of kept) characters += typeof content === 'string' ? content.length : 0;
  return { messages: kept, characters };
}
