import type { Pcm, WavReader, WavSampleDecoder } from '@stepvoice/core/audio';
import { LocalizedError } from './flow-error.ts';
import {
  kindOfSound,
  unknownFormat,
  type AudioLibrary,
  type SoundDefaults,
} from './incoming-sound.ts';
import type { TimeSlice } from './time-slice.ts';

/** Worked on at once: a few milliseconds, whatever the format. */
const PIECE_BYTES = 128 * 1024;

/**
 * Makes samples of what messages bring, one after the other: raw PCM, WAV, or WAV whose rest comes in later messages. Several
 * channels are mixed to one.
 */
export class SampleIntake {
  readonly #audio: AudioLibrary;
  readonly #defaults: SoundDefaults;
  readonly #where: string;
  #raw: { decoder: WavSampleDecoder; sampleRate: number; channels: number } | undefined;
  #wav: WavReader | undefined;

  constructor(audio: AudioLibrary, defaults: SoundDefaults, where: string) {
    this.#audio = audio;
    this.#defaults = defaults;
    this.#where = where;
  }

  /** Of the WAV that was read last. */
  get wavFormat(): WavReader['format'] {
    return this.#wav?.format;
  }

  /** Whether a WAV was read to its end. */
  get isFileOver(): boolean {
    return this.#wav?.isSoundOver === true;
  }

  /**
   * The samples that are complete by now, of at most two rates. They may be views of `bytes`.
   *
   * @param facts `msg.audio`
   * @throws {LocalizedError} `unknown_format`, `unsupported_format`, `invalid_wav`, `unsupported_wav`
   */
  push(bytes: Uint8Array, facts: unknown): Pcm[] {
    const pieces: Pcm[] = [];
    this.#open(bytes, facts, pieces);
    this.#read(bytes, pieces);
    return pieces;
  }

  /** As {@link push}, piece by piece. */
  async *pushSliced(bytes: Uint8Array, facts: unknown, slice: TimeSlice): AsyncGenerator<Pcm> {
    const first: Pcm[] = [];
    this.#open(bytes, facts, first);
    yield* first;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const pieces: Pcm[] = [];
      this.#read(bytes.subarray(at, at + PIECE_BYTES), pieces);
      yield* pieces;
      if (slice.isOver) await slice.rest();
    }
  }

  /** What is left of a WAV. The intake goes on with whatever comes next. */
  flush(): Pcm[] {
    const pieces: Pcm[] = [];
    this.#closeWav(pieces);
    this.#raw = undefined;
    return pieces;
  }

  /** Finds out what comes next, and ends what came before it. */
  #open(bytes: Uint8Array, facts: unknown, pieces: Pcm[]): void {
    const { container, ...kind } = kindOfSound(this.#audio, bytes, facts, this.#defaults);
    const hasHeader = container === 'wav' && this.#audio.sniffContainer(bytes) === 'wav';
    if (container === 'pcm' && 'sampleRate' in kind) {
      const { sampleRate, channels } = kind;
      const saysNothing = !isPcm(facts);
      // What follows the first part of a WAV is no PCM of its own, whatever the dialog says of sound without a header.
      if (this.#wav !== undefined && saysNothing) return;
      this.#closeWav(pieces);
      if (this.#raw?.sampleRate === sampleRate && this.#raw.channels === channels) return;
      const format = { encoding: 'int', bitsPerSample: 16, channels, sampleRate } as const;
      const decoder = this.#audio.createWavSampleDecoder(format);
      this.#raw = { decoder, sampleRate, channels };
      return;
    }
    if (this.#wav !== undefined && !hasHeader && !isPcm(facts)) return;
    if (container === undefined) {
      throw unknownFormat(this.#where, bytes.length);
    }
    if (container !== 'wav') throw unsupportedFormat(this.#where, container);
    this.#closeWav(pieces);
    this.#raw = undefined;
    this.#wav = new this.#audio.WavReader();
  }

  #read(bytes: Uint8Array, pieces: Pcm[]): void {
    const wav = this.#wav;
    if (wav !== undefined) {
      const samples = this.#readable(() => wav.push(bytes));
      if (samples.length > 0) pieces.push({ samples, sampleRate: wav.format?.sampleRate ?? 0 });
    } else if (this.#raw !== undefined) {
      const { decoder, sampleRate } = this.#raw;
      const samples = decoder.push(bytes);
      if (samples.length > 0) pieces.push({ samples, sampleRate });
    }
  }

  #closeWav(pieces: Pcm[]): void {
    const wav = this.#wav;
    if (wav === undefined) return;
    this.#wav = undefined;
    const samples = this.#readable(() => wav.flush());
    if (samples.length > 0) pieces.push({ samples, sampleRate: wav.format?.sampleRate ?? 0 });
  }

  #readable<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      this.#wav = undefined;
      if (!(error instanceof Error)) throw error;
      const code = 'code' in error && typeof error.code === 'string' ? error.code : 'invalid_wav';
      throw new LocalizedError(
        code,
        { en: `${this.#where}: ${error.message}`, zh: `${this.#where}：WAV 文件无法读取。` },
        { badge: 'badInput', path: this.#where },
      );
    }
  }
}

function isPcm(facts: unknown): boolean {
  return typeof facts === 'object' && facts !== null && 'format' in facts && facts.format === 'pcm';
}

/** Of compressed sound, which is not decoded here. */
export function unsupportedFormat(where: string, container: string): LocalizedError {
  const name = container.toUpperCase();
  return new LocalizedError(
    'unsupported_format',
    {
      en: `${where}: is ${name}, and here only WAV and raw PCM can be worked on. Ask for one of them where the sound is made.`,
      zh: `${where}：是 ${name}，此处只能处理 WAV 和原始 PCM。请在生成声音处选择其中一种格式。`,
    },
    { badge: 'badInput', path: where },
  );
}
