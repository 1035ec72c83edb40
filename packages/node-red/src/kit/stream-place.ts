import type { FlowMessage } from './node-red.ts';

/** Where a message stands in a stream of messages. */
export type StreamPlace = { id: string; isLast: boolean };

/** By `msg.parts`, as Split has it; `undefined` for a message by itself. */
export function streamPlace({ parts, complete }: FlowMessage): StreamPlace | undefined {
  if (typeof parts !== 'object' || parts === null || typeof parts.id !== 'string') return undefined;
  const { id, index, count } = parts;
  const isLast =
    complete === true ||
    (typeof count === 'number' && typeof index === 'number' && index >= count - 1);
  return { id, isLast };
}

/**
 * The `parts` of a sound that one text among others became. A Join node would make a string of what Split has cut out of a
 * string: of sounds it is to make a list.
 */
export function soundAmongOthers(parts: FlowMessage['parts']): FlowMessage['parts'] {
  if (parts?.type !== 'string') return parts;
  const { ch: _, ...place } = parts;
  return { ...place, type: 'array' };
}

/** The `parts` of a stream that a node sends. */
export class StreamParts {
  readonly id: string;
  readonly #type: 'buffer' | 'string';
  #index = 0;

  constructor(id: string, type: 'buffer' | 'string') {
    this.id = id;
    this.#type = type;
  }

  /** Of the next message. The last carries the count, by which a Join node knows that it has all. */
  next(isLast: boolean): { parts: NonNullable<FlowMessage['parts']>; complete?: true } {
    const index = this.#index;
    this.#index += 1;
    // `ch` is what Join puts between strings.
    const shape = this.#type === 'string' ? { type: 'string', ch: '' } : { type: 'buffer' };
    if (!isLast) return { parts: { id: this.id, ...shape, index } };
    return { parts: { id: this.id, ...shape, index, count: index + 1 }, complete: true };
  }
}
