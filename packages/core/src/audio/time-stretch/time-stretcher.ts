import { roundToInt16, type Pcm } from '../pcm.ts';
import { checkSampleRate } from '../sample-rate.ts';
import { checkRange } from '../check-range.ts';
import { RateMap } from './rate-map.ts';
import { SpliceSearch } from './splice-search.ts';

/**
 * How long the sound takes to go over, and how much is settled at a time: a window of 20 ms. With it the spectra of
 * stretched speech are nearest to the original's: 12 ms raise their distance by a sixth at 3 times the speed, 8 ms by a
 * twelfth at 1.5 times.
 */
const HOP_SECONDS = 0.01;
/** How far a place may be from where it should be: the 20 ms in between hold a period of any voice above 50 Hz. */
const REACH_SECONDS = 0.01;

/** Beyond, words are no longer understood, or fall apart. */
const LEAST_RATE = 0.5;
const MOST_RATE = 3;

/** Input taken in at a time, so that an hour in one piece needs no second hour of memory. */
const BLOCK_SAMPLES = 8192;

export type TimeStretcherOptions = {
  /** Samples a second, from 1000 to 768 000; tuned for speech at 8000 to 48 000. */
  sampleRate: number;
  /** How many seconds of the input go into a second of the output, 0.5 to 3; default 1. */
  rate?: number | undefined;
};

/**
 * Makes speech faster or slower and keeps its pitch, by WSOLA (Verhelst & Roelands, ICASSP 1993): the sound is left
 * as it is for as long as its place is about right, and then goes over, within 10 ms, into a place nearby that
 * continues the wave. Where the two are alike only in part, as in noise, the level is kept as well.
 *
 * Streamed in chunks of any size, the outcome is the same, sample by sample, as that of `stretch` on the whole. `n`
 * samples become `round(n / rate)`, and what stands at second `t` of the input is heard at second `t / rate`, give or
 * take 10 ms (25 ms at half the speed). At rate 1 the sound passes unchanged. To have what it looks ahead, the output
 * lags by 30 to 60 ms of the input until `flush`.
 */
export class TimeStretcher {
  readonly #hop: number;
  readonly #reach: number;
  readonly #search: SpliceSearch;
  readonly #fade: Float64Array;
  #map: RateMap;
  /** Input from sample `#start` on. */
  #input = new Float64Array(0);
  #start = 0;
  #received = 0;
  #produced = 0;
  /** The sample of the input that would be next if the sound simply went on. */
  #natural = 0;
  #output = new Int16Array(0);

  /** Throws `ValidationError` for a rate out of range. */
  constructor({ sampleRate, rate = 1 }: TimeStretcherOptions) {
    checkSampleRate(sampleRate, 'sampleRate');
    checkRate(rate);
    this.#hop = Math.round(HOP_SECONDS * sampleRate);
    this.#reach = Math.round(REACH_SECONDS * sampleRate);
    this.#search = new SpliceSearch(sampleRate, this.#hop, 2 * this.#reach + 1);
    this.#fade = Float64Array.from(
      { length: this.#hop },
      (_, i) => (1 - Math.cos((Math.PI * (i + 0.5)) / this.#hop)) / 2,
    );
    this.#map = new RateMap(rate);
  }

  get rate(): number {
    return this.#map.rate;
  }

  /**
   * Another rate for what is pushed from now on; what was pushed before keeps its own. So the length of the output is
   * that of all stretches of input, each over its own rate. Throws `ValidationError` for a rate out of range.
   */
  setRate(rate: number): void {
    checkRate(rate);
    this.#map.changeRate(this.#received, rate);
  }

  /** The output that is complete by now; may be empty. It is the caller's own. */
  push(samples: Int16Array): Int16Array<ArrayBuffer> {
    let count = 0;
    for (let offset = 0; offset < samples.length; offset += BLOCK_SAMPLES) {
      this.#append(samples.subarray(offset, offset + BLOCK_SAMPLES));
      for (;;) {
        const most = this.#ideal() + this.#reach;
        if (most + 2 * this.#hop > this.#received) break;
        count = this.#produce(count, { most, length: this.#hop });
      }
      this.#forget();
    }
    return this.#output.slice(0, count);
  }

  /** Ends the stream with the rest of the output. The stretcher is as new afterwards, at the rate it has. */
  flush(): Int16Array<ArrayBuffer> {
    const hop = this.#hop;
    const received = this.#received;
    const total = Math.round(this.#map.outputAt(received));
    // Only sounds of less than two hops are short enough for anybody to look behind their end.
    this.#append(new Int16Array(2 * hop));
    let count = 0;
    while (this.#produced < total) {
      const rest = total - this.#produced;
      // From any place chosen there is sound for this hop and for what the next one goes over from.
      const last = Math.max(0, received - Math.min(Math.max(rest, hop), 2 * hop));
      const most = Math.min(this.#ideal() + this.#reach, last);
      count = this.#produce(count, { most, length: rest < 2 * hop ? rest : hop });
    }
    this.#map = new RateMap(this.#map.rate);
    this.#start = 0;
    this.#received = 0;
    this.#produced = 0;
    this.#natural = 0;
    return this.#output.slice(0, count);
  }

  /** Where the next hop would have to start for its middle to be where it belongs. */
  #ideal(): number {
    const half = this.#hop / 2;
    return Math.round(this.#map.inputAt(this.#produced + half) - half);
  }

  /** Writes the next `length` samples of the output from `at` on; returns where those after them go. */
  #produce(at: number, hop: { most: number; length: number }): number {
    const { most, length } = hop;
    const least = Math.max(0, most - 2 * this.#reach);
    const goesOn = this.#natural >= least && this.#natural <= most;
    const place = goesOn ? this.#natural : this.#goOver(at, { least, most, length });
    this.#makeRoom(at + length);
    const from = place - this.#start;
    for (let i = goesOn ? 0 : this.#hop; i < length; i++) {
      this.#output[at + i] = this.#input[from + i]!;
    }
    this.#natural = place + length;
    this.#produced += length;
    return at + length;
  }

  /** Writes up to a hop of what goes over from the natural place into the best one, and returns that. */
  #goOver(at: number, range: { least: number; most: number; length: number }): number {
    const input = this.#input;
    const start = this.#start;
    const natural = this.#natural - start;
    const { place, correlation } = this.#search.find(input, natural, {
      least: range.least - start,
      most: range.most - start,
    });
    const length = Math.min(this.#hop, range.length);
    this.#makeRoom(at + length);
    // Strangers add up as powers and twins as amplitudes: the sum of both gets the power of one, whatever they are.
    const common = 2 * Math.max(0, correlation);
    for (let i = 0; i < length; i++) {
      const rising = this.#fade[i]!;
      const falling = 1 - rising;
      const power = rising * rising + falling * falling + common * rising * falling;
      const sum = falling * input[natural + i]! + rising * input[place + i]!;
      this.#output[at + i] = roundToInt16(sum / Math.sqrt(power));
    }
    return place + start;
  }

  #makeRoom(length: number): void {
    if (length <= this.#output.length) return;
    const grown = new Int16Array(Math.max(length, 2 * this.#output.length));
    grown.set(this.#output);
    this.#output = grown;
  }

  #append(samples: Int16Array): void {
    const filled = this.#received - this.#start;
    const needed = filled + samples.length;
    if (needed > this.#input.length) {
      const grown = new Float64Array(Math.max(needed, 2 * this.#input.length));
      grown.set(this.#input.subarray(0, filled));
      this.#input = grown;
    }
    for (let i = 0; i < samples.length; i++) this.#input[filled + i] = samples[i]!;
    this.#received += samples.length;
  }

  /** Lets go of the input that nobody comes back to. Near the end, `flush` looks back further than the reach. */
  #forget(): void {
    const last = Math.min(this.#natural, this.#ideal() - 4 * this.#reach, this.#received);
    if (last <= this.#start) return;
    this.#input.copyWithin(0, last - this.#start, this.#received - this.#start);
    this.#start = last;
  }
}

/**
 * Makes a whole sound faster or slower: `round(n / rate)` samples. See `TimeStretcher` for the quality and for what is
 * thrown.
 */
export function stretch(pcm: Pcm, rate: number): Pcm {
  const { samples: input, sampleRate } = pcm;
  const stretcher = new TimeStretcher({ sampleRate, rate });
  const samples = new Int16Array(Math.round(input.length / rate));
  let filled = 0;
  for (let offset = 0; offset < input.length; offset += BLOCK_SAMPLES) {
    const part = stretcher.push(input.subarray(offset, offset + BLOCK_SAMPLES));
    samples.set(part, filled);
    filled += part.length;
  }
  samples.set(stretcher.flush(), filled);
  return { samples, sampleRate };
}

function checkRate(rate: number): void {
  checkRange(rate, 'rate', { least: LEAST_RATE, most: MOST_RATE, unit: 'times the speed' });
}
