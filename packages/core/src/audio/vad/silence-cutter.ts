import { checkRange } from '../check-range.ts';
import { checkSampleRate } from '../sample-rate.ts';
import { FrameStream } from './frame-stream.ts';
import { SpectralDetector } from './spectral-detector.ts';
import type { VoiceActivityDetector } from './voice-activity-detector.ts';

/** Shorter than this it is no pause but the closure of a consonant. */
const SHORTEST_PAUSE_MS = 100;
/** Without a pause, the quietest stretch of this length is cut in its middle. */
const QUIET_MS = 60;
const LONGEST_PIECE_SECONDS = 7200;
/** Within so much sound speakers pause; looking through more costs time and finds little better. */
const SEARCHED_SECONDS = 30;
/** What the detector hears before it is asked, to know the noise. */
const WARM_UP_SECONDS = 2;

export type SilenceCutterOptions = {
  /** Samples a second. */
  sampleRate: number;
  /** No piece is longer; 1 to 7200. */
  maxSeconds: number;
  /**
   * No piece but the last is shorter; at least 0.5 and at most `maxSeconds`. Default `maxSeconds` less 30 s,
   * but no less than half of it.
   */
  minSeconds?: number | undefined;
  /** What tells speech from pauses. Default a `SpectralDetector`. It must not be shared. */
  detector?: VoiceActivityDetector | undefined;
};

export type SoundPiece = {
  /** The caller's own. */
  samples: Int16Array<ArrayBuffer>;
  /** Where in the input it starts. */
  startSample: number;
  /** The same in milliseconds. */
  startMs: number;
};

/**
 * Cuts a long stream of sound into pieces that a service takes: in the middle of the longest pause between `minSeconds`
 * and `maxSeconds`, or where it is quietest if there is none. The pieces one after the other are the input, to the
 * sample, and the same however it comes in chunks. It holds one piece at most, and listens only where it has to cut.
 */
export class SilenceCutter {
  readonly #sampleRate: number;
  readonly #minSamples: number;
  readonly #maxSamples: number;
  readonly #detector: VoiceActivityDetector;
  #buffer: Int16Array;
  #filled = 0;
  #start = 0;

  /** Throws `ValidationError` for a rate that cannot be converted and for lengths out of range. */
  constructor(options: SilenceCutterOptions) {
    const { sampleRate, maxSeconds, detector = new SpectralDetector() } = options;
    const { minSeconds = Math.max(maxSeconds / 2, maxSeconds - SEARCHED_SECONDS) } = options;
    checkRange(maxSeconds, 'maxSeconds', {
      least: 1,
      most: LONGEST_PIECE_SECONDS,
      unit: 'seconds',
    });
    checkRange(minSeconds, 'minSeconds', { least: 0.5, most: maxSeconds, unit: 'seconds' });
    this.#sampleRate = sampleRate;
    this.#minSamples = Math.ceil(minSeconds * sampleRate);
    this.#maxSamples = Math.floor(maxSeconds * sampleRate);
    this.#detector = detector;
    checkSampleRate(sampleRate, 'sampleRate');
    this.#buffer = new Int16Array(Math.min(this.#maxSamples, sampleRate));
  }

  /** The pieces that are complete by now. */
  push(samples: Int16Array): SoundPiece[] {
    const pieces: SoundPiece[] = [];
    for (let offset = 0; offset < samples.length;) {
      // Not before there is more: sound of just the longest length needs no cut.
      if (this.#filled === this.#maxSamples) pieces.push(this.#take(this.#findCut()));
      const count = Math.min(samples.length - offset, this.#maxSamples - this.#filled);
      this.#append(samples.subarray(offset, offset + count));
      offset += count;
    }
    return pieces;
  }

  /** Ends the stream with what is left: one piece, or none. The cutter is as new afterwards. */
  flush(): SoundPiece[] {
    const pieces = this.#filled > 0 ? [this.#take(this.#filled)] : [];
    this.#start = 0;
    return pieces;
  }

  #append(samples: Int16Array): void {
    const needed = this.#filled + samples.length;
    if (needed > this.#buffer.length) {
      const grown = new Int16Array(Math.min(this.#maxSamples, 2 * needed));
      grown.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = grown;
    }
    this.#buffer.set(samples, this.#filled);
    this.#filled = needed;
  }

  #take(length: number): SoundPiece {
    const startSample = this.#start;
    const samples = new Int16Array(this.#buffer.subarray(0, length));
    this.#buffer.copyWithin(0, length, this.#filled);
    this.#filled -= length;
    this.#start += length;
    return { samples, startSample, startMs: (startSample / this.#sampleRate) * 1000 };
  }

  /** How much of what is held makes the next piece. */
  #findCut(): number {
    const from = Math.max(0, this.#minSamples - WARM_UP_SECONDS * this.#sampleRate);
    const { frames, frameSamples } = this.#listen(from);
    const first = Math.ceil((this.#minSamples - from) / frameSamples);
    const frameMs = (frameSamples / this.#sampleRate) * 1000;
    const searched = frames.slice(first);
    if (searched.length === 0) return this.#maxSamples;
    const frame = middleOfLongestPause(searched, frameMs) ?? middleOfQuietest(searched, frameMs);
    const cut = from + Math.round((first + frame) * frameSamples);
    return Math.min(Math.max(cut, this.#minSamples), this.#maxSamples);
  }

  /** What the detector makes of what is held, from there on. */
  #listen(from: number): { frames: Frame[]; frameSamples: number } {
    const detector = this.#detector;
    detector.reset();
    const stream = new FrameStream(this.#sampleRate, detector);
    const frames = stream.push(this.#buffer.subarray(from, this.#filled)).map((frame) => {
      const { active, levelDbfs } = detector.process(frame);
      return { isPause: !active, power: 10 ** (levelDbfs / 10) };
    });
    const frameSamples = (detector.frameSamples * this.#sampleRate) / detector.sampleRate;
    return { frames, frameSamples };
  }
}

type Frame = { isPause: boolean; power: number };

/** Of several, the last. */
function middleOfLongestPause(frames: readonly Frame[], frameMs: number): number | undefined {
  let longest = Math.ceil(SHORTEST_PAUSE_MS / frameMs);
  let middle: number | undefined;
  let length = 0;
  for (const [index, { isPause }] of frames.entries()) {
    length = isPause ? length + 1 : 0;
    if (length < longest) continue;
    longest = length;
    middle = index + 1 - length / 2;
  }
  return middle;
}

function middleOfQuietest(frames: readonly Frame[], frameMs: number): number {
  const length = Math.min(Math.ceil(QUIET_MS / frameMs), frames.length);
  let least = Infinity;
  let middle = frames.length;
  for (let from = 0; from + length <= frames.length; from += 1) {
    const stretch = frames.slice(from, from + length);
    const power = stretch.reduce((sum, frame) => sum + frame.power, 0);
    if (power > least) continue;
    least = power;
    middle = from + length / 2;
  }
  return middle;
}
