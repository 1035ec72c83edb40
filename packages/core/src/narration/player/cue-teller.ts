import type { PlayerListener } from './player-options.ts';
import type { Cue, ReelUnit } from './reel-unit.ts';

/** Tells words, and each utterance before its first one. */
export class CueTeller {
  readonly #listener: PlayerListener;
  readonly #isPlaying: () => boolean;
  /** The utterance told last. */
  #told: number | undefined;

  constructor(listener: PlayerListener, isPlaying: () => boolean) {
    this.#listener = listener;
    this.#isPlaying = isPlaying;
  }

  tell({ utterance, word }: Cue, { timing }: ReelUnit): void {
    if (utterance === undefined) return;
    if (utterance !== this.#told) {
      this.#told = utterance;
      const wasPlaying = this.#isPlaying();
      this.#listener.onUtterance(utterance);
      // The listener may have stopped it, or gone elsewhere.
      if (this.#told !== utterance || this.#isPlaying() !== wasPlaying) return;
    }
    if (word !== undefined) this.#listener.onWord(utterance, word, timing);
  }

  /** The utterances have other numbers now. */
  renumber(indexOf: (utterance: number) => number | undefined): void {
    this.#told = this.#told === undefined ? undefined : indexOf(this.#told);
  }

  /** The next utterance is told, even if it is the same. */
  forget(): void {
    this.#told = undefined;
  }
}
