const ACTIVE = 1;
const VOICED = 2;

/** The last few frames, and how many of them were active and voiced. */
export class ActivityWindow {
  readonly #frames: Uint8Array;
  #position = 0;
  #active = 0;
  #voiced = 0;

  /** @param length in frames */
  constructor(length: number) {
    this.#frames = new Uint8Array(length);
  }

  /** How many frames of the window were active. */
  get active(): number {
    return this.#active;
  }

  /** How many frames of the window were active and voiced. */
  get voiced(): number {
    return this.#voiced;
  }

  /** How many frames ago the earliest active frame of the window was; 0 for the last one pushed, and for none. */
  get earliestActive(): number {
    const frames = this.#frames;
    for (let age = frames.length - 1; age > 0; age--) {
      if (frames[(this.#position + frames.length - 1 - age) % frames.length]! & ACTIVE) return age;
    }
    return 0;
  }

  push(active: boolean, voiced: boolean): void {
    const dropped = this.#frames[this.#position]!;
    if (dropped & ACTIVE) this.#active -= 1;
    if (dropped & VOICED) this.#voiced -= 1;
    this.#frames[this.#position] = active ? ACTIVE | (voiced ? VOICED : 0) : 0;
    if (active) this.#active += 1;
    if (active && voiced) this.#voiced += 1;
    this.#position = (this.#position + 1) % this.#frames.length;
  }

  clear(): void {
    this.#frames.fill(0);
    this.#active = this.#voiced = this.#position = 0;
  }
}
