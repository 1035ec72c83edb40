import type { AudioOutputTraits, AudioPiece } from '../../audio/output/audio-output.ts';
import { makePieces } from './piece-maker.ts';
import type { PlayedPiece } from './playhead.ts';
import type { Reel } from './reel.ts';
import type { ReelUnit } from './reel-unit.ts';

export type PumpOptions = {
  readonly reel: Reel;
  readonly output: AudioOutputTraits;
  /** By how much faster pieces are made. */
  readonly stretch: () => number;
  /** Gives a piece to the output; settles when there is room for the next. */
  readonly enqueue: (piece: PlayedPiece, sound: AudioPiece['sound']) => Promise<void>;
  /** The reel has no more. */
  readonly onDone: () => void;
  readonly onFailed: (error: unknown) => void;
};

/** Never the same in two narrations over one output, whose events could be taken for the other's. */
let lastPieceId = 0;

/** Brings units from a reel to an output, piece by piece, as long as there is room. */
export class Pump {
  readonly #options: PumpOptions;
  /** Counts the rounds; whoever finds another number than its own leaves. */
  #round = 0;
  #isRunning = false;
  #inHand: ReelUnit | undefined;
  #isHeld = false;
  #released = Promise.withResolvers<void>();

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Of which pieces are yet to be enqueued. */
  get inHand(): ReelUnit | undefined {
    return this.#inHand;
  }

  /** Begins with what comes next from the reel. */
  start(): void {
    this.stop();
    this.#isRunning = true;
    const round = this.#round;
    this.#run(round).catch((error: unknown) => {
      if (round === this.#round) this.#options.onFailed(error);
    });
  }

  /** What it had in hand is dropped. */
  stop(): void {
    this.#round += 1;
    this.#isRunning = false;
    this.#inHand = undefined;
    this.release();
  }

  /** Enqueues nothing until it is released. */
  hold(): void {
    this.release();
    this.#isHeld = true;
    this.#released = Promise.withResolvers<void>();
  }

  release(): void {
    this.#isHeld = false;
    this.#released.resolve();
  }

  async #run(round: number): Promise<void> {
    const { reel, output, stretch, enqueue, onDone } = this.#options;
    const isWanted = (): boolean => round === this.#round;
    for (;;) {
      const unit = await reel.next(isWanted);
      if (!isWanted()) return;
      if (unit === undefined) break;
      this.#inHand = unit;
      for (const { sound, ...piece } of makePieces(unit, output, stretch())) {
        while (isWanted() && this.#isHeld) await this.#released.promise;
        if (!isWanted()) return;
        await enqueue({ ...piece, id: ++lastPieceId, unit }, sound);
        if (!isWanted()) return;
      }
      this.#inHand = undefined;
    }
    this.#isRunning = false;
    onDone();
  }
}
