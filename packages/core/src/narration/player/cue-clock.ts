import type { Clock } from '../../net/clock.ts';
import type { PlayedPiece, Playhead, SoundingPlace } from './playhead.ts';
import type { Cue, ReelUnit } from './reel-unit.ts';

/** A word is not told any more when it began so long ago and another has begun since. */
const STALE_WORD_MS = 100;
/** Half a millisecond: times that were added up in another order are the same. */
const TOLERANCE_SECONDS = 0.0005;

type DueCue = { readonly cue: Cue; readonly unit: ReelUnit; readonly lateMs: number };

/** Tells cues at the time at which they are heard, by a timer for the next one. */
export class CueClock {
  readonly #clock: Clock;
  readonly #playhead: Playhead;
  readonly #tell: (cue: Cue, unit: ReelUnit) => void;
  #cancelTimer: (() => void) | undefined;
  /** What is told may change everything; what was found due before that is void. */
  #round = 0;

  constructor(clock: Clock, playhead: Playhead, tell: (cue: Cue, unit: ReelUnit) => void) {
    this.#clock = clock;
    this.#playhead = playhead;
    this.#tell = tell;
  }

  /** Tells what is due and sets the timer anew. To be called whenever the playhead has learned something. */
  update(): void {
    this.stop();
    const nowMs = this.#clock.now();
    const place = this.#playhead.at(nowMs);
    if (place === undefined || !this.#playhead.hasBegun) return;
    if (this.#playhead.isOutOfTouch(nowMs)) return;
    const due = this.#takeDue(place, 0);
    const isCurrent = this.#playhead.isAdvancing;
    const lastWord = due.findLast(({ cue }) => cue.word !== undefined);
    const round = this.#tellAll(
      due.filter((one) => isFresh(one) || (isCurrent && one === lastWord)),
    );
    if (round === this.#round) this.#setTimer();
  }

  /** Tells what the output has played by the end of a piece, before the piece is forgotten. */
  flush(piece: PlayedPiece, endedAtMs: number): void {
    const lateMs = Math.max(0, this.#clock.now() - endedAtMs);
    this.#tellAll(this.#takeDue({ piece, seconds: piece.seconds }, lateMs).filter(isFresh));
  }

  /** Nothing is told any more until the next update, not even what is being told. */
  stop(): void {
    this.#round += 1;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #tellAll(due: readonly DueCue[]): number {
    this.#round += 1;
    const round = this.#round;
    for (const { cue, unit } of due) {
      if (round !== this.#round) break;
      this.#tell(cue, unit);
    }
    return round;
  }

  #takeDue(place: SoundingPlace, lateMs: number): DueCue[] {
    const due: DueCue[] = [];
    const { pieces } = this.#playhead;
    const passed = pieces.slice(0, pieces.indexOf(place.piece) + 1);
    let untilEndMs = 0;
    for (const piece of passed) {
      const end = piece === place.piece ? place.seconds : piece.seconds;
      const lengthMs = this.#playhead.toMs(piece, end * piece.stretch);
      const reached = piece.startSeconds + end * piece.stretch;
      const { unit } = piece;
      for (let cue = unit.cues[unit.nextCue]; cue !== undefined; cue = unit.cues[unit.nextCue]) {
        if (cue.seconds > reached + TOLERANCE_SECONDS) break;
        unit.nextCue += 1;
        const atMs = untilEndMs + lengthMs - this.#playhead.toMs(piece, reached - cue.seconds);
        due.push({ cue, unit, lateMs: -atMs });
      }
      untilEndMs += lengthMs;
    }
    return due.map((one) => ({ ...one, lateMs: lateMs + untilEndMs + one.lateMs }));
  }

  #setTimer(): void {
    const nowMs = this.#clock.now();
    let unit: ReelUnit | undefined;
    for (const piece of this.#playhead.pieces) {
      if (piece.unit === unit) continue;
      unit = piece.unit;
      const cue = unit.cues[unit.nextCue];
      if (cue === undefined) continue;
      const delayMs = this.#playhead.msUntil(unit, cue.seconds, nowMs);
      if (delayMs !== undefined) {
        this.#cancelTimer = this.#clock.after(delayMs, () => this.update());
      }
      return;
    }
  }
}

/** Sentences are told however late it is: whoever marks what has been read needs each. */
function isFresh({ cue, lateMs }: DueCue): boolean {
  return cue.word === undefined || lateMs <= STALE_WORD_MS;
}
