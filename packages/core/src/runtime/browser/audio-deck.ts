import type { AudioClip, AudioPiece } from '../../audio/output/audio-output.ts';
import { clipOf } from '../../audio/output/output-checks.ts';

/** One audio element, and the file that is in it. */
export class AudioDeck {
  readonly element: HTMLAudioElement;
  #piece: AudioPiece | undefined;
  #url: string | undefined;
  #stopFade: (() => void) | undefined;

  constructor(element: HTMLAudioElement) {
    this.element = element;
    element.preload = 'auto';
    element.preservesPitch = true;
  }

  /** What is to be heard from it; `undefined` also while a dropped piece fades. */
  get piece(): AudioPiece | undefined {
    return this.#piece;
  }

  /** Seconds of its piece that have not been heard. */
  get leftSeconds(): number {
    if (this.#piece === undefined) return 0;
    return Math.max(0, clipOf(this.#piece).durationSeconds - this.element.currentTime);
  }

  load(piece: AudioPiece): void {
    this.#setSource(clipOf(piece));
    this.#piece = piece;
  }

  setRate(rate: number): void {
    // Loading sets the rate back to the default one.
    this.element.defaultPlaybackRate = rate;
    this.element.playbackRate = rate;
  }

  /** Plays `silence` in it, which in a gesture unlocks it for what comes later. Answers whether it was let. */
  async unlock(silence: AudioClip): Promise<boolean> {
    if (this.#url !== undefined) return true;
    this.#setSource(silence);
    const url = this.#url;
    try {
      await this.element.play();
    } catch (error) {
      // A piece that came meanwhile took its place.
      if (!isNamed(error, 'AbortError')) return false;
    } finally {
      if (this.#url === url) this.release();
    }
    return true;
  }

  /** Takes the volume down in `fadeMs`, then gives the piece back. */
  async fade(fadeMs: number): Promise<void> {
    this.#piece = undefined;
    const { element } = this;
    const { volume } = element;
    const start = performance.now();
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const left = 1 - (performance.now() - start) / fadeMs;
        if (left <= 0) this.#stopFade?.();
        else element.volume = volume * left;
      }, 1);
      this.#stopFade = () => {
        clearInterval(timer);
        this.#stopFade = undefined;
        element.pause();
        element.volume = volume;
        resolve();
      };
    });
    this.release();
  }

  /** Empties the element; it can be used again, and keeps what a gesture has unlocked. */
  release(): void {
    this.#piece = undefined;
    this.#stopFade?.();
    this.element.pause();
    if (this.#url === undefined) return;
    this.element.removeAttribute('src');
    this.element.load();
    this.#revoke();
  }

  #setSource({ bytes, mediaType }: AudioClip): void {
    this.#revoke();
    this.#url = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
    this.element.src = this.#url;
    this.element.load();
  }

  #revoke(): void {
    if (this.#url !== undefined) URL.revokeObjectURL(this.#url);
    this.#url = undefined;
  }
}

export function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}
