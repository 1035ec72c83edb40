/** A shorter press is a tap. */
const TAP_MS = 350;

export type TalkButtonListener = { onStart(): void; onStop(): void };

/**
 * One button for those who hold it while they talk and for those who tap it before and after: a press that is held ends with its
 * release, a tap goes on until the next press.
 */
export class TalkButton {
  readonly #listener: TalkButtonListener;
  #state: 'off' | 'held' | 'latched' = 'off';
  #pressedAtMs = 0;

  constructor(listener: TalkButtonListener) {
    this.#listener = listener;
  }

  get state(): 'off' | 'held' | 'latched' {
    return this.#state;
  }

  press(nowMs: number): void {
    if (this.#state === 'off') {
      this.#state = 'held';
      this.#pressedAtMs = nowMs;
      this.#listener.onStart();
    } else if (this.#state === 'latched') this.stop();
  }

  release(nowMs: number): void {
    if (this.#state !== 'held') return;
    if (nowMs - this.#pressedAtMs < TAP_MS) this.#state = 'latched';
    else this.stop();
  }

  /** As assistive technology presses it: there and back at once. */
  toggle(): void {
    if (this.#state !== 'off') this.stop();
    else {
      this.#state = 'latched';
      this.#listener.onStart();
    }
  }

  /** The finger has slid off the screen, or another window has come in front: nobody holds it any more. */
  letGo(): void {
    if (this.#state === 'held') this.stop();
  }

  stop(): void {
    if (this.#state === 'off') return;
    this.#state = 'off';
    this.#listener.onStop();
  }
}
