import { ValidationError } from '../../errors.ts';
import { rmsDbfs } from '../level.ts';
import { checkSampleRate } from '../sample-rate.ts';
import { checkFrame } from './check-frame.ts';
import type { VoiceActivity, VoiceActivityDetector } from './voice-activity-detector.ts';

export type EnergyDetectorOptions = {
  /** Samples a second; a multiple of 100, so that 10 ms are whole samples. Default 16 000. */
  sampleRate?: number;
  /** Level above which a frame is active, in decibels of full scale. Default −45. */
  onDbfs?: number;
  /** Level at which activity ends; at most `onDbfs`. Default 6 dB below it. */
  offDbfs?: number;
};

/**
 * Takes for speech whatever is loud enough: nearly free, and right where the place is quiet and the microphone's gain is
 * known. Anything louder than the threshold counts, a fan as well as a voice; `voiced` is the same as `active`, and
 * `score` is the level above `onDbfs` in decibels. 10 ms a frame.
 */
export class EnergyDetector implements VoiceActivityDetector {
  readonly sampleRate: number;
  readonly frameSamples: number;
  readonly #onDbfs: number;
  readonly #offDbfs: number;
  readonly #activity = { active: false, voiced: false, score: -Infinity, levelDbfs: -Infinity };

  /** Throws `ValidationError` for a rate or levels it cannot use. */
  constructor(options: EnergyDetectorOptions = {}) {
    const { sampleRate = 16_000, onDbfs = -45, offDbfs = onDbfs - 6 } = options;
    checkSampleRate(sampleRate, 'sampleRate');
    if (sampleRate % 100 !== 0) {
      throw invalid('sampleRate', sampleRate, 'a multiple of 100, so that 10 ms are whole samples');
    }
    if (!(onDbfs <= 0 && onDbfs > -100))
      throw invalid('onDbfs', onDbfs, 'above -100 and at most 0');
    if (!(offDbfs <= onDbfs)) throw invalid('offDbfs', offDbfs, `at most onDbfs, ${onDbfs}`);
    this.sampleRate = sampleRate;
    this.frameSamples = sampleRate / 100;
    this.#onDbfs = onDbfs;
    this.#offDbfs = offDbfs;
  }

  /** Throws `ValidationError` for a frame that is not 10 ms long. The result is overwritten by the next call. */
  process(frame: Int16Array): VoiceActivity {
    checkFrame(frame, this.frameSamples, 'frame');
    const activity = this.#activity;
    activity.levelDbfs = rmsDbfs(frame);
    activity.score = activity.levelDbfs - this.#onDbfs;
    activity.active = activity.levelDbfs > (activity.active ? this.#offDbfs : this.#onDbfs);
    activity.voiced = activity.active;
    return activity;
  }

  reset(): void {
    this.#activity.active = this.#activity.voiced = false;
  }
}

function invalid(path: string, value: number, allowed: string): ValidationError {
  return new ValidationError(`${path} is ${value}; it must be ${allowed}.`, {
    path,
    value,
    allowed,
  });
}
