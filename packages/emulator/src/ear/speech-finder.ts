import { SpeechDetector } from '@stepvoice/core/audio';
import { TurnDetector } from './turn-detector.ts';
import type { Stretch } from './word-times.ts';

/** Shorter pauses lie within a sentence. */
const PAUSE_MS = 400;
const SOFTEST_DBFS = -60;

/** Where in a sound somebody speaks. */
export class SpeechFinder {
  readonly #detector: SpeechDetector;
  readonly #stretches: Stretch[] = [];
  #startedMs: number | undefined;

  /** @throws {ValidationError} a rate that cannot be used. */
  constructor(sampleRate: number) {
    const detector = new TurnDetector(SOFTEST_DBFS, { hearsData: false });
    this.#detector = new SpeechDetector({ sampleRate, endMs: PAUSE_MS, detector });
  }

  /** Answers whether a stretch began or ended. */
  push(samples: Int16Array): boolean {
    return this.#note(this.#detector.push(samples));
  }

  flush(): void {
    this.#note(this.#detector.flush());
  }

  /** Those that have ended. */
  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  get hasSpeech(): boolean {
    return this.#startedMs !== undefined || this.#stretches.length > 0;
  }

  /** How much was said by `nowMs`. */
  spokenMs(nowMs: number): number {
    const ended = this.#stretches.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
    return ended + (this.#startedMs === undefined ? 0 : nowMs - this.#startedMs);
  }

  #note(events: ReturnType<SpeechDetector['push']>): boolean {
    for (const { type, atMs } of events) {
      if (type === 'speech-started') this.#startedMs = atMs;
      else {
        this.#stretches.push({ startMs: this.#startedMs ?? atMs, endMs: atMs });
        this.#startedMs = undefined;
      }
    }
    return events.length > 0;
  }
}
