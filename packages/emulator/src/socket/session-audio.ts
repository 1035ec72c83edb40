import { wavHeader } from '@stepvoice/core/audio';
import type { SpeechFormat, SpeechSocketFormat } from '@stepvoice/core/protocol';
import { createEncoder, encodeWhole } from '../codecs/index.ts';
import type { Encoder } from '../codecs/index.ts';
import { ODD_PIECE_BYTES } from '../faults/fault.ts';

/** What one `tts.response.audio.delta` carries. */
export type AudioDelta = { bytes: Uint8Array; seconds: number };

/** Audio of one delta; the service's own size is not known. */
const DELTA_SECONDS = 0.4;
/** As base64 some 15 MB: clients in use take messages up to 16 MiB. */
const LARGEST_COMPLETE_BYTES = 11 * 1024 * 1024;

export type SessionAudioOptions = {
  format: SpeechSocketFormat;
  sampleRate: number;
  /** Whether all the audio is kept for `tts.response.audio.done`. */
  complete: boolean;
  /** Whether a delta of pcm may end inside a sample. */
  oddSplits: boolean;
};

/**
 * Encodes the speech of one session into deltas: in the plain formats each is a file of its own, in the `_stream` formats
 * all of them together are one, from the first sentence to the last.
 */
export class SessionAudio {
  readonly #sampleRate: number;
  readonly #format: SpeechFormat;
  readonly #isStream: boolean;
  readonly #oddSplits: boolean;
  /** Runs through the whole session: the `_stream` formats are it, of a plain format it makes the one file. */
  readonly #whole: Encoder | undefined;
  #kept: Uint8Array[] | undefined;
  #keptBytes = 0;
  #secondsInStream = 0;

  private constructor(
    options: SessionAudioOptions,
    format: SpeechFormat,
    whole: Encoder | undefined,
  ) {
    this.#sampleRate = options.sampleRate;
    this.#format = format;
    this.#isStream = options.format !== format;
    this.#oddSplits = options.oddSplits && format === 'pcm';
    this.#whole = whole;
    this.#kept = options.complete ? [] : undefined;
  }

  static async create(options: SessionAudioOptions): Promise<SessionAudio> {
    const format = options.format.replace('_stream', '') as SpeechFormat;
    const needsWhole = options.format !== format || options.complete;
    // The length in a WAV header is known at the end alone: until then its samples are kept without one.
    const wholeFormat = format === 'wav' ? 'pcm' : format;
    const whole = needsWhole ? await createEncoder(wholeFormat, options) : undefined;
    return new SessionAudio(options, format, whole);
  }

  /** The deltas of a stretch of speech; a stream's encoder may keep some of it for later. */
  async *encode(samples: Int16Array): AsyncGenerator<AudioDelta> {
    if (!this.#isStream && this.#kept !== undefined && this.#whole !== undefined) {
      this.#keep(this.#whole.push(samples));
    }
    const step = Math.round(DELTA_SECONDS * this.#sampleRate);
    let offset = 0;
    while (offset < samples.length) {
      // A rest of a few milliseconds is no delta of its own.
      const isLast = offset + step * 1.5 >= samples.length;
      const end = isLast ? samples.length : offset + step;
      yield* this.#toDeltas(samples.subarray(offset, end));
      offset = end;
    }
  }

  /** What a stream's encoder still holds at the end of the session. */
  flush(): AudioDelta | undefined {
    if (!this.#isStream || this.#whole === undefined) return undefined;
    const bytes = this.#whole.flush();
    this.#keep(bytes);
    return bytes.length === 0 ? undefined : { bytes, seconds: this.#takeStreamSeconds() };
  }

  /** All the audio of the session as one file, after {@link flush}; `undefined` if it is not kept or too long. */
  complete(): Uint8Array | undefined {
    if (!this.#isStream && this.#whole !== undefined) this.#keep(this.#whole.flush());
    if (this.#kept === undefined) return undefined;
    if (this.#format !== 'wav') return Buffer.concat(this.#kept);
    const samples = this.#keptBytes / Int16Array.BYTES_PER_ELEMENT;
    return Buffer.concat([wavHeader({ sampleRate: this.#sampleRate, samples }), ...this.#kept]);
  }

  /** Gives the encoder back. May be called twice. */
  close(): void {
    this.#whole?.close();
    this.#kept = undefined;
  }

  async *#toDeltas(samples: Int16Array): AsyncGenerator<AudioDelta> {
    const seconds = samples.length / this.#sampleRate;
    if (this.#isStream && this.#whole !== undefined) {
      this.#secondsInStream += seconds;
      const bytes = this.#whole.push(samples);
      if (bytes.length === 0) return;
      this.#keep(bytes);
      yield { bytes, seconds: this.#takeStreamSeconds() };
      return;
    }
    const bytes = await encodeWhole(this.#format, samples, this.#sampleRate);
    if (!this.#oddSplits) return yield { bytes, seconds };
    for (let offset = 0; offset < bytes.length; offset += ODD_PIECE_BYTES) {
      const part = bytes.subarray(offset, offset + ODD_PIECE_BYTES);
      yield { bytes: part, seconds: (seconds * part.length) / bytes.length };
    }
  }

  #takeStreamSeconds(): number {
    const seconds = this.#secondsInStream;
    this.#secondsInStream = 0;
    return seconds;
  }

  #keep(bytes: Uint8Array): void {
    if (this.#kept === undefined) return;
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > LARGEST_COMPLETE_BYTES) this.#kept = undefined;
    else this.#kept.push(bytes);
  }
}
