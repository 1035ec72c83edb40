import type { ConversationEvent } from './conversation-engine.ts';

/** Calls of tools that the flow has not answered. */
export class ToolCalls {
  readonly #open = new Set<string>();

  get size(): number {
    return this.#open.size;
  }

  has(callId: string): boolean {
    return this.#open.has(callId);
  }

  /** @returns the arguments; `undefined` for a call whose arguments nobody can read, which is not open */
  open(call: Extract<ConversationEvent, { type: 'tool-call' }>): unknown {
    const args = parse(call.arguments);
    if (args !== undefined) this.#open.add(call.callId);
    return args;
  }

  /** @returns whether it was open; it is answered now */
  take(callId: string): boolean {
    return this.#open.delete(callId);
  }

  clear(): void {
    this.#open.clear();
  }
}

function parse(text: string): unknown {
  // A tool without parameters may be called with nothing at all.
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
