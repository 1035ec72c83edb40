import type { Clock } from '../../kit/clock.ts';

/** What lies between our sending and the listener's ear, at most, before a reply that should be over is. */
const LATENCY_MS = 500;

/** A reply on its way to the listener. */
export type SoundingReply = {
  readonly streamId: string;
  readonly responseId: string;
  /** Of which item of the conversation each part is, and where in the reply it begins. */
  readonly items: { itemId: string; startMs: number }[];
  sentMs: number;
  /** When its first sound is heard, as far as we know. */
  startsAtMs: number;
};

/** A reply that was silenced, and how much of it was heard by our reckoning. */
export type SilencedReply = { reply: SoundingReply; heardMs: number };

/**
 * Which replies the listener may still be hearing. A model speaks faster than it is heard: long after an answer is
 * complete it can be interrupted. Whoever plays says what was heard; until then it is reckoned as if replies were played one
 * after the other as they come.
 */
export class PlaybackLedger {
  readonly #clock: Clock;
  #replies: SoundingReply[] = [];
  #endsAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isSounding(): boolean {
    this.#forgetHeard();
    return this.#replies.length > 0;
  }

  /** A piece of a reply was sent. */
  add(piece: { streamId: string; responseId: string; itemId: string; durationMs: number }): void {
    const { streamId, responseId, itemId, durationMs } = piece;
    const now = this.#clock.now();
    const gapMs = Math.max(now - this.#endsAtMs, 0);
    let reply = this.#replies.find((other) => other.streamId === streamId);
    if (reply === undefined) {
      this.#forgetHeard();
      reply = {
        streamId,
        responseId,
        items: [],
        sentMs: 0,
        startsAtMs: Math.max(now, this.#endsAtMs),
      };
      this.#replies.push(reply);
    } else {
      // It stood still until this piece came.
      reply.startsAtMs += gapMs;
    }
    if (reply.items.at(-1)?.itemId !== itemId) reply.items.push({ itemId, startMs: reply.sentMs });
    reply.sentMs += durationMs;
    this.#endsAtMs = Math.max(this.#endsAtMs, now) + durationMs;
  }

  /** Whoever plays has begun with a reply: now, and not when we thought. */
  begin(streamId: string): void {
    const reply = this.find(streamId);
    if (reply === undefined) return;
    const laterMs = this.#clock.now() - reply.startsAtMs;
    for (const other of this.#replies.slice(this.#replies.indexOf(reply))) {
      other.startsAtMs += laterMs;
    }
    this.#endsAtMs += laterMs;
  }

  /** The listener has heard a reply to its end. */
  forget(streamId: string): void {
    this.#replies = this.#replies.filter((reply) => reply.streamId !== streamId);
    if (this.#replies.length === 0) this.#endsAtMs = Number.NEGATIVE_INFINITY;
  }

  find(streamId: string): SoundingReply | undefined {
    return this.#replies.find((reply) => reply.streamId === streamId);
  }

  /** Everything falls silent now. */
  silence(): SilencedReply[] {
    this.#forgetHeard();
    const now = this.#clock.now();
    const silenced = this.#replies.map((reply) => ({
      reply,
      heardMs: Math.round(Math.min(Math.max(now - reply.startsAtMs, 0), reply.sentMs)),
    }));
    this.#replies = [];
    this.#endsAtMs = Number.NEGATIVE_INFINITY;
    return silenced;
  }

  #forgetHeard(): void {
    const now = this.#clock.now();
    this.#replies = this.#replies.filter(
      ({ startsAtMs, sentMs }) => now < startsAtMs + sentMs + LATENCY_MS,
    );
  }
}

/** What was heard of each item of a reply: all of it, a part, or nothing. */
export function heardOfItems(
  { items, sentMs }: SoundingReply,
  heardMs: number,
): { itemId: string; heardMs: number }[] {
  return items.flatMap(({ itemId, startMs }, index) => {
    const endMs = items[index + 1]?.startMs ?? sentMs;
    if (heardMs >= endMs) return [];
    return [{ itemId, heardMs: Math.max(Math.round(heardMs - startMs), 0) }];
  });
}
