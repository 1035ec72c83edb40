import { wavHeader } from '@stepvoice/core/audio';
import type { SpeechFormat } from '@stepvoice/core/protocol';
import type { Translate } from '../language/translate.ts';
import type { AudioSink, SinkReport } from './audio-sink.ts';
import { createOutputFile } from './output-file.ts';
import type { OutputFile, OutputFileOptions } from './output-file.ts';

const LARGEST_WAV_BYTES = 0xffffffff - 36;

export type AudioFileOptions = OutputFileOptions & {
  /** `wav` takes PCM and puts the header before it. */
  format: SpeechFormat;
  sampleRate: number;
};

/**
 * A file of sound; what is kept of one that broke off can be played.
 *
 * @throws {UsageError} as `createOutputFile()` does.
 */
export async function createAudioFile(options: AudioFileOptions, t: Translate): Promise<AudioFile> {
  const file = await createOutputFile(options, t);
  return new AudioFile(file, options);
}

export class AudioFile implements AudioSink {
  readonly isLive = false;
  readonly #file: OutputFile;
  readonly #options: AudioFileOptions;
  #audioBytes = 0;
  #hasLength = false;

  constructor(file: OutputFile, options: AudioFileOptions) {
    this.#file = file;
    this.#options = options;
  }

  async write(audio: Uint8Array): Promise<void> {
    if (audio.length === 0) return;
    const { format, sampleRate } = this.#options;
    if (this.#audioBytes === 0 && format === 'wav') {
      await this.#file.write(wavHeader({ sampleRate }));
    }
    this.#audioBytes += audio.length;
    await this.#file.write(audio);
  }

  async room(): Promise<void> {}

  async finish(): Promise<SinkReport> {
    await this.#writeLength();
    await this.#file.finish();
    return { file: this.#file.path };
  }

  async abandon(): Promise<SinkReport> {
    await this.#writeLength().catch(() => {});
    const file = await this.#file.abandon();
    return file === undefined ? {} : { file };
  }

  async #writeLength(): Promise<void> {
    const { format, sampleRate } = this.#options;
    if (format !== 'wav' || !this.#file.isPlain || this.#hasLength) return;
    if (this.#audioBytes === 0 || this.#audioBytes > LARGEST_WAV_BYTES) return;
    this.#hasLength = true;
    const samples = Math.floor(this.#audioBytes / 2);
    await this.#file.patch(wavHeader({ sampleRate, samples }));
  }
}
