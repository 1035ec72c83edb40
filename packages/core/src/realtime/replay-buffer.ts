import { REALTIME_SAMPLE_RATE } from '../protocol/realtime-rules.ts';
import type { AudioFrame } from './audio-input.ts';

/** As much as a turn can hold for another session to hear it again. */
const MAX_SAMPLES = 60 * REALTIME_SAMPLE_RATE;
/** What comes before the service notices that somebody speaks, and what it then keeps from before that. */
const ONSET_SAMPLES = REALTIME_SAMPLE_RATE;

/** The sound of the turn that is not over, for another session that has to hear it once more. */
export class ReplayBuffer {
  #frames: AudioFrame[] = [];
  #first = 0;
  #samples = 0;
  #isComplete = true;
  /** Whether everything is kept, or only what may turn out to be the beginning of a turn. */
  #keepsAll: boolean;

  /** `keepsAll`: the caller ends turns, so that all sound since the last one belongs to the next. */
  constructor(keepsAll: boolean) {
    this.#keepsAll = keepsAll;
  }

  /** Whether nothing of the turn is missing. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** `unsentSamples`: how much of the sound, this frame included, the network has not taken; that is kept in any case. */
  push(frame: AudioFrame, unsentSamples: number): void {
    this.#frames.push(frame);
    this.#samples += frame.samples;
    this.#trim(unsentSamples);
  }

  /** Somebody speaks: from here on, and from shortly before, all is kept. */
  keepAll(): void {
    this.#keepsAll = true;
  }

  /** The turn is over: its sound is part of the conversation now. */
  clear(keepsAll: boolean): void {
    this.#frames = [];
    this.#first = 0;
    this.#samples = 0;
    this.#isComplete = true;
    this.#keepsAll = keepsAll;
  }

  frames(): AudioFrame[] {
    return this.#frames.slice(this.#first);
  }

  #trim(unsentSamples: number): void {
    const limit = Math.max(this.#keepsAll ? MAX_SAMPLES : ONSET_SAMPLES, unsentSamples);
    while (this.#samples > limit) {
      this.#samples -= this.#frames[this.#first]!.samples;
      this.#first += 1;
      if (this.#keepsAll) this.#isComplete = false;
    }
    if (this.#first < 1024) return;
    this.#frames = this.frames();
    this.#first = 0;
  }
}
