import { encodeBase64 } from '../audio/base64.ts';
import { Framer } from '../audio/framer.ts';
import { PcmReader, encodePcm16 } from '../audio/pcm.ts';
import { Resampler } from '../audio/resampler.ts';
import { checkSampleRate } from '../audio/sample-rate.ts';
import { REALTIME_SAMPLE_RATE } from '../protocol/realtime-rules.ts';
import { toValidationError } from '../protocol/validation-error.ts';

/** The service advises 20 to 30 ms. */
const FRAME_SAMPLES = REALTIME_SAMPLE_RATE / 50;

/** A piece of sound ready to be sent. */
export type AudioFrame = { readonly base64: string; readonly samples: number };

/** Turns sound of any rate, in chunks of any size, into frames of 20 ms at the service's rate. */
export class AudioInput {
  readonly #framer = new Framer({ frameSamples: FRAME_SAMPLES });
  readonly #reader = new PcmReader();
  #rate = REALTIME_SAMPLE_RATE;
  #resampler: Resampler | undefined;

  /**
   * The frames that are complete by now. They hold copies: the chunk's memory is free again.
   *
   * @throws {ValidationError} for what is no sound, and for a rate that cannot be resampled.
   */
  push(audio: Int16Array | Uint8Array, sampleRate: number): AudioFrame[] {
    checkSampleRate(sampleRate, 'sampleRate');
    const samples = this.#toSamples(audio);
    const frames = this.#setRate(sampleRate);
    const resampled = this.#resampler === undefined ? samples : this.#resampler.push(samples);
    frames.push(...this.#framer.push(resampled));
    return frames.map(toFrame);
  }

  /** What is left at the end of a turn; its last frame may be short. */
  flush(): AudioFrame[] {
    this.#reader.flush();
    const frames = this.#resampler === undefined ? [] : this.#framer.push(this.#resampler.flush());
    const rest = this.#framer.flush();
    if (rest !== undefined && rest.length > 0) frames.push(rest);
    return frames.map(toFrame);
  }

  #toSamples(audio: Int16Array | Uint8Array): Int16Array {
    if (audio instanceof Int16Array) {
      // Bytes do not follow a sample of another chunk.
      this.#reader.flush();
      return audio;
    }
    if (audio instanceof Uint8Array) return this.#reader.push(audio);
    throw toValidationError({
      path: 'samples',
      value: undefined,
      allowed: 'an Int16Array of mono samples, or their bytes (16 bit, little endian)',
      instead: 'fromFloat32() of @stepvoice/core/audio for floats',
    });
  }

  /** Answers what the end of the sound of another rate completes. */
  #setRate(sampleRate: number): Int16Array[] {
    if (sampleRate === this.#rate) return [];
    const resampler =
      sampleRate === REALTIME_SAMPLE_RATE
        ? undefined
        : new Resampler({ from: sampleRate, to: REALTIME_SAMPLE_RATE });
    const frames = this.#resampler === undefined ? [] : this.#framer.push(this.#resampler.flush());
    this.#resampler = resampler;
    this.#rate = sampleRate;
    return frames;
  }
}

function toFrame(samples: Int16Array): AudioFrame {
  return { base64: encodeBase64(encodePcm16(samples)), samples: samples.length };
}
