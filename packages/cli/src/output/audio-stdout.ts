import { wavHeader } from '@stepvoice/core/audio';
import type { SpeechFormat } from '@stepvoice/core/protocol';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';
import { toOutputError } from '../terminal/terminal.ts';
import type { AudioSink, SinkReport } from './audio-sink.ts';

/** More is not asked for while this much waits for the reader: 20 seconds of PCM at 24 kHz. */
const HIGH_WATER_BYTES = 960_000;

/** Standard output: bytes and nothing else. A WAV there says that its length is not known. */
export class AudioStdout implements AudioSink {
  readonly isLive = true;
  readonly #stream: NodeJS.WriteStream;
  readonly #format: SpeechFormat;
  readonly #sampleRate: number;
  readonly #t: Translate;
  #begun = false;
  #waitingBytes = 0;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  /** @throws {UsageError} where standard output is a terminal. */
  constructor(
    stream: NodeJS.WriteStream,
    options: { format: SpeechFormat; sampleRate: number },
    t: Translate,
  ) {
    if (stream.isTTY) throw new UsageError(t('error.outTerminal'), t('advice.outTerminal'));
    this.#stream = stream;
    this.#format = options.format;
    this.#sampleRate = options.sampleRate;
    this.#t = t;
  }

  /** Does not wait for the reader: a service that is read slowly cuts the connection. */
  async write(audio: Uint8Array): Promise<void> {
    if (!this.#begun && this.#format === 'wav') {
      this.#push(wavHeader({ sampleRate: this.#sampleRate }));
    }
    this.#begun = true;
    this.#push(audio);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async room(signal: AbortSignal): Promise<void> {
    await this.#waitUntil(() => this.#waitingBytes < HIGH_WATER_BYTES, signal);
  }

  async finish(signal: AbortSignal): Promise<SinkReport> {
    await this.#waitUntil(() => this.#waitingBytes === 0, signal);
    return {};
  }

  async abandon(): Promise<SinkReport> {
    return {};
  }

  #push(bytes: Uint8Array): void {
    this.#waitingBytes += bytes.length;
    this.#stream.write(bytes, (error) => {
      this.#waitingBytes -= bytes.length;
      if (error) {
        this.#failure ??= toOutputError(error, this.#t);
      }
      this.#wake?.();
    });
  }

  async #waitUntil(isReady: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.#failure === undefined && !isReady()) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const onAbort = (): void => reject(signal.reason);
      this.#wake = resolve;
      signal.addEventListener('abort', onAbort);
      try {
        await promise;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}
