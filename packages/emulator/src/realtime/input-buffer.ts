import { Framer, SpeechDetector } from '@stepvoice/core/audio';
import { REALTIME_SAMPLE_RATE, REALTIME_SESSION_LIMIT_MS } from '@stepvoice/core/protocol';
import { TurnDetector } from '../ear/turn-detector.ts';
import { EventRefusal } from './event-refusal.ts';
import { SampleTape } from './sample-tape.ts';
import type { TurnDetection } from './session-settings.ts';

/** Positions are in milliseconds from the first sample of the session. */
export type TurnEvent =
  | { type: 'started'; audioStartMs: number }
  | { type: 'stopped'; audioEndMs: number; samples: Int16Array };

const SAMPLES_PER_MS = REALTIME_SAMPLE_RATE / 1000;
/** Nobody can say more in one session. */
const MOST_SAMPLES = REALTIME_SESSION_LIMIT_MS * SAMPLES_PER_MS;
/** The onset of speech is known so much later at most; until then nothing that belongs to it may be forgotten. */
const ONSET_DELAY_MS = 500;
/** What the detector judges at a time. */
const FRAME_SAMPLES = REALTIME_SAMPLE_RATE / 100;
/**
 * Between the peaks of speech, in which the threshold is meant here, and its softest vowels: with the default of 2500, a
 * voice at a usual microphone level (peaks from 3500 up) starts a turn and a quiet room does not.
 */
const CREST_DB = 18;
const SOFTEST_DBFS = -90;
/** What a `SpeechDetector` takes for the end of a turn. */
const END_RANGE_MS = [10, 60_000] as const;

/** The sound that a client has sent and that is not yet part of the conversation. */
export class InputBuffer {
  readonly #tape = new SampleTape();
  /** Used where turns are detected: what is no whole frame yet waits in it. */
  readonly #framer = new Framer({ frameSamples: FRAME_SAMPLES });
  #settings: TurnDetection | undefined;
  #detector: SpeechDetector | undefined;
  /** Position of the detector's own first sample. */
  #detectorStart = 0;
  /** Where the turn begins that is being said. */
  #turnStart: number | undefined;

  /** Whether the turns of the user are found here, and not by the client. */
  get detectsTurns(): boolean {
    return this.#settings !== undefined;
  }

  get isEmpty(): boolean {
    return this.#tape.length === 0;
  }

  /** Turns detection on with these settings, or off; a turn that is being said is no longer one. */
  configure(settings: TurnDetection | undefined): void {
    if (isSame(settings, this.#settings)) return;
    this.#settings = settings;
    this.#restart();
  }

  /** @throws {EventRefusal} when more is waiting than a session can last; then nothing of it is taken. */
  push(samples: Int16Array): TurnEvent[] {
    if (this.#tape.length + samples.length > MOST_SAMPLES) {
      throw new EventRefusal('the input audio buffer is full: commit or clear it', {
        code: 'invalid_value',
        param: 'audio',
      });
    }
    if (this.#settings === undefined || this.#detector === undefined) {
      this.#tape.push(samples);
      return [];
    }
    const events: TurnEvent[] = [];
    // Frame by frame, so that a turn ends where it ends, also when much more is in the same event.
    for (const frame of this.#framer.push(samples)) {
      this.#tape.push(frame);
      events.push(...this.#detect(this.#detector, this.#settings, frame));
    }
    return events;
  }

  /** Everything that is waiting, as one turn. */
  take(): Int16Array {
    return this.#tape.takeFrom(this.#tape.start);
  }

  clear(): void {
    this.#framer.flush();
    this.take();
    this.#restart();
  }

  #detect(
    detector: SpeechDetector,
    { prefixPaddingMs, silenceDurationMs }: TurnDetection,
    step: Int16Array,
  ): TurnEvent[] {
    const events: TurnEvent[] = [];
    for (const { type, atMs } of detector.push(step)) {
      const at = this.#detectorStart + Math.round(atMs * SAMPLES_PER_MS);
      if (type === 'speech-started') {
        const prefix = Math.round(prefixPaddingMs * SAMPLES_PER_MS);
        this.#turnStart = Math.max(at - prefix, this.#tape.start);
        events.push({ type: 'started', audioStartMs: toMs(this.#turnStart) });
      } else if (this.#turnStart !== undefined) {
        const silence = Math.round(silenceDurationMs * SAMPLES_PER_MS);
        const audioEndMs = toMs(Math.min(at + silence, this.#tape.end));
        const samples = this.#tape.takeFrom(this.#turnStart);
        this.#turnStart = undefined;
        events.push({ type: 'stopped', audioEndMs, samples });
      }
    }
    const kept = (prefixPaddingMs + ONSET_DELAY_MS) * SAMPLES_PER_MS;
    this.#tape.dropBefore(this.#turnStart ?? this.#tape.end - kept);
    return events;
  }

  #restart(): void {
    this.#tape.push(this.#framer.flush() ?? new Int16Array(0));
    this.#turnStart = undefined;
    this.#detectorStart = this.#tape.end;
    this.#detector = this.#settings === undefined ? undefined : createDetector(this.#settings);
  }
}

function createDetector({ silenceDurationMs, energyThreshold }: TurnDetection): SpeechDetector {
  const [shortest, longest] = END_RANGE_MS;
  return new SpeechDetector({
    sampleRate: REALTIME_SAMPLE_RATE,
    endMs: Math.min(Math.max(silenceDurationMs, shortest), longest),
    detector: new TurnDetector(
      Math.max(20 * Math.log10(energyThreshold / 32_768) - CREST_DB, SOFTEST_DBFS),
    ),
  });
}

function toMs(position: number): number {
  return Math.round(position / SAMPLES_PER_MS);
}

function isSame(a: TurnDetection | undefined, b: TurnDetection | undefined): boolean {
  return (
    a === b ||
    (a !== undefined &&
      b !== undefined &&
      a.energyThreshold === b.energyThreshold &&
      a.prefixPaddingMs === b.prefixPaddingMs &&
      a.silenceDurationMs === b.silenceDurationMs)
  );
}
