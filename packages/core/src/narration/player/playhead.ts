import type { ReelUnit } from './reel-unit.ts';

/** A piece as the output has it, and the part of a unit that it is. */
export type PlayedPiece = {
  readonly id: number;
  readonly unit: ReelUnit;
  /** Where in the unit it begins, at rate 1. */
  readonly startSeconds: number;
  /** How long it is by itself. */
  readonly seconds: number;
  /** Unit seconds in each of its own: what it was stretched by. */
  readonly stretch: number;
};

/** What sounds at a moment. */
export type SoundingPlace = {
  readonly piece: PlayedPiece;
  /** Of the piece's own time. */
  readonly seconds: number;
};

/**
 * An output tells where it is four times a second. If it has told nothing for longer than this, either it does not play
 * or the machine was asleep, and where it is must not be guessed.
 */
const LONGEST_GUESS_MS = 1500;

/** Times that were added up in another order are the same. */
const TOLERANCE_SECONDS = 0.0005;

/** Whatever the arithmetic says, time passes before it is asked again. */
const SHORTEST_WAIT_MS = 1;

/** Where the output is in its first piece, by its last word. */
type Anchor = {
  readonly seconds: number;
  readonly atMs: number;
  readonly advancing: boolean;
  readonly hasBegun: boolean;
};

const UNHEARD: Anchor = { seconds: 0, atMs: 0, advancing: false, hasBegun: false };

/** Knows at any time what is heard of the pieces that an output has, from what the output told last. */
export class Playhead {
  #pieces: PlayedPiece[] = [];
  /** In the first piece. */
  #anchor = UNHEARD;
  /** What was answered last: it never goes back. */
  #furthest: SoundingPlace | undefined;
  #rate = 1;
  readonly #isGapless: boolean;

  /** Of an output that begins a piece at the very end of the one before, or only soon after it. */
  constructor(isGapless: boolean) {
    this.#isGapless = isGapless;
  }

  /** Those not heard to their end, in order. */
  get pieces(): readonly PlayedPiece[] {
    return this.#pieces;
  }

  /** Whether the first piece has begun to sound. */
  get hasBegun(): boolean {
    return this.#anchor.hasBegun;
  }

  get isAdvancing(): boolean {
    return this.#anchor.advancing;
  }

  add(piece: PlayedPiece, nowMs: number): void {
    const place = this.at(nowMs);
    // It does not follow without a gap, and begins when the output says so.
    const isDry = place === undefined || place.seconds >= place.piece.seconds;
    if (isDry && this.#anchor.advancing) this.hold(nowMs);
    this.#pieces.push(piece);
  }

  clear(): void {
    this.#pieces = [];
    this.#anchor = UNHEARD;
    this.#furthest = undefined;
  }

  /** Takes the output's word for where it is. `false` for a piece that is heard or dropped. */
  locate(pieceId: number, seconds: number, atMs: number, advancing: boolean): boolean {
    if (!this.#forget(pieceId)) return false;
    this.#anchor = { seconds, atMs, advancing, hasBegun: true };
    return true;
  }

  /** Takes the output's word that a piece has been heard. `false` for one that is unknown. */
  finish(pieceId: number, atMs: number): boolean {
    if (!this.#forget(pieceId)) return false;
    this.#pieces.shift();
    const isFollowed = this.#isGapless && this.#anchor.advancing && this.#pieces.length > 0;
    this.#anchor = isFollowed ? { ...this.#anchor, seconds: 0, atMs } : UNHEARD;
    return true;
  }

  /** Stands still from now on, until the output tells something else. */
  hold(nowMs: number): void {
    const place = this.at(nowMs);
    if (place !== undefined && place.piece === this.#pieces[0]) {
      this.#anchor = {
        ...this.#anchor,
        seconds: place.seconds,
        atMs: nowMs,
        advancing: false,
      };
    } else {
      this.#anchor = { ...this.#anchor, advancing: false };
    }
  }

  /** The output plays at another rate from now on. */
  setRate(rate: number, nowMs: number): void {
    if (rate === this.#rate) return;
    const { advancing } = this.#anchor;
    this.hold(nowMs);
    this.#anchor = { ...this.#anchor, advancing };
    this.#rate = rate;
  }

  /** Whether the output plays, but has told nothing for so long that nobody knows what. */
  isOutOfTouch(nowMs: number): boolean {
    const { advancing, atMs } = this.#anchor;
    // Either way: a device may tell ahead of time when something will be heard.
    return advancing && Math.abs(nowMs - atMs) > LONGEST_GUESS_MS;
  }

  /** `undefined` while the output has nothing. */
  at(nowMs: number): SoundingPlace | undefined {
    const guess = this.#guess(nowMs);
    if (guess === undefined) return this.#pieces[0] && this.#furthest;
    const { piece, seconds } = this.#furthest ?? guess;
    const isBack =
      piece.id > guess.piece.id || (piece.id === guess.piece.id && seconds > guess.seconds);
    if (!isBack) this.#furthest = guess;
    return this.#furthest ?? guess;
  }

  /** How long until the sound is there, from now on; `undefined` where that cannot be told yet. */
  msUntil(unit: ReelUnit, unitSeconds: number, nowMs: number): number | undefined {
    const { seconds: anchorSeconds, atMs, advancing } = this.#anchor;
    if (!advancing) return undefined;
    let ahead = -anchorSeconds;
    for (const piece of this.#pieces) {
      const inPiece = (unitSeconds - piece.startSeconds) / piece.stretch;
      if (piece.unit === unit && inPiece <= piece.seconds + TOLERANCE_SECONDS) {
        const inMs = ((ahead + inPiece) / this.#rate) * 1000;
        return inMs > LONGEST_GUESS_MS
          ? undefined
          : Math.max(SHORTEST_WAIT_MS, atMs + inMs - nowMs);
      }
      if (!this.#isGapless) break;
      ahead += piece.seconds;
    }
    // It will be enqueued yet, or told when it begins.
    return undefined;
  }

  /** Milliseconds that a stretch of a piece sounds. */
  toMs(piece: PlayedPiece, unitSeconds: number): number {
    return (unitSeconds / piece.stretch / this.#rate) * 1000;
  }

  #guess(nowMs: number): SoundingPlace | undefined {
    const { seconds: anchorSeconds, atMs, advancing } = this.#anchor;
    const isGuessable = advancing && !this.isOutOfTouch(nowMs);
    const sinceSeconds = isGuessable ? ((nowMs - atMs) / 1000) * this.#rate : 0;
    let seconds = Math.max(0, anchorSeconds + sinceSeconds);
    const last = this.#isGapless ? this.#pieces.at(-1) : this.#pieces[0];
    for (const piece of this.#pieces) {
      if (piece === last || seconds < piece.seconds - TOLERANCE_SECONDS) {
        return { piece, seconds: Math.min(seconds, piece.seconds) };
      }
      seconds = Math.max(0, seconds - piece.seconds);
    }
    return undefined;
  }

  /** Takes those before a piece as heard. `false` if it is not there. */
  #forget(pieceId: number): boolean {
    const index = this.#pieces.findIndex(({ id }) => id === pieceId);
    if (index > 0) {
      this.#pieces.splice(0, index);
      this.#anchor = { ...this.#anchor, seconds: 0 };
    }
    return index !== -1;
  }
}

/** Where that is in the unit's sound, at rate 1. */
export function toUnitSeconds({ piece, seconds }: SoundingPlace): number {
  return piece.startSeconds + seconds * piece.stretch;
}
