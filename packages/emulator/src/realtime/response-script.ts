import { encodeBase64 } from '@stepvoice/core/audio';
import { REALTIME_SAMPLE_RATE } from '@stepvoice/core/protocol';
import type {
  ContentPart,
  Conversation,
  ConversationItem,
  FunctionCallItem,
  MessageItem,
} from './conversation.ts';
import type { ServerEvent } from './server-event.ts';
import type { Spent } from './usage.ts';
import { toWireItem, toWirePart } from './wire-item.ts';

export type ResponseStatus = 'completed' | 'cancelled' | 'failed' | 'incomplete';

/** What a reply consists of, in its order. */
export type ReplyProgress =
  | { type: 'thinking'; delta: string }
  /** `atMs`: where in the reply's sound it begins. */
  | { type: 'text'; delta: string; atMs: number }
  /** Samples as they are on the wire. */
  | { type: 'audio'; bytes: Uint8Array }
  | { type: 'call'; callId: string; name: string; arguments: string };

export type ResponseScriptOptions = {
  id: string;
  conversation: Conversation;
  createId: () => string;
  /** Whether it is spoken, or given as text alone. */
  isSpoken: boolean;
  /**
   * `observed`: `response.created` at once, then the items. `guide`: the assistant's first item comes before it, as the
   * tables of the service's guide have it.
   */
  order: 'observed' | 'guide';
};

/** Longest fragment of a function's arguments. */
const ARGUMENTS_PIECE = 16;
const BYTES_PER_SECOND = REALTIME_SAMPLE_RATE * Int16Array.BYTES_PER_ELEMENT;

/** An item of the response that is not finished, and the part of it that is being said. */
type OpenMessage = { item: MessageItem; outputIndex: number; part: ContentPart | undefined };

/** Turns one reply into the service's events, and into items of the conversation. */
export class ResponseScript {
  readonly id: string;
  readonly #options: ResponseScriptOptions;
  readonly #output: ConversationItem[] = [];
  #message: OpenMessage | undefined;
  #isCreated = false;
  #bytes = 0;
  #text = '';

  constructor(options: ResponseScriptOptions) {
    this.id = options.id;
    this.#options = options;
  }

  /** What has been said so far. */
  get said(): Spent {
    return { text: this.#text, seconds: this.#bytes / BYTES_PER_SECOND };
  }

  begin(): ServerEvent[] {
    return this.#options.order === 'observed' ? this.#create() : [];
  }

  advance(progress: ReplyProgress): ServerEvent[] {
    if (progress.type === 'thinking') return this.#think(progress.delta);
    if (progress.type === 'text') return this.#say(progress.delta, progress.atMs);
    if (progress.type === 'audio') return this.#sound(progress.bytes);
    return this.#call(progress);
  }

  /** Closes what is open, down to `response.done`. */
  end(
    status: ResponseStatus,
    usage: Record<string, unknown>,
    details: Record<string, unknown> | null = null,
  ): ServerEvent[] {
    return [
      ...this.#create(),
      ...this.#endMessage(status === 'completed' ? 'completed' : 'incomplete'),
      {
        type: 'response.done',
        response: { ...this.#toWire(status), status_details: details, usage },
      },
    ];
  }

  #create(): ServerEvent[] {
    if (this.#isCreated) return [];
    this.#isCreated = true;
    return [{ type: 'response.created', response: this.#toWire('in_progress') }];
  }

  #toWire(status: ResponseStatus | 'in_progress'): Record<string, unknown> {
    const output = this.#output.map(toWireItem);
    return { id: this.id, object: 'realtime.response', status, status_details: null, output };
  }

  #think(delta: string): ServerEvent[] {
    const events = this.#openPart('thinking', () => ({ type: 'thinking', thinking: '' }));
    const part = this.#message?.part;
    if (part?.type === 'thinking') part.thinking += delta;
    this.#text += delta;
    return [...events, this.#placed('response.thinking.delta', { delta })];
  }

  #say(delta: string, atMs: number): ServerEvent[] {
    this.#text += delta;
    if (!this.#options.isSpoken) {
      const events = this.#openPart('text', () => ({ type: 'text', text: '' }));
      const part = this.#message?.part;
      if (part?.type === 'text') part.text += delta;
      return [...events, this.#placed('response.text.delta', { delta })];
    }
    const events = this.#openSound();
    const part = this.#message?.part;
    if (part?.type === 'audio') {
      part.transcript += delta;
      part.marks.push({ atMs, end: part.transcript.length });
    }
    return [...events, this.#placed('response.audio_transcript.delta', { delta })];
  }

  #sound(bytes: Uint8Array): ServerEvent[] {
    const events = this.#openSound();
    this.#bytes += bytes.length;
    const part = this.#message?.part;
    if (part?.type === 'audio') part.seconds += bytes.length / BYTES_PER_SECOND;
    return [...events, this.#placed('response.audio.delta', { delta: encodeBase64(bytes) })];
  }

  #call(call: Extract<ReplyProgress, { type: 'call' }>): ServerEvent[] {
    const { conversation, createId } = this.#options;
    const item: FunctionCallItem = {
      id: createId(),
      type: 'function_call',
      status: 'incomplete',
      callId: call.callId,
      name: call.name,
      arguments: '',
    };
    const events = [...this.#create(), ...this.#endMessage('completed')];
    const previous = conversation.add(item);
    // Its first event has no arguments, not even empty ones.
    const { arguments: _, ...first } = toWireItem(item);
    events.push(itemCreated(previous, first));
    const place = { response_id: this.id, item_id: item.id, output_index: this.#output.length };
    this.#output.push(item);
    const named = { ...place, call_id: item.callId, name: item.name };
    for (const piece of cut(call.arguments, ARGUMENTS_PIECE)) {
      // The service's documentation has the fragment in `arguments`, its console reads `delta`.
      events.push({
        type: 'response.function_call_arguments.delta',
        ...named,
        arguments: piece,
        delta: piece,
      });
    }
    item.arguments = call.arguments;
    item.status = 'completed';
    this.#text += call.name + call.arguments;
    events.push(
      { type: 'response.function_call_arguments.done', ...named, arguments: item.arguments },
      {
        type: 'response.output_item.done',
        response_id: this.id,
        output_index: place.output_index,
        item: toWireItem(item),
      },
    );
    return events;
  }

  #openSound(): ServerEvent[] {
    return this.#openPart('audio', () => ({
      type: 'audio',
      transcript: '',
      seconds: 0,
      marks: [],
    }));
  }

  /** What leads to a part of a kind, where none is open. */
  #openPart(type: ContentPart['type'], create: () => ContentPart): ServerEvent[] {
    if (this.#message?.part?.type === type) return [];
    const events = this.#message === undefined ? this.#beginMessage() : this.#endPart();
    const part = create();
    if (this.#message !== undefined) {
      this.#message.part = part;
      this.#message.item.content.push(part);
    }
    return [...events, this.#placed('response.content_part.added', { part: toWirePart(part) })];
  }

  #beginMessage(): ServerEvent[] {
    const { conversation, createId } = this.#options;
    const item: MessageItem = {
      id: createId(),
      type: 'message',
      role: 'assistant',
      status: 'in_progress',
      content: [],
    };
    const outputIndex = this.#output.length;
    const created = itemCreated(conversation.add(item), toWireItem(item));
    const first = this.#create();
    this.#output.push(item);
    this.#message = { item, outputIndex, part: undefined };
    const added = {
      type: 'response.output_item.added',
      response_id: this.id,
      output_index: outputIndex,
      item: toWireItem(item),
    };
    return this.#options.order === 'guide'
      ? [created, ...first, added]
      : [...first, added, created];
  }

  #endMessage(status: 'completed' | 'incomplete'): ServerEvent[] {
    if (this.#message === undefined) return [];
    const { item, outputIndex } = this.#message;
    const events = this.#endPart();
    item.status = status;
    this.#message = undefined;
    return [
      ...events,
      {
        type: 'response.output_item.done',
        response_id: this.id,
        output_index: outputIndex,
        item: toWireItem(item),
      },
    ];
  }

  #endPart(): ServerEvent[] {
    const part = this.#message?.part;
    if (part === undefined) return [];
    const events = [
      ...this.#finish(part),
      this.#placed('response.content_part.done', { part: toWirePart(part) }),
    ];
    if (this.#message !== undefined) this.#message.part = undefined;
    return events;
  }

  #finish(part: ContentPart): ServerEvent[] {
    if (part.type === 'thinking') {
      return [this.#placed('response.thinking.done', { thinking: part.thinking })];
    }
    if (part.type === 'audio') {
      return [
        this.#placed('response.audio.done', {}),
        this.#placed('response.audio_transcript.done', { transcript: part.transcript }),
      ];
    }
    return part.type === 'text' ? [this.#placed('response.text.done', { text: part.text })] : [];
  }

  /** An event about the part that is being said. */
  #placed(type: string, fields: Record<string, unknown>): ServerEvent {
    const { item, outputIndex = 0 } = this.#message ?? {};
    return {
      type,
      response_id: this.id,
      item_id: item?.id,
      output_index: outputIndex,
      content_index: Math.max(0, (item?.content.length ?? 0) - 1),
      ...fields,
    };
  }
}

export function itemCreated(
  previousId: string | undefined,
  item: Record<string, unknown>,
): ServerEvent {
  return {
    type: 'conversation.item.created',
    ...(previousId !== undefined && { previous_item_id: previousId }),
    item,
  };
}

/** Pieces of so many characters. */
function cut(text: string, length: number): string[] {
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += length) {
    pieces.push(characters.slice(at, at + length).join(''));
  }
  return pieces;
}
