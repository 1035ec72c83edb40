/** So much may a time be off before it is taken for evidence. */
const TOLERANCE_MS = 1000;

/** Where a segment lies in the sound that was sent, as far as that is known. */
export type SegmentPlace = {
  startMs: number;
  /** Or how much was sent by now. */
  endMs: number;
};

/**
 * Tells what word times count from. The documentation does not: its only example, a first segment, would fit both the
 * segment's start and the session's. Taken for the segment's start until a time shows that this cannot be: a word that
 * would end after its segment counts from the session's start, and one that would begin before its segment does not.
 */
export class WordClock {
  #countsFromSession = false;

  /** What to add to times of one segment, in milliseconds. */
  offsetMs(firstStartMs: number, lastEndMs: number, { startMs, endMs }: SegmentPlace): number {
    const fitsSegment = startMs + lastEndMs <= endMs + TOLERANCE_MS;
    const fitsSession = firstStartMs >= startMs - TOLERANCE_MS;
    if (fitsSegment !== fitsSession) this.#countsFromSession = fitsSession;
    return this.#countsFromSession ? 0 : startMs;
  }
}
