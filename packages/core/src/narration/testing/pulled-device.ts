import type { PullOutput } from '../../audio/output/pull-output.ts';
import { concatSamples } from '../../audio/pcm.ts';
import type { Clock } from '../../net/clock.ts';

const FRAME_MS = 20;

/** A device that takes a frame every 20 ms of a clock, and keeps what it has heard. */
export class PulledDevice {
  readonly frames: Int16Array[] = [];
  readonly startedAtMs: number;
  readonly #clock: Clock;
  readonly #output: PullOutput;
  #cancel: (() => void) | undefined;
  #isFrozen = false;

  constructor(clock: Clock, output: PullOutput) {
    this.#clock = clock;
    this.#output = output;
    this.startedAtMs = clock.now() + FRAME_MS;
    this.#schedule();
  }

  get samples(): Int16Array {
    return concatSamples(this.frames);
  }

  /** Hangs, as a device on a machine that is asleep does. */
  set isFrozen(isFrozen: boolean) {
    this.#isFrozen = isFrozen;
  }

  close(): void {
    this.#cancel?.();
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(FRAME_MS, () => {
      this.#schedule();
      if (this.#isFrozen) return;
      const frame = new Int16Array((this.#output.sampleRate * FRAME_MS) / 1000);
      this.#output.pull(frame);
      this.frames.push(frame);
    });
  }
}
