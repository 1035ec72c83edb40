/** As many as keep up with a clock that drifts, while the best of them is good. */
const KEPT = 8;

type Exchange = { readonly roundTripMs: number; readonly offsetMs: number };

/**
 * What the far end's clock says in ours. Ends on one machine have one clock, but for a remainder that messages cannot tell
 * from their own travelling time and that counts as nothing; an end on another machine, or one that slept, is off.
 */
export class PortClock {
  #exchanges: Exchange[] = [];
  #offsetMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** A message left at `sentAtMs`, was answered at `farMs` by the far clock, and the answer came at `receivedAtMs`. */
  add(sentAtMs: number, farMs: number, receivedAtMs: number): void {
    const roundTripMs = Math.max(0, receivedAtMs - sentAtMs);
    const offsetMs = farMs - (sentAtMs + receivedAtMs) / 2;
    this.#exchanges = [...this.#exchanges.slice(1 - KEPT), { roundTripMs, offsetMs }];
    const best = this.#exchanges.reduce((a, b) => (b.roundTripMs <= a.roundTripMs ? b : a));
    this.#offsetMs = Math.abs(best.offsetMs) <= best.roundTripMs / 2 ? 0 : best.offsetMs;
  }

  /** Never before what it answered last, and never later than `nowMs`: what is told has happened. */
  toNear(farMs: number, nowMs: number): number {
    this.#lastMs = Math.max(this.#lastMs, Math.min(farMs - this.#offsetMs, nowMs));
    return this.#lastMs;
  }
}
