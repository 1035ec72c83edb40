import type { Clock } from '../../kit/clock.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { sessionKey } from '../../kit/session-key.ts';
import type { StreamPlace } from '../../kit/stream-place.ts';

const SHORTEST_REST_MS = 1000;
const LONGEST_REST_MS = 30_000;
const MAX_RESTING = 1000;

/**
 * Frames of a microphone have no beginning and no end: the first of a session opens a stream, which goes on until somebody
 * ends it. After a failure a session rests, or each of 50 frames a second would try again.
 */
export class LiveStreams {
  readonly #clock: Clock;
  readonly #open = new Map<string, string>();
  readonly #rests = new Map<string, { untilMs: number; lastMs: number }>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many were opened so far. */
  get count(): number {
    return this.#count;
  }

  /** Sessions with an open stream. */
  get sessions(): readonly string[] {
    return [...this.#open.keys()];
  }

  placeOf(message: FlowMessage): StreamPlace {
    const key = sessionKey(message);
    let id = this.#open.get(key);
    if (id === undefined) {
      this.#count += 1;
      id = `live.${this.#count}`;
      this.#open.set(key, id);
    }
    const isLast = message.complete === true;
    if (isLast) this.#open.delete(key);
    return { id, isLast };
  }

  /** It takes no more: what comes in its session opens another. */
  close(key: string, id: string): void {
    if (this.#open.get(key) === id) this.#open.delete(key);
  }

  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  /** A stream of this session has failed. Each failure in a row makes the rest longer. */
  rest(key: string): void {
    const lastMs = this.#rests.get(key)?.lastMs;
    const restMs = lastMs === undefined ? SHORTEST_REST_MS : Math.min(2 * lastMs, LONGEST_REST_MS);
    if (this.#rests.size >= MAX_RESTING) this.#rests.clear();
    this.#rests.set(key, { untilMs: this.#clock.now() + restMs, lastMs: restMs });
  }

  /** It works. */
  recover(key: string): void {
    this.#rests.delete(key);
  }

  isResting(key: string): boolean {
    const rest = this.#rests.get(key);
    return rest !== undefined && this.#clock.now() < rest.untilMs;
  }
}
