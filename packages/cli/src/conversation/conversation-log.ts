import type { RealtimeEvent } from '@stepvoice/core/node';

/** What the user said. */
export type UserEntry = {
  readonly role: 'user';
  text: string;
  /** Whether the text stays as it is. The service may never say what it understood. */
  isFinal: boolean;
};

/** What was answered. */
export type AssistantEntry = {
  readonly role: 'assistant';
  text: string;
  audioMs: number;
  /** From the end of the user's turn to the first sound. */
  firstAudioMs: number | undefined;
  status: string;
  interrupted: boolean;
  /** How much of it was heard, where it was silenced. */
  heardMs: number | undefined;
  isFinal: boolean;
};

/** A tool of this program that was used. */
export type ToolEntry = {
  readonly role: 'tool';
  readonly name: string;
  readonly arguments: string;
  output: string;
  isFinal: boolean;
};

export type LogEntry = UserEntry | AssistantEntry | ToolEntry;

/** What was said in a conversation, in the order in which it was said, whenever it became known. */
export class ConversationLog {
  readonly entries: LogEntry[] = [];
  readonly #users = new Map<string | undefined, UserEntry>();
  readonly #answers = new Map<string, AssistantEntry>();
  readonly #tools = new Map<string, ToolEntry>();
  readonly #taken = new Set<LogEntry>();

  /** What the user typed. */
  typed(text: string): void {
    this.entries.push({ role: 'user', text, isFinal: true });
  }

  push(event: RealtimeEvent): void {
    switch (event.type) {
      case 'committed':
      case 'speech-stopped':
        this.#user(event.itemId);
        return;
      case 'input-transcript': {
        const entry = this.#user(event.itemId);
        entry.text = event.text;
        entry.isFinal ||= event.final;
        return;
      }
      case 'response-started':
        this.#answer(event.responseId);
        return;
      case 'transcript': {
        // A part that is not also sound says the same, or what is not for the ear.
        const entry = this.#answer(event.responseId);
        entry.text = event.text;
        return;
      }
      case 'response-done': {
        const { text, audioMs, firstAudioMs, interrupted } = event.response;
        const entry = this.#answer(event.responseId);
        Object.assign(entry, { audioMs, firstAudioMs, status: event.status });
        entry.interrupted ||= interrupted;
        if (text !== '') entry.text = text;
        entry.isFinal = true;
        return;
      }
      case 'tool-call':
        this.#tool(event.callId, event.name, event.arguments);
        return;
      case 'tool-result': {
        const entry = this.#tool(event.callId, event.name, '');
        entry.output = event.output;
        entry.isFinal = true;
        return;
      }
      case 'audio':
      case 'error':
      case 'item':
      case 'session-ending':
      case 'session-renewed':
      case 'session-updated':
      case 'speech-started':
      case 'thinking':
      case 'unknown':
    }
  }

  /** An answer was silenced after so much of it. */
  silenced(responseId: string, heardMs: number): void {
    const entry = this.#answer(responseId);
    entry.interrupted = true;
    entry.heardMs = heardMs;
  }

  /** Entries that have become final since, and say something. */
  takeFinal(): LogEntry[] {
    const fresh = this.entries.filter((entry) => entry.isFinal && !this.#taken.has(entry));
    for (const entry of fresh) this.#taken.add(entry);
    return fresh.filter((entry) => entry.role === 'tool' || entry.text !== '');
  }

  /** What is being said, as far as it is known. */
  get open(): LogEntry[] {
    return this.entries.filter(
      (entry) => !entry.isFinal && entry.role !== 'tool' && entry.text !== '',
    );
  }

  /** Whether it is not known yet what the user said last. */
  get awaitsUser(): boolean {
    return this.entries.findLast(({ role }) => role === 'user')?.isFinal === false;
  }

  get answers(): readonly AssistantEntry[] {
    return [...this.#answers.values()];
  }

  #user(itemId: string | undefined): UserEntry {
    const known = this.#users.get(itemId);
    if (known !== undefined && (itemId !== undefined || !known.isFinal)) return known;
    const entry: UserEntry = { role: 'user', text: '', isFinal: false };
    this.#users.set(itemId, entry);
    this.entries.push(entry);
    return entry;
  }

  #answer(responseId: string): AssistantEntry {
    let entry = this.#answers.get(responseId);
    if (entry === undefined) {
      entry = {
        role: 'assistant',
        text: '',
        audioMs: 0,
        firstAudioMs: undefined,
        status: 'in-progress',
        interrupted: false,
        heardMs: undefined,
        isFinal: false,
      };
      this.#answers.set(responseId, entry);
      this.entries.push(entry);
    }
    return entry;
  }

  #tool(callId: string, name: string, given: string): ToolEntry {
    let entry = this.#tools.get(callId);
    if (entry === undefined) {
      entry = { role: 'tool', name, arguments: given, output: '', isFinal: false };
      this.#tools.set(callId, entry);
      this.entries.push(entry);
    }
    return entry;
  }
}
