import { sniffContainer } from '../audio/container.ts';
import type { AudioContainer } from '../audio/container.ts';
import { createDurationScanner } from '../audio/duration/duration-scanner.ts';
import { createWavSampleDecoder } from '../audio/wav-format.ts';
import type { Pcm } from '../audio/pcm.ts';
import { WavReader } from '../audio/wav-reader.ts';
import { ProtocolError } from '../errors.ts';
import { TRANSCRIPTION_FILE_LIMIT } from '../protocol/transcription-rules.ts';
import type { TranscriptionFormat } from '../protocol/transcription-rules.ts';
import { toValidationError } from '../protocol/validation-error.ts';
import { isPcm, prepend, toAsyncIterable, toByteReader } from './byte-reader.ts';
import type { ByteReader } from './byte-reader.ts';
import type { TranscriptionInput, TranscriptionStreamOptions } from './transcription-options.ts';

/** Samples as they come. */
export interface SampleSource {
  /** Milliseconds in all, where that can be told by now. */
  readonly totalMs: number | undefined;
  read(): Promise<Pcm | undefined>;
  cancel(): void;
}

/** A whole file that goes to the service as it is. */
export type SoundFile = {
  bytes: Uint8Array;
  format: TranscriptionFormat;
  durationMs: number | undefined;
};

export type Sound = { samples: SampleSource } | { file: SoundFile };

export type SoundOptions = Pick<
  TranscriptionStreamOptions,
  'format' | 'sampleRate' | 'channels' | 'decode'
> & {
  /** Longest file that may go as it is. */
  fileSeconds: number;
  signal: AbortSignal;
};

/** With a whole frame of MP3 and the beginning of the next, no other bytes are taken for it. */
const SNIFFED_BYTES = 1445;
const SAMPLES_PER_READ = 128 * 1024;

const FORMATS: Readonly<Record<AudioContainer, TranscriptionFormat | undefined>> = {
  wav: 'wav',
  mp3: 'mp3',
  ogg: 'ogg',
  mp4: 'm4a',
  flac: undefined,
  webm: undefined,
};

/**
 * Finds out what an input is: samples that can be cut, or a file that goes as a whole.
 *
 * @throws {ValidationError} for what cannot be told, is too long for one call, or is in a format that the service does
 *   not take, where there is no `decode`.
 */
export class SoundOpener {
  readonly #input: TranscriptionInput;
  readonly #options: SoundOptions;
  #source: { cancel(): void } | undefined;

  constructor(input: TranscriptionInput, options: SoundOptions) {
    this.#input = input;
    this.#options = options;
  }

  /** Lets go of the input, whatever is being done with it. */
  cancel(): void {
    this.#source?.cancel();
  }

  /** Lets go of an input that nothing was done with. */
  abandon(): void {
    try {
      if (!isPcm(this.#input)) toByteReader(this.#input).cancel();
    } catch {
      // It is none: nothing is held.
    }
  }

  async open(): Promise<Sound> {
    if (isPcm(this.#input)) return { samples: new WholeSamples(this.#input) };
    const source = toByteReader(this.#input);
    this.#source = source;
    const first = await readAhead(source, SNIFFED_BYTES);
    if (first.every(({ length }) => length === 0)) throw emptyError();
    const { format, sampleRate, channels = 1 } = this.#options;
    const container = sniffContainer(joinBytes(first)) ?? containerOf(format);
    const whole = prepend(first, source);
    if (container === 'wav') return { samples: new WavSamples(whole) };
    if (container !== undefined) return this.#openFile(whole, container);
    // What is not marked as anything and has a rate is raw.
    if (sampleRate !== undefined) {
      return { samples: new RawSamples(whole, sampleRate, channels) };
    }
    throw toValidationError({
      path: 'format',
      value: format,
      allowed:
        'the format of these bytes, which nothing in them tells; for pcm with its sampleRate',
    });
  }

  async #openFile(source: ByteReader, container: AudioContainer): Promise<Sound> {
    const { decode, fileSeconds, signal } = this.#options;
    const format = FORMATS[container];
    const scanner = createDurationScanner(container);
    const pieces: Uint8Array[] = [];
    let length = 0;
    const isTooLong = (): boolean =>
      length > TRANSCRIPTION_FILE_LIMIT || (scanner?.seconds ?? 0) > fileSeconds;
    while (format !== undefined && !isTooLong()) {
      const piece = await source.read();
      if (piece === undefined) {
        const { seconds } = scanner ?? {};
        const durationMs = seconds === undefined ? undefined : Math.round(seconds * 1000);
        return { file: { bytes: joinBytes(pieces), format, durationMs } };
      }
      pieces.push(piece);
      length += piece.length;
      scanner?.push(piece);
    }
    if (decode === undefined) throw toFileError(container, length, scanner?.seconds, fileSeconds);
    const decoded: unknown = decode(toAsyncIterable(prepend(pieces, source)), {
      container,
      signal,
    });
    if (!isAsyncIterable(decoded)) throw decodeError();
    const samples = new DecodedSamples(decoded);
    this.#source = { cancel: () => (samples.cancel(), source.cancel()) };
    return { samples };
  }
}

class WholeSamples implements SampleSource {
  readonly totalMs: number;
  readonly #pcm: Pcm;
  #at = 0;

  constructor(pcm: Pcm) {
    this.#pcm = pcm;
    this.totalMs = (pcm.samples.length / pcm.sampleRate) * 1000;
  }

  read(): Promise<Pcm | undefined> {
    const { samples, sampleRate } = this.#pcm;
    const piece = samples.subarray(this.#at, this.#at + SAMPLES_PER_READ);
    this.#at += piece.length;
    return Promise.resolve(piece.length === 0 ? undefined : { samples: piece, sampleRate });
  }

  cancel(): void {
    this.#at = this.#pcm.samples.length;
  }
}

class RawSamples implements SampleSource {
  readonly totalMs: number | undefined;
  readonly #source: ByteReader;
  readonly #sampleRate: number;
  readonly #decoder;

  constructor(source: ByteReader, sampleRate: number, channels: number) {
    this.#source = source;
    this.#sampleRate = sampleRate;
    this.#decoder = createWavSampleDecoder({
      encoding: 'int',
      bitsPerSample: 16,
      channels,
      sampleRate,
    });
    const { totalBytes } = source;
    if (totalBytes !== undefined) this.totalMs = (totalBytes / (2 * channels) / sampleRate) * 1000;
  }

  async read(): Promise<Pcm | undefined> {
    const piece = await this.#source.read();
    // Half a sample at the end is no sound.
    if (piece === undefined) return undefined;
    return { samples: this.#decoder.push(piece), sampleRate: this.#sampleRate };
  }

  cancel(): void {
    this.#source.cancel();
  }
}

class WavSamples implements SampleSource {
  readonly #source: ByteReader;
  readonly #reader = new WavReader();
  #isOver = false;

  constructor(source: ByteReader) {
    this.#source = source;
  }

  /** Without the header's chunks, which are some hundred bytes at most. */
  get totalMs(): number | undefined {
    const { totalBytes } = this.#source;
    const { format } = this.#reader;
    if (totalBytes === undefined || format === undefined) return undefined;
    const bytesPerSecond = (format.bitsPerSample / 8) * format.channels * format.sampleRate;
    return (Math.max(0, totalBytes - 44) / bytesPerSecond) * 1000;
  }

  async read(): Promise<Pcm | undefined> {
    if (this.#isOver) return undefined;
    const piece = await this.#source.read();
    this.#isOver = piece === undefined;
    const samples = readableWav(() =>
      piece === undefined ? this.#reader.flush() : this.#reader.push(piece),
    );
    return { samples, sampleRate: this.#reader.format?.sampleRate ?? 16_000 };
  }

  cancel(): void {
    this.#source.cancel();
  }
}

class DecodedSamples implements SampleSource {
  readonly totalMs = undefined;
  readonly #decoded: AsyncIterable<Pcm>;
  #iterator: AsyncIterator<Pcm> | undefined;

  constructor(decoded: AsyncIterable<Pcm>) {
    this.#decoded = decoded;
  }

  async read(): Promise<Pcm | undefined> {
    this.#iterator ??= this.#decoded[Symbol.asyncIterator]();
    const { value, done } = await this.#iterator.next();
    if (done === true) return undefined;
    if (isPcm(value as Pcm)) return value as Pcm;
    throw decodeError();
  }

  cancel(): void {
    Promise.resolve(this.#iterator?.return?.()).catch(() => undefined);
  }
}

/** What is wrong with the caller's file is no fault of the service. */
export function readableWav<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw toValidationError({
      path: 'input',
      value: undefined,
      allowed: `WAV files with PCM samples (${error.message.replace(/\.$/, '')})`,
    });
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Pcm> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function decodeError() {
  return toValidationError({
    path: 'decode',
    value: undefined,
    allowed: 'a function that gives an async iterable of { samples, sampleRate }',
  });
}

export function emptyError() {
  return toValidationError({
    path: 'input',
    value: undefined,
    allowed: 'at least one sample of sound',
  });
}

function toFileError(
  container: AudioContainer,
  bytes: number,
  seconds: number | undefined,
  fileSeconds: number,
) {
  const instead = 'decode, which makes samples of it that can be cut, or convert it to WAV';
  if (FORMATS[container] === undefined) {
    const allowed = 'wav, mp3, ogg, m4a or pcm';
    return toValidationError({ path: 'input', value: container, allowed, instead });
  }
  const isLong = seconds !== undefined && seconds > fileSeconds;
  const allowed = isLong
    ? `up to ${fileSeconds} seconds of ${container} in one call, and this has more`
    : `up to ${TRANSCRIPTION_FILE_LIMIT} bytes of ${container} in one call, and this has more`;
  return toValidationError({
    path: 'input',
    value: isLong ? Math.round(seconds) : bytes,
    allowed,
    instead,
  });
}

function containerOf(format: TranscriptionFormat | undefined): AudioContainer | undefined {
  if (format === undefined || format === 'pcm') return undefined;
  return format === 'm4a' ? 'mp4' : format;
}

/** The first pieces, with so many bytes or all there are. */
async function readAhead(source: ByteReader, bytes: number): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for (let length = 0; length < bytes;) {
    const piece = await source.read();
    if (piece === undefined) break;
    pieces.push(piece);
    length += piece.length;
  }
  return pieces;
}

function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
