import type { MindTurn } from '../mind/mind.ts';
import { clip } from '../http/api-error.ts';
import { EventRefusal } from './event-refusal.ts';
import type { Spent } from './usage.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** Where in a reply's sound a stretch of its transcript begins: `end` characters of it are said when the next does. */
export type TranscriptMark = { atMs: number; end: number };

export type ContentPart =
  | { type: 'input_text' | 'text'; text: string }
  | { type: 'input_audio'; transcript: string; seconds: number }
  | { type: 'audio'; transcript: string; seconds: number; marks: TranscriptMark[] }
  | { type: 'thinking'; thinking: string };

export type MessageItem = {
  id: string;
  type: 'message';
  role: 'user' | 'system' | 'assistant';
  status: ItemStatus;
  content: ContentPart[];
};

export type FunctionCallItem = {
  id: string;
  type: 'function_call';
  status: ItemStatus;
  callId: string;
  name: string;
  arguments: string;
};

export type FunctionOutputItem = {
  id: string;
  type: 'function_call_output';
  status: ItemStatus;
  callId: string;
  output: string;
};

export type ConversationItem = MessageItem | FunctionCallItem | FunctionOutputItem;

/** The items of a session in their order. */
export class Conversation {
  readonly #items: ConversationItem[] = [];

  get ids(): readonly string[] {
    return this.#items.map(({ id }) => id);
  }

  find(id: string): ConversationItem | undefined {
    return this.#items.find((item) => item.id === id);
  }

  /** The message with an id, if it still is there. */
  message(id: string): MessageItem | undefined {
    const item = this.find(id);
    return item?.type === 'message' ? item : undefined;
  }

  /**
   * Puts an item behind another one, or at the end, and answers the id of the item before it.
   *
   * @throws {EventRefusal} when there is no such item, `root` included, or the id is taken.
   */
  add(item: ConversationItem, previousId?: string): string | undefined {
    if (this.find(item.id) !== undefined) {
      throw new EventRefusal(`item ${clip(item.id)} already exists`, {
        code: 'invalid_value',
        param: 'item.id',
      });
    }
    const index =
      previousId === undefined
        ? this.#items.length
        : 1 + this.#items.findIndex(({ id }) => id === previousId);
    if (previousId !== undefined && index === 0) {
      throw new EventRefusal(`cannot find previous item, id: ${clip(previousId)}`, {
        code: 'invalid_value',
        param: 'previous_item_id',
      });
    }
    this.#items.splice(index, 0, item);
    return this.#items[index - 1]?.id;
  }

  /** @throws {EventRefusal} when there is no such item, or it is still being said. */
  delete(id: string): void {
    const index = this.#items.findIndex((item) => item.id === id);
    const item = this.#items[index];
    if (item === undefined) throw unknownItem(id);
    if (item.status === 'in_progress' && item.type === 'message' && item.role === 'assistant') {
      throw new EventRefusal(`item ${clip(id)} is part of an ongoing response`, {
        code: 'invalid_value',
        param: 'item_id',
      });
    }
    this.#items.splice(index, 1);
  }

  /**
   * Takes from an assistant's message what was not heard of it.
   *
   * @throws {EventRefusal} when the assistant has not said such a message.
   */
  truncate(id: string, contentIndex: number, audioEndMs: number): void {
    const item = this.message(id);
    if (item === undefined) throw unknownItem(id);
    const part = item.content[contentIndex];
    if (part?.type !== 'audio') {
      throw new EventRefusal(`item ${clip(id)} has no audio at content_index ${contentIndex}`, {
        code: 'invalid_value',
        param: 'content_index',
      });
    }
    if (!(audioEndMs >= 0)) {
      throw new EventRefusal('audio_end_ms is not valid: expected a number from 0 up', {
        code: 'invalid_value',
        param: 'audio_end_ms',
      });
    }
    part.marks = part.marks.filter(({ atMs }) => atMs < audioEndMs);
    part.transcript = part.transcript.slice(0, part.marks.at(-1)?.end ?? 0);
    part.seconds = Math.min(part.seconds, audioEndMs / 1000);
  }

  /** Some of the items as a mind reads them: what was said is text, thoughts stay private. */
  toTurns(ids: readonly string[]): MindTurn[] {
    const wanted = new Set(ids);
    return this.#items.filter(({ id }) => wanted.has(id)).flatMap((item) => this.#toTurn(item));
  }

  /** How much there is in some of the items. */
  spentOn(ids: readonly string[]): Spent {
    const wanted = new Set(ids);
    const spent = { text: '', seconds: 0 };
    for (const item of this.#items) {
      if (!wanted.has(item.id)) continue;
      if (item.type === 'function_call') spent.text += item.name + item.arguments;
      else if (item.type === 'function_call_output') spent.text += item.output;
      else {
        for (const part of item.content) {
          if ('text' in part) spent.text += part.text;
          else if (part.type !== 'thinking') spent.seconds += part.seconds;
        }
      }
    }
    return spent;
  }

  #toTurn(item: ConversationItem): MindTurn[] {
    if (item.type === 'message') return [{ role: item.role, text: textOf(item) }];
    // That a function was called is told by its result.
    if (item.type === 'function_call') return [];
    const call = this.#items.find(
      (other) => other.type === 'function_call' && other.callId === item.callId,
    );
    const toolName = call?.type === 'function_call' ? call.name : undefined;
    return [
      {
        role: 'tool',
        text: item.output,
        callId: item.callId,
        ...(toolName !== undefined && { toolName }),
      },
    ];
  }
}

function unknownItem(id: string): EventRefusal {
  return new EventRefusal(`item ${clip(id)} does not exist`, {
    code: 'invalid_value',
    param: 'item_id',
  });
}

function textOf({ content }: MessageItem): string {
  return content
    .map((part) => {
      if (part.type === 'thinking') return '';
      return 'text' in part ? part.text : part.transcript;
    })
    .filter((text) => text !== '')
    .join('\n');
}
