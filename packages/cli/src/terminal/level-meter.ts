import { PcmReader, rmsDbfs } from '@stepvoice/core/audio';

/** One bar each: short enough to show syllables, long enough not to flicker. */
const WINDOW_SECONDS = 0.05;
/** Where the bars begin and end: below is the noise between words, above no speech gets. */
const FLOOR_DBFS = -48;
const CEILING_DBFS = -12;
const BARS = ' ▁▂▃▄▅▆▇█';

/** The loudness of a sound over its time, as bars. */
export class LevelMeter {
  readonly #reader = new PcmReader();
  readonly #window: Int16Array;
  readonly #levels: number[] = [];
  #filled = 0;

  constructor(sampleRate: number) {
    this.#window = new Int16Array(Math.round(sampleRate * WINDOW_SECONDS));
  }

  /** Takes PCM (16 bit, little endian, mono) whose pieces may end anywhere. */
  push(audio: Uint8Array): void {
    let samples = this.#reader.push(audio);
    while (samples.length > 0) {
      const taken = samples.subarray(0, this.#window.length - this.#filled);
      this.#window.set(taken, this.#filled);
      this.#filled += taken.length;
      samples = samples.subarray(taken.length);
      if (this.#filled < this.#window.length) continue;
      this.#levels.push(rmsDbfs(this.#window));
      this.#filled = 0;
    }
  }

  /** The bars up to a time, the last `width` of them; shorter where there are less. */
  render(untilSeconds: number, width: number): string {
    const end = Math.min(this.#levels.length, Math.ceil(untilSeconds / WINDOW_SECONDS));
    return this.#levels
      .slice(Math.max(0, end - width), end)
      .map((level) => barOf(level))
      .join('');
  }

  /** All of it in `width` bars, each the mean of its part. */
  overview(width: number): string {
    const count = Math.min(width, this.#levels.length);
    return Array.from({ length: count }, (_, index) => {
      const from = Math.floor((index * this.#levels.length) / count);
      const to = Math.floor(((index + 1) * this.#levels.length) / count);
      const part = this.#levels.slice(from, to).map((level) => Math.max(level, FLOOR_DBFS));
      return barOf(part.reduce((sum, level) => sum + level, 0) / part.length);
    }).join('');
  }
}

function barOf(level: number): string {
  const height = ((level - FLOOR_DBFS) / (CEILING_DBFS - FLOOR_DBFS)) * (BARS.length - 1);
  return BARS[Math.min(BARS.length - 1, Math.max(0, Math.round(height)))] ?? ' ';
}
