import { ValidationError } from '../../errors.ts';
import { FrameStream } from './frame-stream.ts';
import { SpectralDetector } from './spectral-detector.ts';
import type { VoiceActivityDetector } from './voice-activity-detector.ts';

/** Shorter than this it is no pause but the closure of a consonant. */
const SHORTEST_PAUSE_MS = 100;
/** Without a pause, the quietest stretch of this length is cut in its middle. */
const QUIET_MS = 60;
const LONGEST_PIECE_SECONDS = 7200;

export type SilenceCutterOptions = {
  /** Samples a second. */
  sampleRate: number;
  /** No piece is longer; 1 to 7200. */
  maxSeconds: number;
  /** No piece but the last is shorter; at least 0.5 and at most `maxSeconds`. Default half of `maxSeconds`. */
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
 * sample, and the same however it comes in chunks. It holds one piece at most.
 */
export class SilenceCutter {
  readonly #sampleRate: number;
  readonly #minSamples: number;
  readonly #maxSamples: number;
  readonly #detector: VoiceActivityDetector;
  /** Samples of input in a frame of the detector; not always a whole number. */
  readonly #frameSamples: number;
  readonly #frameMs: number;
  #frames: FrameStream;
  #buffer: Int16Array;
  #filled = 0;
  #start = 0;
  /** By frame, round and round: whether it is a pause, and its power. */
  readonly #isPause: Uint8Array;
  readonly #power: Float32Array;
  #frameCount = 0;

  /** Throws `ValidationError` for a rate that cannot be converted and for lengths out of range. */
  constructor(options: SilenceCutterOptions) {
    const { sampleRate, maxSeconds, minSeconds = maxSeconds / 2 } = options;
    const { detector = new SpectralDetector() } = options;
    checkSeconds(maxSeconds, 'maxSeconds', 1, LONGEST_PIECE_SECONDS);
    checkSeconds(minSeconds, 'minSeconds', 0.5, maxSeconds);
    this.#sampleRate = sampleRate;
    this.#minSamples = Math.ceil(minSeconds * sampleRate);
    this.#maxSamples = Math.floor(maxSeconds * sampleRate);
    this.#detector = detector;
    this.#frames = new FrameStream(sampleRate, detector);
    this.#frameSamples = (detector.frameSamples * sampleRate) / detector.sampleRate;
    this.#frameMs = (detector.frameSamples / detector.sampleRate) * 1000;
    const frames = Math.ceil(this.#maxSamples / this.#frameSamples) + 2;
    this.#isPause = new Uint8Array(frames);
    this.#power = new Float32Array(frames);
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
    this.#detector.reset();
    this.#frames = new FrameStream(this.#sampleRate, this.#detector);
    this.#start = this.#frameCount = 0;
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
    for (const frame of this.#frames.push(samples)) {
      const { active, levelDbfs } = this.#detector.process(frame);
      const slot = this.#frameCount % this.#isPause.length;
      this.#isPause[slot] = active ? 0 : 1;
      this.#power[slot] = 10 ** (levelDbfs / 10);
      this.#frameCount += 1;
    }
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
    const first = Math.ceil((this.#start + this.#minSamples) / this.#frameSamples);
    const last = Math.min(
      Math.floor((this.#start + this.#maxSamples) / this.#frameSamples),
      this.#frameCount,
    );
    if (first >= last) return this.#maxSamples;
    const frame = this.#middleOfLongestPause(first, last) ?? this.#middleOfQuietest(first, last);
    const cut = Math.round(frame * this.#frameSamples) - this.#start;
    return Math.min(Math.max(cut, this.#minSamples), this.#maxSamples);
  }

  /** Of several, the last. */
  #middleOfLongestPause(first: number, last: number): number | undefined {
    let longest = Math.ceil(SHORTEST_PAUSE_MS / this.#frameMs);
    let middle: number | undefined;
    let length = 0;
    for (let frame = first; frame < last; frame++) {
      length = this.#isPause[frame % this.#isPause.length] === 1 ? length + 1 : 0;
      if (length < longest) continue;
      longest = length;
      middle = frame + 1 - length / 2;
    }
    return middle;
  }

  #middleOfQuietest(first: number, last: number): number {
    const length = Math.min(Math.ceil(QUIET_MS / this.#frameMs), last - first);
    let least = Infinity;
    let middle = last;
    for (let from = first; from + length <= last; from++) {
      let power = 0;
      for (let i = 0; i < length; i++) power += this.#power[(from + i) % this.#power.length]!;
      if (power > least) continue;
      least = power;
      middle = from + length / 2;
    }
    return middle;
  }
}

function checkSeconds(value: number, path: string, least: number, most: number): void {
  if (value >= least && value <= most) return;
  const allowed = `${least} to ${most} seconds`;
  throw new ValidationError(`${path} is ${value}; it must be ${allowed}.`, {
    path,
    value,
    allowed,
  });
}
