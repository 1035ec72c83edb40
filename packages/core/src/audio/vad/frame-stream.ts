import { Framer } from '../framer.ts';
import { Resampler } from '../resampler.ts';
import { checkSampleRate } from '../sample-rate.ts';
import type { VoiceActivityDetector } from './voice-activity-detector.ts';

/** Turns a stream of samples at any rate into the frames of a detector, in time with the input. */
export class FrameStream {
  readonly #resampler: Resampler | undefined;
  readonly #framer: Framer;
  /** Samples of input after which resampler and framer stand as they stood at the beginning. */
  readonly #period: number;

  /** Throws `ValidationError` for a rate that cannot be converted. */
  constructor(sampleRate: number, { sampleRate: to, frameSamples }: VoiceActivityDetector) {
    checkSampleRate(sampleRate, 'sampleRate');
    this.#resampler = sampleRate === to ? undefined : new Resampler({ from: sampleRate, to });
    this.#framer = new Framer({ frameSamples });
    this.#period = (sampleRate * frameSamples) / greatestCommonDivisor(to, frameSamples);
  }

  /** The frames that are complete by now; views, as those of a `Framer`. */
  push(samples: Int16Array): Int16Array[] {
    return this.#framer.push(this.#resampler?.push(samples) ?? samples);
  }

  /** Stands, on a new stream, for a push of so many samples of silence. The frames they make are dropped. */
  skip(length: number): void {
    const period = this.#period;
    this.push(new Int16Array(length < period ? length : period + (length % period)));
  }

  /** The frames that are left, the last one filled up with silence. The stream is as new afterwards. */
  flush(): Int16Array[] {
    const frames = this.#resampler ? this.#framer.push(this.#resampler.flush()) : [];
    const last = this.#framer.flush({ pad: true });
    if (last) frames.push(last);
    return frames;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
