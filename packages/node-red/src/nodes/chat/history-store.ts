import type { ChatMessage } from '@stepvoice/core/node';
import type { ContextStore } from '../../kit/node-red.ts';

/** A conversation as a store has it: plain JSON. */
export type StoredConversation = {
  /** What one said and the other answered, with the calls of tools in between. */
  turns: readonly (readonly ChatMessage[])[];
  /** Milliseconds since the epoch. */
  usedAt: number;
};

/** Where conversations outlive the node that held them. */
export interface HistoryStore {
  /** By session, the one that was used last at the end. What cannot be understood is left out. */
  load(): Map<string, StoredConversation>;
  save(conversations: ReadonlyMap<string, StoredConversation>): void;
}

/** In the context of a flow, under a name of the node's own: on the disk where Node-RED's settings keep contexts there. */
export function createContextHistory(context: ContextStore, nodeId: string): HistoryStore {
  const key = `stepvoiceChat_${nodeId}`;
  return {
    load() {
      const stored = context.get(key);
      const known = Object.entries(isRecord(stored) ? stored : {}).filter(
        (entry): entry is [string, StoredConversation] => isConversation(entry[1]),
      );
      // An object puts sessions that are numbers before all others.
      return new Map(known.toSorted(([, a], [, b]) => a.usedAt - b.usedAt));
    },
    save(conversations) {
      context.set(key, Object.fromEntries(conversations));
    },
  };
}

function isConversation(value: unknown): value is StoredConversation {
  return (
    isRecord(value) &&
    typeof value['usedAt'] === 'number' &&
    Array.isArray(value['turns']) &&
    value['turns'].every(
      (turn) =>
        Array.isArray(turn) &&
        turn.every((one) => isRecord(one) && typeof one['role'] === 'string'),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
