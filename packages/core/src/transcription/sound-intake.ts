import { hasText } from '../audio/container.ts';
import { PcmReader } from '../audio/pcm.ts';
import { WavReader } from '../audio/wav-reader.ts';
import { toValidationError } from '../protocol/validation-error.ts';
import { RateConverter } from './rate-converter.ts';
import { readableWav } from './sound-source.ts';

const RIFF_HEADER_BYTES = 12;

/**
 * Makes samples of one rate out of what is written: samples of any rate, or bytes that may be cut anywhere, also inside a
 * sample, and may begin with a WAV header, each piece of them if need be.
 */
export class SoundIntake {
  readonly #converter: RateConverter;
  readonly #rate: number;
  readonly #raw = new PcmReader();
  #wav: WavReader | undefined;
  /** The first bytes, until it is clear whether they are a header. */
  #head: Uint8Array | undefined = new Uint8Array(0);

  /**
   * @param rate of the outcome
   * @param inputRate of bytes without a header, and of samples whose rate is not told
   */
  constructor(rate: number, inputRate: number) {
    this.#converter = new RateConverter(rate);
    this.#rate = inputRate;
  }

  /** @throws {ValidationError} for what is neither samples nor bytes, for a rate that cannot be, and for broken WAV. */
  push(sound: Int16Array | Uint8Array, sampleRate = this.#rate): readonly Int16Array[] {
    if (sound instanceof Int16Array) return this.#converter.push(sound, sampleRate);
    if (!(sound instanceof Uint8Array)) {
      throw toValidationError({
        path: 'sound',
        value: typeof sound,
        allowed: 'an Int16Array of samples, or a Uint8Array of bytes',
      });
    }
    const bytes = this.#beginning(sound);
    if (bytes === undefined) return [];
    return this.#pushBytes(bytes, sampleRate);
  }

  /** What is left. The intake goes on with the next piece. */
  flush(): readonly Int16Array[] {
    const parts: Int16Array[] = [];
    if (this.#head !== undefined && this.#head.length > 0) {
      parts.push(...this.#pushBytes(this.#head, this.#rate));
    }
    this.#head = new Uint8Array(0);
    const wav = this.#wav;
    this.#wav = undefined;
    if (wav !== undefined) {
      const rest = readableWav(() => wav.flush());
      parts.push(...this.#converter.push(rest, wav.format?.sampleRate ?? this.#rate));
    }
    // Half a sample is no sound.
    this.#raw.flush();
    parts.push(this.#converter.flush());
    return parts.filter(({ length }) => length > 0);
  }

  #beginning(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#head === undefined) return bytes;
    const joined = new Uint8Array(this.#head.length + bytes.length);
    joined.set(this.#head);
    joined.set(bytes, this.#head.length);
    if (joined.length < RIFF_HEADER_BYTES && hasText(joined, 0, 'RIFF'.slice(0, joined.length))) {
      this.#head = joined;
      return undefined;
    }
    this.#head = undefined;
    return joined;
  }

  #pushBytes(bytes: Uint8Array, sampleRate: number): readonly Int16Array[] {
    if (this.#wav === undefined && hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WAVE')) {
      this.#wav = new WavReader();
    }
    const wav = this.#wav;
    if (wav === undefined) return this.#converter.push(this.#raw.push(bytes), sampleRate);
    const samples = readableWav(() => wav.push(bytes));
    return this.#converter.push(samples, wav.format?.sampleRate ?? this.#rate);
  }
}
