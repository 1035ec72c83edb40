import { SegmentText } from './segment-text.ts';
import type { PartialKind } from './segment-text.ts';

/** One segment of a socket. Its place is in milliseconds of the sound that was sent. */
export type Segment = {
  readonly number: number;
  text: SegmentText;
  startMs: number | undefined;
  endMs: number | undefined;
  /** What its final text was; `undefined` until then, and for a segment that failed. */
  final: string | undefined;
  isSettled: boolean;
};

/** Keeps apart the segments of a socket, by the service's item ids. */
export class SegmentLedger {
  readonly #kind: PartialKind | undefined;
  readonly #byItem = new Map<string, Segment>();
  /** Where each committed segment lies, in the order of the commits; a segment may show before it is committed. */
  readonly #commits: { startMs: number; endMs: number }[] = [];
  readonly #segments: Segment[] = [];
  #settled = 0;

  constructor(kind: PartialKind | undefined) {
    this.#kind = kind;
  }

  /** How many segments have begun and have no end yet. */
  get open(): number {
    return this.#segments.length - this.#settled;
  }

  /** How many commits have no final text yet. */
  get unanswered(): number {
    return this.#commits.length - this.#settled;
  }

  get last(): Segment | undefined {
    return this.#segments.at(-1);
  }

  /** How many commits were sent. The segment of the first is the first. */
  get commits(): number {
    return this.#commits.length;
  }

  commit(startMs: number, endMs: number): void {
    this.#commits.push({ startMs, endMs });
  }

  /** The segment of a commit, where it has begun; else one that begins now, so that those behind it keep their numbers. */
  ofCommit(number: number): Segment {
    for (;;) {
      const known = this.#segments[number];
      if (known !== undefined) return known;
      this.#begin();
    }
  }

  /** Where a segment that was, or will be, committed begins and ends. */
  placeOf(segment: Segment): { startMs?: number; endMs?: number } {
    const commit = this.#commits[segment.number];
    const startMs = segment.startMs ?? commit?.startMs ?? this.#commits[segment.number - 1]?.endMs;
    const endMs = segment.endMs ?? commit?.endMs;
    return {
      ...(startMs === undefined ? {} : { startMs }),
      ...(endMs === undefined ? {} : { endMs }),
    };
  }

  /** The segment of an item, a new one for a new id. Without an id, the one that is open, else a new one. */
  get(itemId: string | undefined): Segment {
    if (itemId === undefined) {
      const { last } = this;
      return last === undefined || last.isSettled ? this.#begin() : last;
    }
    const known = this.#byItem.get(itemId);
    if (known !== undefined) return known;
    const segment = this.#begin();
    this.#byItem.set(itemId, segment);
    return segment;
  }

  settle(segment: Segment, final: string | undefined): void {
    if (!segment.isSettled) this.#settled += 1;
    segment.isSettled = true;
    // What it grew from is not needed any more, and a session may have thousands.
    segment.text = new SegmentText(this.#kind);
    segment.final = final;
  }

  #begin(): Segment {
    const segment: Segment = {
      number: this.#segments.length,
      text: new SegmentText(this.#kind),
      startMs: undefined,
      endMs: undefined,
      final: undefined,
      isSettled: false,
    };
    this.#segments.push(segment);
    return segment;
  }
}
