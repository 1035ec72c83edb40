import type { Pcm } from './pcm.ts';
import { checkSampleRate } from './sample-rate.ts';
import { checkRange } from './check-range.ts';

const FRAME_SECONDS = 0.01;
/** The noise floor is what the quietest stretch of so many frames has: 50 ms. */
const FLOOR_FRAMES = 5;
/** 10 ms of steady noise stay within 6 dB of its mean. */
const NOISE_RATIO = 10 ** 0.6;
/** From a frame that is no noise, sound goes on as long as frames are 2 dB above it: a hiss comes and goes slowly. */
const TAIL_RATIO = 10 ** 0.2;
/** What is less than 40 dB below the loudest may be a soft consonant, however steady it is. */
const SPEECH_RATIO = 1e-4;
/** The same for differences: those of a soft hiss are much nearer to those of a vowel. */
const SPEECH_SLOPE_RATIO = 1e-2;
/** Rounding and dither, up to −78 dBFS, are silence whatever stands beside them. */
const SILENCE_POWER = 4 ** 2;
const LONGEST_GUARD_MS = 10_000;

export type FindSoundOptions = {
  /** What is left of the silence before the sound, in milliseconds. Default 20. */
  guardBeforeMs?: number | undefined;
  /** What is left of the silence behind it. Default 50: a voice dies away slowly. */
  guardAfterMs?: number | undefined;
};

/** Part of a sound, in samples: from `startSample` up to, not including, `endSample`. */
export type SoundRange = { startSample: number; endSample: number };

/** A part of a sound, and where it was. */
export type TrimmedSound = Pcm & SoundRange;

/**
 * Where the sound is between the silence before and behind it, with a guard on both sides; `undefined` if all is
 * silence.
 *
 * Silence is what does not rise above the sound's own noise floor, at any frequency, and lies 40 dB or more below the
 * loudest part (or below −78 dBFS). In doubt it is sound: of a recording whose noise is less than 46 dB below the
 * voice, everything is. A single click is sound too. For speech in noise there is `SpeechDetector`.
 *
 * Throws `ValidationError` for a rate that is none and for guards outside 0 to 10 000 ms.
 */
export function findSound(pcm: Pcm, options: FindSoundOptions = {}): SoundRange | undefined {
  const finder = new SoundFinder(pcm.sampleRate, options);
  finder.push(pcm.samples);
  return finder.range();
}

/** As `findSound`, for sound that comes in pieces, however it is cut. */
export class SoundFinder {
  readonly #sampleRate: number;
  readonly #guardBeforeMs: number;
  readonly #guardAfterMs: number;
  readonly #frameSamples: number;
  /**
   * Two powers of each frame: of the sound (without a constant offset, which is no sound), and of its differences from
   * sample to sample, in which a hiss stands out from hum and rumble.
   */
  readonly #powers: number[] = [];
  readonly #slopes: number[] = [];
  #received = 0;
  #previous: number | undefined;
  #sum = 0;
  #squares = 0;
  #slope = 0;
  #inFrame = 0;

  /** Throws as `findSound` does. */
  constructor(sampleRate: number, options: FindSoundOptions = {}) {
    const { guardBeforeMs = 20, guardAfterMs = 50 } = options;
    checkSampleRate(sampleRate, 'sampleRate');
    const guards = { least: 0, most: LONGEST_GUARD_MS, unit: 'milliseconds' };
    checkRange(guardBeforeMs, 'guardBeforeMs', guards);
    checkRange(guardAfterMs, 'guardAfterMs', guards);
    this.#sampleRate = sampleRate;
    this.#guardBeforeMs = guardBeforeMs;
    this.#guardAfterMs = guardAfterMs;
    this.#frameSamples = Math.round(FRAME_SECONDS * sampleRate);
  }

  push(samples: Int16Array): void {
    this.#received += samples.length;
    for (let offset = 0; offset < samples.length;) {
      const end = Math.min(samples.length, offset + this.#frameSamples - this.#inFrame);
      this.#measure(samples, offset, end);
      this.#inFrame += end - offset;
      offset = end;
      if (this.#inFrame === this.#frameSamples) this.#endFrame();
    }
  }

  /** Where the sound is in all that was pushed. Nothing can be pushed after it. */
  range(): SoundRange | undefined {
    if (this.#inFrame > 0) this.#endFrame();
    const ranges = [
      ...soundingFrames(Float64Array.from(this.#powers), SPEECH_RATIO),
      ...soundingFrames(Float64Array.from(this.#slopes), SPEECH_SLOPE_RATIO),
    ];
    if (ranges.length === 0) return undefined;
    const first = Math.min(...ranges.map((range) => range.first));
    const last = Math.max(...ranges.map((range) => range.last));
    const before = Math.round((this.#guardBeforeMs / 1000) * this.#sampleRate);
    const after = Math.round((this.#guardAfterMs / 1000) * this.#sampleRate);
    return {
      startSample: Math.max(0, first * this.#frameSamples - before),
      endSample: Math.min(this.#received, (last + 1) * this.#frameSamples + after),
    };
  }

  #measure(samples: Int16Array, start: number, end: number): void {
    let previous = this.#previous ?? samples[0] ?? 0;
    let sum = 0;
    let squares = 0;
    let slope = 0;
    for (let i = start; i < end; i++) {
      const sample = samples[i]!;
      sum += sample;
      squares += sample * sample;
      slope += (sample - previous) ** 2;
      previous = sample;
    }
    this.#previous = previous;
    this.#sum += sum;
    this.#squares += squares;
    this.#slope += slope;
  }

  /** The last may be shorter. */
  #endFrame(): void {
    const length = this.#inFrame;
    this.#powers.push(this.#squares / length - (this.#sum / length) ** 2);
    this.#slopes.push(this.#slope / length);
    this.#sum = this.#squares = this.#slope = this.#inFrame = 0;
  }
}

/**
 * The sound without the silence before and behind it: a view of the same memory, without a copy, and where it was. Of
 * nothing but silence, nothing is left. See `findSound` for what silence is and for what is thrown.
 */
export function trimSilence(pcm: Pcm, options?: FindSoundOptions): TrimmedSound {
  const { startSample, endSample } = findSound(pcm, options) ?? { startSample: 0, endSample: 0 };
  return {
    samples: pcm.samples.subarray(startSample, endSample),
    sampleRate: pcm.sampleRate,
    startSample,
    endSample,
  };
}

/** The first and the last frame that are no silence, as a list of one; or none. */
function soundingFrames(
  powers: Float64Array,
  speechRatio: number,
): { first: number; last: number }[] {
  const { floor, loudest } = extremes(powers);
  const threshold = (ratio: number) =>
    Math.max(Math.min(floor * ratio, loudest * speechRatio), SILENCE_POWER);
  const isSound = (power: number) => power > threshold(NOISE_RATIO);
  const isTail = (power: number | undefined) =>
    power !== undefined && power > threshold(TAIL_RATIO);
  let first = powers.findIndex(isSound);
  if (first < 0) return [];
  let last = powers.findLastIndex(isSound);
  while (isTail(powers[first - 1])) first--;
  while (isTail(powers[last + 1])) last++;
  return [{ first, last }];
}

function extremes(powers: Float64Array): { floor: number; loudest: number } {
  let floor = Infinity;
  let loudest = 0;
  let sum = 0;
  for (let frame = 0; frame < powers.length; frame++) {
    loudest = Math.max(loudest, powers[frame]!);
    sum += powers[frame]! - (powers[frame - FLOOR_FRAMES] ?? 0);
    if (frame + 1 >= FLOOR_FRAMES) floor = Math.min(floor, sum / FLOOR_FRAMES);
  }
  return { floor, loudest };
}
