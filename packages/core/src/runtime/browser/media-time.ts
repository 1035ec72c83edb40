type Look = { readonly seconds: number; readonly atMs: number };

/** As many as it takes for one of them to come soon after the element's time has moved. */
const LOOKS = 3;

/**
 * What is heard of a media element, from looks at its `currentTime`. That moves by the buffers of the device (by 20 ms and
 * more) where it is not smoothed by the platform, and so is late by up to one of them, but never early once the element
 * really runs: of the last looks the furthest is right.
 */
export class MediaTime {
  #looks: Look[] = [];

  /** Takes a look, and answers how much of the file has been heard. The rate is that since the last reset. */
  look(seconds: number, atMs: number, rate: number): number {
    this.#looks.push({ seconds, atMs });
    if (this.#looks.length > LOOKS) this.#looks.shift();
    return Math.max(...this.#looks.map((one) => one.seconds + ((atMs - one.atMs) / 1000) * rate));
  }

  /** Forgets what was seen: the element stands still, goes on, or plays at another rate. */
  reset(): void {
    this.#looks = [];
  }
}
