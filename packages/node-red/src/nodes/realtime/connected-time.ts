import type { Clock } from '../../kit/clock.ts';
import { KeptByNode } from '../../kit/kept-by-node.ts';
import type { ContextStore } from '../../kit/node-red.ts';
import type { NodeHost } from '../../kit/register-node.ts';

/** Under what the node's context keeps the time of the day. */
const KEY = 'stepvoiceConnected';

/** Of each node, in memory. */
export const DAYS = new KeptByNode<Map<string, unknown>>();

/**
 * Keeps values from one deploy to the next in memory, and in the node's context, which outlives a restart where Node-RED's settings
 * name a store for it and a deploy only then.
 */
export function keptStore({ RED, node }: Pick<NodeHost, 'RED' | 'node'>): ContextStore {
  const memory = DAYS.get(RED, node.id, () => new Map());
  const context = node.context();
  return {
    get: (key) => memory.get(key) ?? context.get(key),
    set(key, value) {
      memory.set(key, value);
      context.set(key, value);
    },
  };
}

export type ConnectedTimeOptions = {
  clock: Clock;
  /** `undefined`: no limit. */
  dayLimitMs: number | undefined;
  /** The server's date. */
  today: () => string;
  /** Where the sum is kept, so that it outlives a deploy. */
  store: ContextStore;
  /** The time of the day is used up. */
  onSpent: () => void;
};

/** How long all conversations of a node were connected today. */
export class ConnectedTime {
  readonly #options: ConnectedTimeOptions;
  #running = 0;
  #usedMs = 0;
  #day: string;
  #countedAtMs: number;
  #stopTimer: () => void = () => undefined;

  constructor(options: ConnectedTimeOptions) {
    this.#options = options;
    this.#day = options.today();
    this.#countedAtMs = options.clock.now();
    const kept = options.store.get(KEY);
    if (isKept(kept) && kept.day === this.#day) this.#usedMs = kept.usedMs;
  }

  get isSpent(): boolean {
    this.#count();
    return this.#usedMs >= this.#limitMs;
  }

  /** A conversation is connected, until the function it returns is called. */
  begin(): () => void {
    this.#count();
    this.#running += 1;
    this.#arm();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count();
      this.#running -= 1;
      this.#arm();
    };
  }

  close(): void {
    this.#count();
    this.#stopTimer();
  }

  get #limitMs(): number {
    return this.#options.dayLimitMs ?? Number.POSITIVE_INFINITY;
  }

  #count(): void {
    const { clock, today, store } = this.#options;
    const now = clock.now();
    const day = today();
    this.#usedMs = day === this.#day ? this.#usedMs + (now - this.#countedAtMs) * this.#running : 0;
    this.#day = day;
    this.#countedAtMs = now;
    if (this.#options.dayLimitMs !== undefined) store.set(KEY, { day, usedMs: this.#usedMs });
  }

  #arm(): void {
    this.#stopTimer();
    const { clock, dayLimitMs, onSpent } = this.#options;
    if (dayLimitMs === undefined || this.#running === 0) return;
    const leftMs = Math.max((dayLimitMs - this.#usedMs) / this.#running, 0);
    this.#stopTimer = clock.after(Math.ceil(leftMs), () => {
      // The date may have changed meanwhile.
      if (this.isSpent) onSpent();
      else this.#arm();
    });
  }
}

function isKept(value: unknown): value is { day: string; usedMs: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'day' in value &&
    'usedMs' in value &&
    typeof value.usedMs === 'number'
  );
}
