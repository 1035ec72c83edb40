import { ValidationError } from '../errors.ts';

const MAX_FRAME_SAMPLES = 2 ** 24;

/**
 * Cuts a stream of samples into frames of one size: 20 ms at 24 kHz are 480 samples.
 *
 * A frame that lies within one chunk is a view of that chunk; only one that spans chunks is copied. Copy a frame before
 * you use the chunk's memory again.
 */
export class Framer {
  readonly #frameSamples: number;
  #carry: Int16Array | undefined;
  #carried = 0;

  /** `frameSamples`: 1 to 16 777 216; anything else throws `ValidationError`. */
  constructor({ frameSamples }: { frameSamples: number }) {
    if (!Number.isInteger(frameSamples) || frameSamples < 1 || frameSamples > MAX_FRAME_SAMPLES) {
      const allowed = `a whole number from 1 to ${MAX_FRAME_SAMPLES}`;
      throw new ValidationError(`frameSamples is ${frameSamples}; it must be ${allowed}.`, {
        path: 'frameSamples',
        value: frameSamples,
        allowed,
      });
    }
    this.#frameSamples = frameSamples;
  }

  /** The frames that are complete by now, each exactly `frameSamples` long. */
  push(samples: Int16Array): Int16Array[] {
    const size = this.#frameSamples;
    const frames: Int16Array[] = [];
    let offset = 0;
    if (this.#carry) {
      offset = Math.min(size - this.#carried, samples.length);
      this.#carry.set(samples.subarray(0, offset), this.#carried);
      this.#carried += offset;
      if (this.#carried < size) return frames;
      frames.push(this.#carry);
      this.#carry = undefined;
    }
    for (; offset + size <= samples.length; offset += size) {
      frames.push(samples.subarray(offset, offset + size));
    }
    if (offset < samples.length) {
      this.#carry = new Int16Array(size);
      this.#carry.set(samples.subarray(offset));
      this.#carried = samples.length - offset;
    }
    return frames;
  }

  /**
   * Ends the stream with what is left over: a short frame, or with `pad` a whole one filled up with silence; `undefined`
   * if the last frame was complete. The framer is as new afterwards.
   */
  flush({ pad = false }: { pad?: boolean } = {}): Int16Array | undefined {
    const rest = this.#carry;
    this.#carry = undefined;
    return pad ? rest : rest?.subarray(0, this.#carried);
  }
}
