import type { AudioOutputEvent } from '../../audio/output/audio-output.ts';
import type { CueClock } from './cue-clock.ts';
import type { PlayedPiece, Playhead } from './playhead.ts';

type Event<Type> = Extract<AudioOutputEvent, { type: Type }>;

export type HeardPiecesOptions = {
  readonly playhead: Playhead;
  readonly cues: CueClock;
  /** Whether sound is wanted; an output may not know it yet. */
  readonly isActive: () => boolean;
  readonly onSounding: (atMs: number) => void;
  readonly onPosition: () => void;
  /** The piece has been heard to its end. */
  readonly onHeard: (piece: PlayedPiece) => void;
};

/** Follows what an output tells of its pieces: each of its cues is told before it is forgotten. */
export class HeardPieces {
  readonly #options: HeardPiecesOptions;

  constructor(options: HeardPiecesOptions) {
    this.#options = options;
  }

  locate({ pieceId, seconds, atMs, advancing }: Event<'position'>): void {
    const { playhead, cues, isActive, onSounding, onPosition } = this.#options;
    this.#flushBefore(pieceId, atMs);
    const isSounding = advancing && isActive();
    if (!playhead.locate(pieceId, seconds, atMs, isSounding)) return;
    if (isSounding) onSounding(atMs);
    cues.update();
    if (playhead.pieces[0]?.id === pieceId) onPosition();
  }

  end({ pieceId, atMs }: Event<'ended'>): void {
    const { playhead, cues } = this.#options;
    this.#flushBefore(pieceId, atMs);
    const piece = playhead.pieces.find(({ id }) => id === pieceId);
    if (piece === undefined) return;
    cues.flush(piece, atMs);
    this.#finish(piece, atMs);
  }

  /** An output without a clock has it: that is all it will ever tell. */
  take(piece: PlayedPiece, nowMs: number): void {
    const { playhead, cues, onSounding, onPosition } = this.#options;
    onSounding(nowMs);
    if (!playhead.pieces.includes(piece)) return;
    cues.flush(piece, Number.NEGATIVE_INFINITY);
    if (!playhead.pieces.includes(piece)) return;
    onPosition();
    this.#finish(piece, nowMs);
  }

  /** Unless somebody who was told of it has dropped it. */
  #finish(piece: PlayedPiece, atMs: number): void {
    const { playhead, onHeard } = this.#options;
    if (!playhead.pieces.includes(piece)) return;
    playhead.finish(piece.id, atMs);
    onHeard(piece);
  }

  #flushBefore(pieceId: number, atMs: number): void {
    const { pieces } = this.#options.playhead;
    const before = pieces[pieces.findIndex(({ id }) => id === pieceId) - 1];
    if (before !== undefined) this.#options.cues.flush(before, atMs);
  }
}
