import type { WireChatCall } from '../protocol/chat-answer.ts';
import type { ChatArguments, ChatToolCall } from './chat-events.ts';

type OpenCall = { index: number | undefined; id: string; name: string; arguments: string };

/**
 * Puts tool calls together from fragments. Servers differ in what ties the fragments of a call: its `index`, its `id` in
 * each of them, or only their order; some give all calls of an answer the index 0.
 */
export class ToolCallAssembler {
  readonly #calls: OpenCall[] = [];

  push(fragment: WireChatCall): void {
    const id = fragment.id ?? '';
    const name = fragment.function?.name ?? '';
    const index = fragment.index ?? undefined;
    const call = this.#find(index, id, name) ?? this.#begin(index);
    // Said again, with every fragment, by some servers.
    if (call.id === '') call.id = id;
    if (call.name === '') call.name = name;
    call.arguments += fragment.function?.arguments ?? '';
  }

  /** The calls that have a name, in the order in which they began. */
  calls(): ChatToolCall[] {
    return this.#calls
      .filter(({ name }) => name !== '')
      .map(({ id, name, arguments: text }, position) => ({
        // A result is tied to its call by the id: one that a server leaves out has to be made up.
        id: id === '' ? `call_${position}` : id,
        name,
        arguments: text,
        parsed: parseArguments(text),
      }));
  }

  /** Whether there are calls, and of none a part of the arguments is missing. */
  get isComplete(): boolean {
    const calls = this.calls();
    return calls.length > 0 && calls.every(({ parsed }) => parsed.ok);
  }

  #find(index: number | undefined, id: string, name: string): OpenCall | undefined {
    const sameId = id === '' ? undefined : this.#calls.findLast((call) => call.id === id);
    if (sameId !== undefined) return sameId;
    const candidate =
      index === undefined
        ? this.#calls.at(-1)
        : this.#calls.findLast((call) => call.index === index);
    if (candidate === undefined) return undefined;
    if (id !== '' && candidate.id !== '') return undefined;
    const isSaidAgain = name === candidate.name && !isWhole(candidate.arguments);
    const beginsAnother =
      index === undefined && name !== '' && candidate.name !== '' && !isSaidAgain;
    return beginsAnother ? undefined : candidate;
  }

  #begin(index: number | undefined): OpenCall {
    const call = { index, id: '', name: '', arguments: '' };
    this.#calls.push(call);
    return call;
  }
}

function isWhole(text: string): boolean {
  return text !== '' && parseArguments(text).ok;
}

function parseArguments(text: string): ChatArguments {
  if (text.trim() === '') return { ok: true, value: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'malformed-json' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, reason: 'not-an-object' };
  }
  return { ok: true, value: value as Record<string, unknown> };
}
