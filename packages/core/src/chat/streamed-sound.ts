import { hasText } from '../audio/container.ts';
import { PcmReader } from '../audio/pcm.ts';
import { WavReader } from '../audio/wav-reader.ts';

/** The only rate that the service streams at. */
export const CHAT_SAMPLE_RATE = 24_000;

/** As many bytes as it takes to tell a WAV from samples. */
const SNIFF_BYTES = 12;

/**
 * The samples in the pieces of a streamed answer, whose ends may fall inside a sample. They are raw 24 kHz PCM; a server
 * that sends a WAV in its place is understood too.
 */
export class StreamedSound {
  #head: Uint8Array | undefined = new Uint8Array(0);
  #wav: WavReader | undefined;
  readonly #pcm = new PcmReader();

  /** Hz; of a WAV as soon as it has said so. */
  get sampleRate(): number {
    return this.#wav?.format?.sampleRate ?? CHAT_SAMPLE_RATE;
  }

  /** The samples that are complete by now; possibly a view of `bytes`. */
  push(bytes: Uint8Array): Int16Array {
    if (this.#head === undefined) return this.#read(bytes);
    const head = new Uint8Array(this.#head.length + bytes.length);
    head.set(this.#head);
    head.set(bytes, this.#head.length);
    const mayBeWav = hasText(head, 0, 'RIFF'.slice(0, head.length));
    if (mayBeWav && head.length < SNIFF_BYTES) {
      this.#head = head;
      return new Int16Array(0);
    }
    this.#head = undefined;
    if (mayBeWav && hasText(head, 8, 'WAVE')) this.#wav = new WavReader();
    return this.#read(head);
  }

  /** What was held back, at a good end. A half sample is dropped. */
  flush(): Int16Array {
    const head = this.#head;
    this.#head = undefined;
    if (this.#wav !== undefined) return this.#wav.flush();
    return head === undefined ? new Int16Array(0) : this.#read(head);
  }

  #read(bytes: Uint8Array): Int16Array {
    return this.#wav === undefined ? this.#pcm.push(bytes) : this.#wav.push(bytes);
  }
}
