import { REALTIME_SAMPLE_RATE } from '@stepvoice/core/protocol';

/** Sound of one `response.audio.delta`: 80 ms. The service's own size is not known. */
const DELTA_SAMPLES = 0.08 * REALTIME_SAMPLE_RATE;
/** One of a reply's last two may be so long, so that none is too short. */
const LONGEST_SAMPLES = 0.1 * REALTIME_SAMPLE_RATE;

/** Cuts the sound of a reply into deltas of 40 to 100 ms, whatever the chunks it arrives in; only one alone is shorter. */
export class DeltaCutter {
  #rest = new Int16Array(0);

  /** Those that are complete; what may be among the last is kept. */
  push(samples: Int16Array): Int16Array[] {
    const all = new Int16Array(this.#rest.length + samples.length);
    all.set(this.#rest);
    all.set(samples, this.#rest.length);
    const deltas: Int16Array[] = [];
    let offset = 0;
    while (all.length - offset >= 2 * DELTA_SAMPLES) {
      deltas.push(all.subarray(offset, offset + DELTA_SAMPLES));
      offset += DELTA_SAMPLES;
    }
    this.#rest = all.slice(offset);
    return deltas;
  }

  /** What is left. The cutter is as new afterwards. */
  flush(): Int16Array[] {
    const rest = this.#rest;
    this.#rest = new Int16Array(0);
    if (rest.length === 0) return [];
    if (rest.length <= LONGEST_SAMPLES) return [rest];
    const middle = Math.ceil(rest.length / 2);
    return [rest.subarray(0, middle), rest.subarray(middle)];
  }
}
