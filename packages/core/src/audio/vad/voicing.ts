import { hannWindow } from './band-spectrum.ts';
import type { RealFft } from './real-fft.ts';

/** Bins of 60 to 1500 Hz, 31.25 Hz apart: the harmonics that a voice has whatever it says. */
const FIRST_BIN = 2;
const LAST_BIN = 48;
/** One period of 1500 Hz, the shortest there can be. */
const LEAST_LAG = 10;
/** Periods of 400 to 70 Hz at 16 kHz: from a child's voice to a deep one. */
const SHORTEST_LAG = 40;
const LONGEST_LAG = 228;
/**
 * A tone of 1 kHz repeats itself after 3 ms too, but after 1 ms as well: it is no voice when a period too short for one
 * explains it this well. Rings, beeps, sirens and the knock of a key go by that.
 */
const SHORT_PERIOD_SHARE = 0.9;

/** The same for all, and half of a million multiplications. */
let sharedCorrection: Float64Array | undefined;

/** Measures how voice-like periodic a sound is, from the power spectrum of a 512-sample Hann window at 16 kHz. */
export class Voicing {
  readonly #fft: RealFft;
  readonly #spectrum: Float64Array;
  /** One over the window's own autocorrelation, which falls with the lag whatever the sound does. */
  readonly #correction: Float64Array;

  constructor(fft: RealFft) {
    this.#fft = fft;
    this.#spectrum = new Float64Array(fft.size);
    this.#correction = sharedCorrection ??= windowCorrection();
  }

  /**
   * The highest local maximum of the autocorrelation at the periods a voice can have: about 1 for a periodic sound. 0
   * where there is none, and where a shorter period explains the sound as well.
   */
  periodicity(power: Float64Array): number {
    const spectrum = this.#spectrum;
    const { size, re } = this.#fft;
    for (let k = FIRST_BIN; k <= LAST_BIN; k++) spectrum[k] = spectrum[size - k] = power[k]!;
    // An even spectrum: its forward transform is its inverse, times the size.
    this.#fft.transform(spectrum);
    const energy = re[0]!;
    if (!(energy > 0)) return 0;
    const highest = this.#highestMaximum(SHORTEST_LAG, LONGEST_LAG);
    const short = this.#highestMaximum(LEAST_LAG, SHORTEST_LAG - 1);
    return short > SHORT_PERIOD_SHARE * highest ? 0 : highest / energy;
  }

  /** Of the transform's autocorrelation, corrected; 0 where there is none above it. */
  #highestMaximum(firstLag: number, lastLag: number): number {
    const { re } = this.#fft;
    const correction = this.#correction;
    let highest = 0;
    let before = re[firstLag - 1]! * correction[firstLag - 1]!;
    let here = re[firstLag]! * correction[firstLag]!;
    for (let lag = firstLag; lag <= lastLag; lag++) {
      const after = re[lag + 1]! * correction[lag + 1]!;
      if (here > highest && here > before && here >= after) highest = here;
      before = here;
      here = after;
    }
    return highest;
  }
}

/** Circular, as the sound's own is when it comes from a transform no longer than the window. */
function windowCorrection(): Float64Array {
  const window = hannWindow();
  const autocorrelation = Float64Array.from({ length: LONGEST_LAG + 2 }, (_, lag) =>
    window.reduce((sum, value, i) => sum + value * window[(i + lag) % window.length]!, 0),
  );
  return autocorrelation.map((value) => autocorrelation[0]! / value);
}
