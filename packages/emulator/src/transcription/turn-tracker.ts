import { SpeechDetector } from '@stepvoice/core/audio';
import { TurnDetector } from '../ear/turn-detector.ts';
import { SampleTape } from '../realtime/sample-tape.ts';
import type { TurnDetection } from './session-settings.ts';

/** What the sound of a session is made of where the server looks for turns; positions are from the session's start. */
export type TurnStep =
  | { type: 'started'; atMs: number }
  /** Belongs to the turn. */
  | { type: 'sound'; samples: Int16Array; endMs: number }
  | { type: 'stopped'; atMs: number };

/** The service's threshold has no unit; 0.5, which most clients send, becomes a level that speech is well above. */
const LOWEST_DBFS = -60;
const DBFS_PER_THRESHOLD = 30;
const HIGHEST_DBFS = -20;
/** What a `SpeechDetector` takes for the end of speech. */
const SHORTEST_END_MS = 10;
const LONGEST_END_MS = 60_000;
const START_MS = 100;
const VOICED_MS = 50;
/** Before the onset of speech, lest its first sound is lost. */
const PREFIX_MS = 300;
/** The onset is known so much later at most. */
const ONSET_DELAY_MS = 250;
/** A turn must end where it ends, also when much more is in the same piece. */
const STEPS_A_SECOND = 50;

/** Finds the turns of a speaker as the server's own detection would. */
export class TurnTracker {
  readonly #sampleRate: number;
  readonly #turns: TurnDetection;
  readonly #tape = new SampleTape();
  #detector: SpeechDetector;
  /** Position of the detector's own first sample. */
  #detectorStart = 0;
  #isInTurn = false;

  /** @throws {ValidationError} a rate that cannot be used. */
  constructor(sampleRate: number, turns: TurnDetection) {
    this.#sampleRate = sampleRate;
    this.#turns = turns;
    this.#detector = createDetector(sampleRate, turns);
  }

  get nowMs(): number {
    return this.#toMs(this.#tape.end);
  }

  push(samples: Int16Array): TurnStep[] {
    const steps: TurnStep[] = [];
    const size = Math.max(1, Math.round(this.#sampleRate / STEPS_A_SECOND));
    for (let offset = 0; offset < samples.length; offset += size) {
      steps.push(...this.#step(samples.subarray(offset, offset + size)));
    }
    return steps;
  }

  /** Looks for the next turn from here on. */
  restart(): void {
    this.#isInTurn = false;
    this.#detectorStart = this.#tape.end;
    this.#detector = createDetector(this.#sampleRate, this.#turns);
  }

  #step(samples: Int16Array): TurnStep[] {
    const steps: TurnStep[] = [];
    this.#tape.push(samples);
    const activities = this.#detector.push(samples);
    if (this.#isInTurn) steps.push(this.#takeSound(this.#tape.start));
    for (const { type, atMs } of activities) {
      const at = this.#detectorStart + Math.round((atMs / 1000) * this.#sampleRate);
      if (type === 'speech-ended') {
        this.#isInTurn = false;
        steps.push({ type: 'stopped', atMs: this.#toMs(at) });
        continue;
      }
      const start = Math.max(at - this.#toSamples(PREFIX_MS), this.#tape.start);
      this.#isInTurn = true;
      steps.push({ type: 'started', atMs: this.#toMs(start) }, this.#takeSound(start));
    }
    const kept = this.#toSamples(PREFIX_MS + ONSET_DELAY_MS);
    this.#tape.dropBefore(this.#tape.end - kept);
    return steps;
  }

  #takeSound(start: number): TurnStep {
    return { type: 'sound', samples: this.#tape.takeFrom(start), endMs: this.nowMs };
  }

  #toMs(position: number): number {
    return Math.round((position / this.#sampleRate) * 1000);
  }

  #toSamples(ms: number): number {
    return Math.round((ms / 1000) * this.#sampleRate);
  }
}

function createDetector(
  sampleRate: number,
  { silenceDurationMs, threshold }: TurnDetection,
): SpeechDetector {
  return new SpeechDetector({
    sampleRate,
    startMs: START_MS,
    voicedMs: VOICED_MS,
    endMs: Math.min(Math.max(silenceDurationMs, SHORTEST_END_MS), LONGEST_END_MS),
    detector: new TurnDetector(
      Math.min(LOWEST_DBFS + threshold * DBFS_PER_THRESHOLD, HIGHEST_DBFS),
    ),
  });
}
