import { ValidationError } from '../../errors.ts';
import type { Pcm } from '../pcm.ts';
import { checkSampleRate } from '../sample-rate.ts';
import { KWeightedPower } from './k-weighting.ts';
import { LoudnessHistogram, lufsOf } from './loudness-histogram.ts';
import { TruePeak } from './true-peak.ts';

/** Momentary and short-term loudness are looked at so often; a tone of 400 ms is met to 0.06 LU wherever it starts. */
const STEPS_PER_SECOND = 100;
const MOMENTARY_STEPS = 40;
const SHORT_TERM_STEPS = 300;
/** Gating blocks overlap by 75 % of 400 ms; those of the loudness range come as often. */
const GATING_STEPS = 10;
/** The relative gates of BS.1770-4 and of EBU Tech 3342. */
const INTEGRATED_GATE_LU = 10;
const RANGE_GATE_LU = 20;

export type LoudnessOptions = {
  /**
   * How many loudspeakers will play this one channel: with 2, as stereo players do with mono sound, everything but
   * the peak reads 3.01 LU more, which is what a meter says of a stereo file with the same sound on both channels.
   * Default 1.
   */
  channels?: 1 | 2 | undefined;
};

/** How loud a whole sound is. Of silence, and where the sound is too short to tell, loudness is `-Infinity`. */
export type Loudness = {
  /** The whole, gated (BS.1770-4); of sounds of 400 ms or more. */
  integratedLufs: number;
  /** How far soft and loud are apart (EBU Tech 3342), in LU; 0 for less than 3 s. */
  loudnessRangeLu: number;
  /** The loudest 400 ms. */
  maxMomentaryLufs: number;
  /** The loudest 3 s. */
  maxShortTermLufs: number;
  /** The wave's highest point in decibels of full scale, which may be above 0. */
  truePeakDbtp: number;
};

/**
 * Loudness of a stream of one channel by ITU-R BS.1770-4 (K-weighting derived for the stream's rate, gating, true
 * peak by four times the samples) and EBU Tech 3341 and 3342 (momentary, short-term, range), in memory that does not
 * grow.
 *
 * One channel counts once: a sine of 997 Hz at full scale is −3.01 LUFS, and a mono sound reads 3.01 LU less than the
 * same sound on both channels of a stereo file. Targets for stereo (−23 of EBU R 128, −16 of podcasts) are met with
 * `channels: 2`, or by 3 LU less.
 */
export class LoudnessMeter {
  readonly #sampleRate: number;
  readonly #channels: number;
  readonly #weighted: KWeightedPower;
  readonly #truePeak: TruePeak;
  readonly #integrated = new LoudnessHistogram();
  readonly #range = new LoudnessHistogram();
  /** Power sums of the last 3 s, one for each step, in a ring. */
  readonly #steps = new Float64Array(SHORT_TERM_STEPS);
  #stepCount = 0;
  #stepPower = 0;
  #received = 0;
  #maxMomentary = 0;
  #maxShortTerm = 0;

  /** Throws `ValidationError` for a rate below 1000 or above 768 000 Hz, and for other channels than 1 and 2. */
  constructor(sampleRate: number, { channels = 1 }: LoudnessOptions = {}) {
    checkSampleRate(sampleRate, 'sampleRate');
    if (channels !== 1 && channels !== 2) {
      throw new ValidationError(`channels is ${String(channels)}; it must be 1 or 2.`, {
        path: 'channels',
        value: channels,
        allowed: '1 or 2',
      });
    }
    this.#sampleRate = sampleRate;
    this.#channels = channels;
    this.#weighted = new KWeightedPower(sampleRate);
    this.#truePeak = new TruePeak(sampleRate);
  }

  /** Listens to chunks of any size; how they are cut makes no difference. */
  push(samples: Int16Array): void {
    this.#truePeak.push(samples);
    for (let offset = 0; offset < samples.length;) {
      const stepEnd = this.#boundary(this.#stepCount + 1);
      const end = Math.min(samples.length, offset + stepEnd - this.#received);
      this.#stepPower += this.#weighted.add(samples, offset, end);
      this.#received += end - offset;
      offset = end;
      if (this.#received === stepEnd) this.#endStep();
    }
  }

  /** Loudness of the last 400 ms, new every 10 ms; `-Infinity` before there is so much, and in silence. */
  get momentaryLufs(): number {
    return lufsOf(this.#power(MOMENTARY_STEPS));
  }

  /** Loudness of the last 3 s, likewise. */
  get shortTermLufs(): number {
    return lufsOf(this.#power(SHORT_TERM_STEPS));
  }

  /** The highest that `momentaryLufs` has been. */
  get maxMomentaryLufs(): number {
    return lufsOf(this.#maxMomentary);
  }

  /** The highest that `shortTermLufs` has been. */
  get maxShortTermLufs(): number {
    return lufsOf(this.#maxShortTerm);
  }

  /** The wave's highest point in decibels of full scale, if the sound ended here; `-Infinity` for silence. */
  get truePeakDbtp(): number {
    return 20 * Math.log10(this.#truePeak.peak);
  }

  /**
   * Loudness of all so far, without what is below −70 LUFS or more than 10 LU below the rest; `-Infinity` without
   * any.
   */
  integratedLufs(): number {
    return this.#integrated.gatedLufs(INTEGRATED_GATE_LU);
  }

  /**
   * How far the 10th and the 95th percentile of short-term loudness are apart, gated at −70 LUFS and −20 LU; 0
   * without any.
   */
  loudnessRangeLu(): number {
    const [soft = 0, loud = 0] = this.#range.percentiles(RANGE_GATE_LU, [0.1, 0.95]) ?? [];
    return loud - soft;
  }

  #endStep(): void {
    this.#steps[this.#stepCount % SHORT_TERM_STEPS] = this.#stepPower;
    this.#stepCount++;
    this.#stepPower = 0;
    const momentary = this.#power(MOMENTARY_STEPS);
    const shortTerm = this.#power(SHORT_TERM_STEPS);
    this.#maxMomentary = Math.max(this.#maxMomentary, momentary);
    this.#maxShortTerm = Math.max(this.#maxShortTerm, shortTerm);
    if (this.#stepCount % GATING_STEPS !== 0) return;
    this.#integrated.add(momentary);
    this.#range.add(shortTerm);
  }

  /** Mean power of the last steps: 0 before there are as many. */
  #power(steps: number): number {
    const last = this.#stepCount;
    if (last < steps) return 0;
    let sum = 0;
    for (let step = last - steps; step < last; step++) sum += this.#steps[step % SHORT_TERM_STEPS]!;
    return (this.#channels * sum) / (this.#boundary(last) - this.#boundary(last - steps));
  }

  /** Where a step begins. Not every rate is a multiple of 100: steps may differ by a sample. */
  #boundary(step: number): number {
    return Math.round((step * this.#sampleRate) / STEPS_PER_SECOND);
  }
}

/** Loudness of a whole sound; see `LoudnessMeter` for what is measured and for what is thrown. */
export function measureLoudness(pcm: Pcm, options?: LoudnessOptions): Loudness {
  const meter = new LoudnessMeter(pcm.sampleRate, options);
  meter.push(pcm.samples);
  return {
    integratedLufs: meter.integratedLufs(),
    loudnessRangeLu: meter.loudnessRangeLu(),
    maxMomentaryLufs: meter.maxMomentaryLufs,
    maxShortTermLufs: meter.maxShortTermLufs,
    truePeakDbtp: meter.truePeakDbtp,
  };
}
