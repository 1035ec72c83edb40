import { SpectralDetector } from '@stepvoice/core/audio';
import type { VoiceActivity, VoiceActivityDetector } from '@stepvoice/core/audio';

/** Between the level at which speech begins to count and the one at which it no longer does. */
const HYSTERESIS_DB = 6;
/** Data speech lies above 1.8 kHz: it has no more than this below, unlike any speech and any noise. */
const LOW_SHARE = 0.03;
const PRIMING_FRAMES = 8;

/**
 * Hears speech as the core's spectral detector does, where it is loud enough, and data speech, whose tones have no pitch, as
 * well.
 */
export class TurnDetector implements VoiceActivityDetector {
  readonly #spectral = new SpectralDetector();
  readonly sampleRate = this.#spectral.sampleRate;
  readonly frameSamples = this.#spectral.frameSamples;
  readonly #low = new LowPass();
  readonly #onDbfs: number;
  readonly #hearsData: boolean;
  #isLoud = false;

  /**
   * @param onDbfs level from which on speech counts, in decibels of full scale
   * @param options.hearsData whether data speech counts as speech; default true
   */
  constructor(onDbfs: number, { hearsData = true } = {}) {
    this.#onDbfs = onDbfs;
    this.#hearsData = hearsData;
    this.#prime();
  }

  process(frame: Int16Array): VoiceActivity {
    const { active, voiced, score, levelDbfs } = this.#spectral.process(frame);
    this.#isLoud = levelDbfs > (this.#isLoud ? this.#onDbfs - HYSTERESIS_DB : this.#onDbfs);
    const isData = this.#hearsData && this.#low.powerOf(frame) < powerOf(frame) * LOW_SHARE;
    return {
      active: (active || isData) && this.#isLoud,
      voiced: (voiced || isData) && this.#isLoud,
      score,
      levelDbfs,
    };
  }

  reset(): void {
    this.#spectral.reset();
    this.#low.reset();
    this.#isLoud = false;
    this.#prime();
  }

  /** What a client sends may begin in the middle of a word: it would be taken for the noise of the place. */
  #prime(): void {
    const silence = new Int16Array(this.frameSamples);
    for (let frame = 0; frame < PRIMING_FRAMES; frame += 1) this.#spectral.process(silence);
  }
}

/** Two Butterworth sections of the second order at 900 Hz for 16 kHz: 25 dB less at 1.8 kHz. */
class LowPass {
  readonly #states = [new Float64Array(2), new Float64Array(2)];

  powerOf(frame: Int16Array): number {
    let power = 0;
    for (const sample of frame) {
      let value = sample;
      for (const state of this.#states) value = filter(value, state);
      power += value * value;
    }
    return power;
  }

  reset(): void {
    for (const state of this.#states) state.fill(0);
  }
}

const ANGLE = Math.tan((Math.PI * 900) / 16_000);
const NORM = 1 / (1 + Math.SQRT2 * ANGLE + ANGLE * ANGLE);
const B0 = ANGLE * ANGLE * NORM;
const A1 = 2 * (ANGLE * ANGLE - 1) * NORM;
const A2 = (1 - Math.SQRT2 * ANGLE + ANGLE * ANGLE) * NORM;

/** Transposed direct form II. */
function filter(input: number, state: Float64Array): number {
  const output = B0 * input + state[0]!;
  state[0] = 2 * B0 * input - A1 * output + state[1]!;
  state[1] = B0 * input - A2 * output;
  return output;
}

function powerOf(frame: Int16Array): number {
  let power = 1;
  for (const sample of frame) power += sample * sample;
  return power;
}
