import { PullOutput } from '../../../packages/core/src/audio/output/pull-output.ts';
import { ManualClock } from '../../../packages/core/src/net/testing/manual-clock.ts';
import { CHINESE_NOTE, ENGLISH_NOTE } from '../../../packages/core/src/narration/testing/notes.ts';
import { createSimulatedSpeech } from '../../../packages/core/src/narration/testing/simulated-service.ts';
import type { NoteLanguage } from './narration-task.ts';

/** The simulated voice needs no more, and twelve minutes of it are made at each run. */
export const SAMPLE_RATE = 8000;
export const VOICE = 'ruyananshi';
const FRAME_MS = 20;
/** A narration that takes longer than that hangs. */
const LONGEST_MS = 3_600_000;

export const NOTES: Readonly<Record<NoteLanguage, string>> = {
  English: ENGLISH_NOTE,
  Chinese: CHINESE_NOTE,
};

/** A service (300 ms and 6 ms a character, 5 at once, 10 a minute) and a device that takes 20 ms frames, on one clock. */
export function createSimulation(options: { buffered?: boolean } = {}) {
  const clock = new ManualClock();
  const { service, speech } = createSimulatedSpeech({ clock, ...options }, { retry: false });
  const output = new PullOutput({ sampleRate: SAMPLE_RATE, now: () => clock.now() });
  const device = new Ear(clock, output);
  return { clock, service, speech, output, device };
}

/** What somebody who listens hears: when it begins, and how long it is silent where it should not be. */
class Ear {
  firstSoundMs: number | undefined;
  /** Silence between two pieces that should have followed each other. */
  brokenMs = 0;
  readonly startedAtMs: number;
  readonly heard: Int16Array[] = [];
  readonly #clock: ManualClock;
  #silentMs = 0;
  #isOpen = true;

  constructor(clock: ManualClock, output: PullOutput) {
    this.#clock = clock;
    this.startedAtMs = clock.now();
    this.#listen(output);
  }

  close(): void {
    this.#isOpen = false;
  }

  #listen(output: PullOutput): void {
    this.#clock.after(FRAME_MS, () => {
      if (!this.#isOpen) return;
      const frame = new Int16Array((SAMPLE_RATE * FRAME_MS) / 1000);
      this.#hear(output.pull(frame) > 0);
      this.heard.push(frame);
      this.#listen(output);
    });
  }

  #hear(isSound: boolean): void {
    if (!isSound) {
      this.#silentMs += FRAME_MS;
      return;
    }
    if (this.firstSoundMs === undefined) this.firstSoundMs = this.#clock.now() - this.startedAtMs;
    else this.brokenMs += this.#silentMs;
    this.#silentMs = 0;
  }
}

/** Lets time pass until it is so. */
export async function passUntil(clock: ManualClock, isSo: () => boolean): Promise<void> {
  for (let passed = 0; !isSo(); passed += 200) {
    if (passed > LONGEST_MS) throw new Error('it did not come to its end within an hour');
    await clock.advance(200);
  }
}
