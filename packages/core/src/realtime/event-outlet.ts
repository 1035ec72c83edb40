import { PullQueue } from '../net/pull-queue.ts';
import type { RealtimeEvent } from './realtime-events.ts';

/**
 * How much unread sound makes the socket wait. More than an answer lasts: while the socket waits, nothing is heard of the
 * user who speaks into the answer either.
 */
const HIGH_WATER_SECONDS = 120;
/** Where a socket cannot wait, sound beyond this is dropped. */
const MAX_SECONDS = 2 * HIGH_WATER_SECONDS;
/** And beyond this, of which the rest is no sound, nobody can be reading any more. */
const OVERFLOW_SECONDS = 3 * HIGH_WATER_SECONDS;
/** What an event without sound counts for. */
const EVENT_SECONDS = 0.01;

export type EventOutletOptions = {
  canPause: () => boolean;
  /** There is more, or less, unread than before what makes the socket wait. */
  onChange: () => void;
  /** The rest of an answer's sound is dropped. */
  onCutOff: () => void;
  /** Nobody reads, and the socket cannot wait. */
  onOverflow: () => void;
};

/** Where the events of a session are read. */
export class EventOutlet {
  readonly #options: EventOutletOptions;
  readonly #queue: PullQueue<RealtimeEvent>;
  #isFull = false;
  #cutOff: string | undefined;

  constructor(options: EventOutletOptions) {
    this.#options = options;
    this.#queue = new PullQueue({
      highWater: HIGH_WATER_SECONDS,
      onFull: () => this.#setFull(true),
      onDrained: () => this.#setFull(false),
    });
  }

  /** Whether the service should wait. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Whether there is room for more sound of an answer; where there is none, that is reported once for each. */
  hasRoom(responseId: string | undefined): boolean {
    if (this.#options.canPause() || this.#queue.size < MAX_SECONDS) return true;
    if (this.#cutOff !== responseId) {
      this.#cutOff = responseId;
      this.#options.onCutOff();
    }
    return false;
  }

  push(event: RealtimeEvent): void {
    const isSound = event.type === 'audio';
    this.#queue.push(event, isSound ? event.samples.length / event.sampleRate : EVENT_SECONDS);
    if (this.#queue.size > OVERFLOW_SECONDS && !this.#options.canPause()) {
      this.#options.onOverflow();
    }
  }

  /** Forgets sound that nobody has read yet. Answers how many pieces. */
  dropAudio(): number {
    return this.#queue.discard(({ type }) => type === 'audio');
  }

  /** Forgets what an answer says that nobody has read yet. Answers how many pieces. */
  dropResponse(responseId: string): number {
    return this.#queue.discard(
      (event) =>
        (event.type === 'audio' || event.type === 'transcript' || event.type === 'thinking') &&
        event.responseId === responseId,
    );
  }

  next(): Promise<IteratorResult<RealtimeEvent, undefined>> {
    return this.#queue.next();
  }

  close(): void {
    this.#queue.close();
  }

  fail(error: unknown): void {
    this.#queue.fail(error);
  }

  abort(reason: unknown): void {
    this.#queue.abort(reason);
  }

  #setFull(isFull: boolean): void {
    this.#isFull = isFull;
    this.#options.onChange();
  }
}
