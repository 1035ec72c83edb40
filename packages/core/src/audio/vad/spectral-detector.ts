import { rmsDbfs } from '../level.ts';
import { BAND_COUNT, BandSpectrum, HOP_SAMPLES, WINDOW_SAMPLES } from './band-spectrum.ts';
import { EchoPath } from './echo-path.ts';
import { checkFrame } from './check-frame.ts';
import { NoiseFloor } from './noise-floor.ts';
import { RealFft } from './real-fft.ts';
import type { VoiceActivity, VoiceActivityDetector } from './voice-activity-detector.ts';
import { Voicing } from './voicing.ts';

/** Hops until the window is filled. */
const FILLING_HOPS = 3;

const ON_SCORE = 0.2;
const OFF_SCORE = 0.1;
const ON_DBFS = -60;
const OFF_DBFS = -64;
const VOICED_PERIODICITY = 0.6;

/**
 * Tells speech from noise by its spectrum: a likelihood ratio over 20 mel bands against a noise estimate that follows the
 * place (Sohn, Kim and Sung, "A statistical model-based voice activity detection", 1999), and the pitch of a voice. Given
 * what is being played, it expects the echo of that as well.
 *
 * 16 kHz, 10 ms a frame. Steady noise, music, keyboards and coughs are not taken for speech; other people who talk, and
 * sirens, are. `score` is the smoothed mean log-likelihood ratio: active above 0.2, until 0.1.
 */
export class SpectralDetector implements VoiceActivityDetector {
  readonly sampleRate = 16_000;
  readonly frameSamples = HOP_SAMPLES;
  readonly #fft = new RealFft(WINDOW_SAMPLES);
  readonly #spectrum = new BandSpectrum(this.#fft);
  readonly #voicing = new Voicing(this.#fft);
  readonly #floor = new NoiseFloor();
  /** Estimate of the speech of the last hop, relative to the noise. */
  readonly #speech = new Float64Array(BAND_COUNT);
  readonly #activity = { active: false, voiced: false, score: 0, levelDbfs: -Infinity };
  #echo: EchoPath | undefined;
  #hops = 0;

  /** Throws `ValidationError` for a frame or reference that is not 160 samples long. The result is overwritten by the next call. */
  process(frame: Int16Array, reference?: Int16Array, isSpeaking = false): VoiceActivity {
    checkFrame(frame, HOP_SAMPLES, 'frame');
    if (reference !== undefined) checkFrame(reference, HOP_SAMPLES, 'reference');
    const activity = this.#activity;
    const { bands, power } = this.#spectrum;
    this.#spectrum.push(frame);
    if (reference !== undefined) this.#echo ??= new EchoPath(this.#fft);
    this.#echo?.push(reference);
    activity.levelDbfs = rmsDbfs(frame);
    if (this.#hops < FILLING_HOPS) {
      this.#hops += 1;
      return activity;
    }
    if (this.#hops === FILLING_HOPS) {
      this.#hops += 1;
      this.#floor.start(bands);
    }
    this.#floor.push(bands);
    activity.score = 0.75 * activity.score + 0.25 * this.#likelihood(bands);
    activity.active = activity.active
      ? activity.score > OFF_SCORE && activity.levelDbfs > OFF_DBFS
      : activity.score > ON_SCORE && activity.levelDbfs > ON_DBFS;
    // Only then does anybody ask, and it is half of all the work.
    activity.voiced = activity.active && this.#voicing.periodicity(power) > VOICED_PERIODICITY;
    this.#floor.adapt(bands, activity.active, this.#echo?.expected);
    this.#echo?.learn(bands, this.#floor.noise, isSpeaking);
    return activity;
  }

  reset(): void {
    this.#spectrum.reset();
    this.#speech.fill(0);
    Object.assign(this.#activity, { active: false, voiced: false, score: 0, levelDbfs: -Infinity });
    this.#echo = undefined;
    this.#hops = 0;
  }

  /** Mean log-likelihood ratio of speech against noise and echo over the bands. */
  #likelihood(power: Float64Array): number {
    const { noise } = this.#floor;
    const echo = this.#echo?.expected;
    const speech = this.#speech;
    let sum = 0;
    for (let b = 0; b < BAND_COUNT; b++) {
      const background = echo === undefined ? noise[b]! : noise[b]! + echo[b]!;
      const gamma = Math.min(200, power[b]! / background);
      const xi = Math.max(0.01, 0.9 * speech[b]! + 0.1 * Math.max(gamma - 1, 0));
      const gain = xi / (1 + xi);
      // One loud band alone says little.
      sum += Math.min(6, gamma * gain - Math.log(1 + xi));
      speech[b] = gain * gain * gamma;
    }
    return sum / BAND_COUNT;
  }
}
