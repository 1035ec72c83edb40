import type { RealFft } from './real-fft.ts';

/** 10 ms at 16 kHz. */
export const HOP_SAMPLES = 160;
export const BAND_COUNT = 20;
const SAMPLE_RATE = 16_000;
/** 32 ms: long enough for two periods of a low voice, short enough for a consonant. */
export const WINDOW_SAMPLES = 512;
/** Where speech has its power. */
const LOWEST_HZ = 150;
const HIGHEST_HZ = 4200;
/** Added to every power, so that digital silence divides by something. */
export const POWER_FLOOR = 1e-7;

/** Powers of a sound in bands spaced by the mel scale, over a window that moves on by a hop at a time. */
export class BandSpectrum {
  /** Mean power of the bins of each band. */
  readonly bands = new Float64Array(BAND_COUNT);
  /** Power of each bin, 31.25 Hz apart. */
  readonly power = new Float64Array(WINDOW_SAMPLES / 2 + 1);
  readonly #samples = new Float64Array(WINDOW_SAMPLES);
  readonly #windowed = new Float64Array(WINDOW_SAMPLES);
  readonly #fft: RealFft;
  readonly #window = hannWindow();
  readonly #edges = bandEdges();

  /** @param fft of `WINDOW_SAMPLES`; all parts of a detector may share it */
  constructor(fft: RealFft) {
    this.#fft = fft;
  }

  /** Moves on by `HOP_SAMPLES`; without samples, by silence. */
  push(hop: Int16Array | undefined): void {
    const samples = this.#samples;
    const windowed = this.#windowed;
    const window = this.#window;
    samples.copyWithin(0, HOP_SAMPLES);
    const start = WINDOW_SAMPLES - HOP_SAMPLES;
    if (hop === undefined) samples.fill(0, start);
    else for (let i = 0; i < HOP_SAMPLES; i++) samples[start + i] = hop[i]! * (1 / 32_768);
    for (let i = 0; i < WINDOW_SAMPLES; i++) windowed[i] = samples[i]! * window[i]!;

    const { re, im } = this.#fft;
    const { bands, power } = this;
    const edges = this.#edges;
    this.#fft.transform(windowed);
    const last = edges[BAND_COUNT]!;
    for (let k = 0; k < last; k++) power[k] = re[k]! * re[k]! + im[k]! * im[k]!;
    for (let b = 0; b < BAND_COUNT; b++) {
      const from = edges[b]!;
      const to = edges[b + 1]!;
      let sum = 0;
      for (let k = from; k < to; k++) sum += power[k]!;
      bands[b] = sum / (to - from) + POWER_FLOOR;
    }
  }

  reset(): void {
    this.#samples.fill(0);
  }
}

/** The periodic one. */
export function hannWindow(): Float64Array {
  return Float64Array.from(
    { length: WINDOW_SAMPLES },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW_SAMPLES),
  );
}

/** First bin of each band, and behind them the bin after the last. */
function bandEdges(): Uint16Array {
  const lowest = toMel(LOWEST_HZ);
  const step = (toMel(HIGHEST_HZ) - lowest) / BAND_COUNT;
  return Uint16Array.from({ length: BAND_COUNT + 1 }, (_, b) =>
    Math.round((fromMel(lowest + b * step) * WINDOW_SAMPLES) / SAMPLE_RATE),
  );
}

/** O'Shaughnessy's formula. */
function toMel(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

function fromMel(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}
