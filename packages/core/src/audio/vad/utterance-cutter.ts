import { checkRange } from '../check-range.ts';
import { SoundHistory } from './sound-history.ts';
import {
  SpeechDetector,
  type SpeechActivity,
  type SpeechDetectorOptions,
} from './speech-detector.ts';

/** Speech is noticed up to a quarter more than `startMs` after it began; one more frame for what the detector holds. */
const NOTICE_SHARE = 1.25;
const NOTICE_EXTRA_MS = 50;

export type UtteranceCutterOptions = Omit<SpeechDetectorOptions, 'echoWarmupMs'> & {
  /** What an utterance has of the sound before its speech: soft beginnings. 0 to 5000, default 300. */
  preRollMs?: number | undefined;
  /** What counts as its own of the pause behind it, 0 to `endMs`. Default 200, or `endMs` where that is less. */
  postRollMs?: number | undefined;
  /** A longer one is cut, and goes on as another, without a sample lost. 1 to 3600. Default 60. */
  maxSeconds?: number | undefined;
};

/** Positions are in milliseconds from the first sample pushed. */
export type UtteranceEvent =
  /** `atMs`: where the utterance begins, its pre-roll included. */
  | { type: 'started'; atMs: number }
  /** Its next samples, as they come. The caller's own. */
  | { type: 'sound'; samples: Int16Array<ArrayBuffer> }
  /**
   * `ownSamples`: so many of the samples since `started` are the utterance with its post-roll; those behind are the rest
   * of the pause that ended it. `atMs`: where it ends.
   */
  | { type: 'ended'; atMs: number; ownSamples: number; reason: 'pause' | 'length' | 'flush' };

/**
 * Cuts what people say out of a stream of sound: what was said, with a little before and behind it, while it is being
 * said. The utterances are the same however the stream is cut into chunks.
 */
export class UtteranceCutter {
  readonly #options: UtteranceCutterOptions;
  readonly #detector: SpeechDetector;
  readonly #sampleRate: number;
  readonly #stepSamples: number;
  readonly #noticeSamples: number;
  readonly #preRollSamples: number;
  readonly #postRollSamples: number;
  readonly #maxSamples: number;
  #history = new SoundHistory();
  /** Where the present utterance begins; `undefined` in a pause. */
  #start: number | undefined;
  /** Up to where it was given out, or, in a pause, before which nothing belongs to the next one. */
  #given = 0;

  /** Throws `ValidationError` for a rate that cannot be converted and for times out of range. */
  constructor(options: UtteranceCutterOptions) {
    const { sampleRate, startMs = 200, endMs, preRollMs = 300, maxSeconds = 60 } = options;
    const { postRollMs = Math.min(200, endMs) } = options;
    this.#detector = new SpeechDetector(options);
    checkRange(preRollMs, 'preRollMs', { least: 0, most: 5000, unit: 'milliseconds' });
    checkRange(postRollMs, 'postRollMs', { least: 0, most: endMs, unit: 'milliseconds' });
    checkRange(maxSeconds, 'maxSeconds', { least: 1, most: 3600, unit: 'seconds' });
    const toSamples = (ms: number): number => Math.round((ms / 1000) * sampleRate);
    this.#options = options;
    this.#sampleRate = sampleRate;
    this.#stepSamples = toSamples(10);
    this.#noticeSamples = toSamples(NOTICE_SHARE * startMs + NOTICE_EXTRA_MS);
    this.#preRollSamples = toSamples(preRollMs);
    this.#postRollSamples = toSamples(postRollMs);
    this.#maxSamples = toSamples(maxSeconds * 1000);
  }

  /** Whether an utterance has begun and not ended. */
  get isSpeaking(): boolean {
    return this.#start !== undefined;
  }

  /** Takes the next samples, of which it keeps a copy, and gives what they made known. */
  push(samples: Int16Array): UtteranceEvent[] {
    const events: UtteranceEvent[] = [];
    // Step by step, so that the outcome is the same for a long recording as for the frames it consists of.
    for (let offset = 0; offset < samples.length;) {
      const step = this.#stepSamples - (this.#history.end % this.#stepSamples);
      this.#take(samples.subarray(offset, offset + step), events);
      offset += step;
    }
    this.#give(events);
    return events;
  }

  /** Ends the stream, and with it the utterance that goes on. The cutter is as new afterwards. */
  flush(): UtteranceEvent[] {
    const events: UtteranceEvent[] = [];
    this.#note(this.#detector.flush(), 'flush', events);
    this.reset();
    return events;
  }

  /** Forgets the stream, and what was learned about the place. */
  reset(): void {
    this.#detector.reset();
    this.#history = new SoundHistory();
    this.#start = undefined;
    this.#given = 0;
  }

  #take(samples: Int16Array, events: UtteranceEvent[]): void {
    this.#history.append(samples);
    this.#note(this.#detector.push(samples), 'pause', events);
    const { end } = this.#history;
    const isTooLong = this.#start !== undefined && end - this.#start >= this.#maxSamples;
    if (isTooLong && end % this.#stepSamples === 0) {
      this.#end(end, 'length', events);
      this.#start = end;
      events.push({ type: 'started', atMs: this.#toMs(end) });
    }
    if (this.#start === undefined) {
      this.#history.forgetBefore(end - this.#noticeSamples - this.#preRollSamples);
    }
  }

  #note(
    activities: readonly SpeechActivity[],
    reason: 'pause' | 'flush',
    events: UtteranceEvent[],
  ): void {
    for (const { type, atMs } of activities) {
      if (type === 'speech-started') this.#begin(atMs, events);
      else this.#end(this.#toSample(atMs) + this.#postRollSamples, reason, events);
    }
  }

  #begin(atMs: number, events: UtteranceEvent[]): void {
    const start = Math.max(this.#given, this.#toSample(atMs) - this.#preRollSamples);
    this.#start = start;
    this.#given = start;
    events.push({ type: 'started', atMs: this.#toMs(start) });
  }

  #end(wanted: number, reason: 'pause' | 'length' | 'flush', events: UtteranceEvent[]): void {
    const start = this.#start;
    if (start === undefined) return;
    this.#give(events);
    const end = Math.max(start, Math.min(wanted, this.#history.end));
    this.#start = undefined;
    // What was given out as the rest of the pause may still be the pre-roll of what follows.
    this.#given = end;
    const place = { atMs: this.#toMs(end), ownSamples: end - start };
    events.push({ type: 'ended', ...place, reason });
  }

  #give(events: UtteranceEvent[]): void {
    if (this.#start === undefined) return;
    const samples = this.#history.from(this.#given);
    if (samples.length === 0) return;
    this.#given = this.#history.end;
    this.#history.forgetBefore(this.#given - this.#toSample(this.#options.endMs));
    events.push({ type: 'sound', samples });
  }

  #toSample(ms: number): number {
    return Math.round((ms / 1000) * this.#sampleRate);
  }

  #toMs(samples: number): number {
    return (samples * 1000) / this.#sampleRate;
  }
}
