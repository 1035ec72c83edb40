import { concatSamples } from '@stepvoice/core/audio';

/** The latest stretch of a stream of samples, at its positions in the stream. */
export class SampleTape {
  readonly #parts: Int16Array[] = [];
  #start = 0;
  #end = 0;

  /** Position of the first sample kept. */
  get start(): number {
    return this.#start;
  }

  /** Position behind the last sample. */
  get end(): number {
    return this.#end;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** The samples must not change afterwards. */
  push(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#parts.push(samples);
    this.#end += samples.length;
  }

  /** Forgets what lies before a position. */
  dropBefore(position: number): void {
    const target = Math.min(Math.max(position, this.#start), this.#end);
    while (this.#start < target) {
      const first = this.#parts[0] as Int16Array;
      const surplus = target - this.#start;
      if (surplus >= first.length) this.#parts.shift();
      else this.#parts[0] = first.subarray(surplus);
      this.#start += Math.min(surplus, first.length);
    }
  }

  /** Takes what lies between a position and the end; what lies before it is forgotten too. */
  takeFrom(position: number): Int16Array {
    this.dropBefore(position);
    const samples = concatSamples(this.#parts);
    this.#parts.length = 0;
    this.#start = this.#end;
    return samples;
  }
}
