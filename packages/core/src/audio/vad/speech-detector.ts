import { ValidationError } from '../../errors.ts';
import { rmsDbfs } from '../level.ts';
import { ActivityWindow } from './activity-window.ts';
import { checkRange } from '../check-range.ts';
import { FrameStream } from './frame-stream.ts';
import { SpectralDetector } from './spectral-detector.ts';
import type { VoiceActivityDetector } from './voice-activity-detector.ts';

/** Share of its window that must be active for speech to start: 200 of 250 ms. */
const WINDOW_SHARE = 0.8;
/** So long after a voiced frame active ones still count as speech: consonants at the end of a word. */
const VOICED_HOLD_MS = 300;
/** A reference below this level plays nothing that could be heard. */
const PLAYBACK_DBFS = -60;
/** So long after playback its echo may still be in the room. */
const ECHO_TAIL_MS = 250;

export type SpeechDetectorOptions = {
  /** Samples a second of what is pushed; any rate, it is converted. */
  sampleRate: number;
  /** Speech starts with so much activity within a quarter more of time. Default 200. */
  startMs?: number | undefined;
  /** Of which so much has a pitch. Default 100, at most `startMs`. */
  voicedMs?: number | undefined;
  /** Speech ends with so long a pause. */
  endMs: number;
  /**
   * Whether speech must have a pitch. It is what keeps keyboards, coughs and fans out; `false` lets whispering in, and
   * them as well. Default `true`.
   */
  requireVoicing?: boolean | undefined;
  /**
   * Speech does not start during the first so many milliseconds of playback (what `reference` holds, pauses not
   * counted), while the detector learns how much of it comes back as echo. Default 1500: enough for an echo 6 dB below
   * the user's voice.
   */
  echoWarmupMs?: number | undefined;
  /** What judges the frames. Default a `SpectralDetector`. It must not be shared. */
  detector?: VoiceActivityDetector | undefined;
};

/** Positions are in milliseconds from the first sample pushed. */
export type SpeechActivity =
  /** `atMs`: where the speech began, up to a quarter more than `startMs` before what was pushed last. */
  | { type: 'speech-started'; atMs: number }
  /** `atMs`: where the last of the speech was, `endMs` before what was pushed last. */
  | { type: 'speech-ended'; atMs: number };

/**
 * Finds where speech starts and ends in a stream of samples. The events are the same however the stream is cut into
 * chunks.
 */
export class SpeechDetector {
  readonly #sampleRate: number;
  readonly #detector: VoiceActivityDetector;
  readonly #frameMs: number;
  readonly #startFrames: number;
  readonly #voicedFrames: number;
  readonly #endFrames: number;
  readonly #voicedHoldFrames: number;
  readonly #warmupFrames: number;
  readonly #echoTailFrames: number;
  readonly #window: ActivityWindow;
  #input: FrameStream;
  #reference: FrameStream | undefined;
  #received = 0;
  #frame = 0;
  #isSpeaking = false;
  #lastVoiced = -Infinity;
  #lastSpeech = -Infinity;
  #playedFrames = 0;
  #lastPlayed = -Infinity;

  /** Throws `ValidationError` for a rate that cannot be converted and for times out of range. */
  constructor(options: SpeechDetectorOptions) {
    const { sampleRate, startMs = 200, voicedMs = 100, endMs, echoWarmupMs = 1500 } = options;
    const { requireVoicing = true, detector = new SpectralDetector() } = options;
    checkRange(startMs, 'startMs', { least: 10, most: 5000, unit: 'milliseconds' });
    checkRange(voicedMs, 'voicedMs', { least: 0, most: startMs, unit: 'milliseconds' });
    checkRange(endMs, 'endMs', { least: 10, most: 60_000, unit: 'milliseconds' });
    checkRange(echoWarmupMs, 'echoWarmupMs', { least: 0, most: 60_000, unit: 'milliseconds' });
    this.#sampleRate = sampleRate;
    this.#detector = detector;
    this.#frameMs = (detector.frameSamples / detector.sampleRate) * 1000;
    this.#startFrames = this.#toFrames(startMs);
    this.#voicedFrames = requireVoicing ? this.#toFrames(voicedMs) : 0;
    this.#endFrames = this.#toFrames(endMs);
    this.#voicedHoldFrames = requireVoicing ? this.#toFrames(VOICED_HOLD_MS) : Infinity;
    this.#warmupFrames = this.#toFrames(echoWarmupMs);
    this.#echoTailFrames = this.#toFrames(ECHO_TAIL_MS);
    this.#window = new ActivityWindow(Math.max(this.#toFrames(startMs / WINDOW_SHARE), 1));
    this.#input = new FrameStream(sampleRate, detector);
  }

  /** Whether speech has started and not ended. */
  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }

  /**
   * Takes the next samples and gives what they made known.
   *
   * @param reference what was played during the same time, at the same rate and of the same length; nothing for silence
   * @throws {ValidationError} when `reference` has another length
   */
  push(samples: Int16Array, reference?: Int16Array): SpeechActivity[] {
    if (reference !== undefined && reference.length !== samples.length) {
      const allowed = `as many as samples, ${samples.length}`;
      throw new ValidationError(
        `reference holds ${reference.length} samples; it must hold ${allowed}: what was played during the same time.`,
        { path: 'reference', value: reference.length, allowed },
      );
    }
    if (reference !== undefined && this.#reference === undefined) {
      this.#reference = new FrameStream(this.#sampleRate, this.#detector);
      this.#reference.skip(this.#received);
    }
    this.#received += samples.length;
    const played = this.#reference?.push(reference ?? new Int16Array(samples.length));
    return this.#process(this.#input.push(samples), played);
  }

  /** Ends the stream: speech that goes on ends with it. The detector is as new afterwards. */
  flush(): SpeechActivity[] {
    const events = this.#process(this.#input.flush(), this.#reference?.flush());
    if (this.#isSpeaking) events.push(this.#end());
    this.reset();
    return events;
  }

  /** Forgets the stream, and what was learned about the place. */
  reset(): void {
    this.#detector.reset();
    this.#input = new FrameStream(this.#sampleRate, this.#detector);
    this.#reference = undefined;
    this.#window.clear();
    this.#received = this.#frame = this.#playedFrames = 0;
    this.#isSpeaking = false;
    this.#lastVoiced = this.#lastSpeech = this.#lastPlayed = -Infinity;
  }

  #process(frames: Int16Array[], played: Int16Array[] | undefined): SpeechActivity[] {
    const events: SpeechActivity[] = [];
    for (let i = 0; i < frames.length; i++) {
      const event = this.#step(frames[i]!, played?.[i]);
      if (event) events.push(event);
    }
    return events;
  }

  #step(frame: Int16Array, played: Int16Array | undefined): SpeechActivity | undefined {
    const now = this.#frame++;
    if (played !== undefined && rmsDbfs(played) > PLAYBACK_DBFS) {
      this.#playedFrames += 1;
      this.#lastPlayed = now;
    }
    const { active, voiced } = this.#detector.process(frame, played, this.#isSpeaking);
    this.#window.push(active, voiced);
    if (active && voiced) this.#lastVoiced = now;
    const counts = active && now - this.#lastVoiced <= this.#voicedHoldFrames;
    if (this.#isSpeaking) {
      if (counts) this.#lastSpeech = now;
      return now - this.#lastSpeech >= this.#endFrames ? this.#end() : undefined;
    }
    if (!counts || !this.#hasStarted() || this.#isWarmingUp(now)) return undefined;
    this.#isSpeaking = true;
    this.#lastSpeech = now;
    return { type: 'speech-started', atMs: (now - this.#window.earliestActive) * this.#frameMs };
  }

  #hasStarted(): boolean {
    const { active, voiced } = this.#window;
    return active >= this.#startFrames && voiced >= this.#voicedFrames;
  }

  #isWarmingUp(now: number): boolean {
    const isEchoing = now - this.#lastPlayed <= this.#echoTailFrames;
    return isEchoing && this.#playedFrames <= this.#warmupFrames;
  }

  #end(): SpeechActivity {
    this.#isSpeaking = false;
    // What belonged to this speech starts no other.
    this.#window.clear();
    const receivedMs = (this.#received / this.#sampleRate) * 1000;
    return {
      type: 'speech-ended',
      atMs: Math.min((this.#lastSpeech + 1) * this.#frameMs, receivedMs),
    };
  }

  #toFrames(ms: number): number {
    return Math.ceil(ms / this.#frameMs - 1e-9);
  }
}
