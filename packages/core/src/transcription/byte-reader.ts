import type { Pcm } from '../audio/pcm.ts';
import { isSampleRate } from '../audio/sample-rate.ts';
import { toValidationError } from '../protocol/validation-error.ts';
import type { TranscriptionInput } from './transcription-options.ts';

/** Bytes as they come, to be read once, one piece at a time. */
export interface ByteReader {
  /** Where it is known. */
  readonly totalBytes: number | undefined;
  /** The next piece, or `undefined` at the end. Rejects with what the caller's own stream fails with. */
  read(): Promise<Uint8Array | undefined>;
  /** Lets go of the rest. */
  cancel(): void;
}

/** Whole bytes are handed on in pieces, so that nothing is worked on all at once: 8 s at 16 kHz. */
const PIECE_BYTES = 256 * 1024;
const ALLOWED =
  'bytes (Uint8Array, ArrayBuffer, Blob, or a stream of Uint8Array), or { samples, sampleRate }';

/** @throws {ValidationError} for a rate that cannot be. */
export function isPcm(input: TranscriptionInput): input is Pcm {
  if (!isObject(input) || !('samples' in input)) return false;
  if (!(input.samples instanceof Int16Array) || !isSampleRate(input.sampleRate)) {
    throw toValidationError({ path: 'input', value: undefined, allowed: ALLOWED });
  }
  return true;
}

/** @throws {ValidationError} for anything that holds no bytes. */
export function toByteReader(input: Exclude<TranscriptionInput, Pcm>): ByteReader {
  if (input instanceof Uint8Array) return new WholeReader(input);
  if (input instanceof ArrayBuffer) return new WholeReader(new Uint8Array(input));
  if (isObject(input)) {
    if ('getReader' in input && typeof input.getReader === 'function') {
      return new StreamReader(input as ReadableStream<Uint8Array>, undefined);
    }
    if ('stream' in input && typeof input.stream === 'function') {
      const blob = input as Blob;
      return new StreamReader(blob.stream(), blob.size);
    }
    if (Symbol.asyncIterator in input)
      return new IteratorReader(input as AsyncIterable<Uint8Array>);
  }
  throw toValidationError({ path: 'input', value: typeof input, allowed: ALLOWED });
}

/** What has been read of a source already, and then the rest. */
export function prepend(first: readonly Uint8Array[], source: ByteReader): ByteReader {
  const ahead = [...first];
  return {
    totalBytes: source.totalBytes,
    read: () => {
      const piece = ahead.shift();
      return piece === undefined ? source.read() : Promise.resolve(piece);
    },
    cancel: () => source.cancel(),
  };
}

/** For somebody else to iterate over. Leaving it early lets go of the source. */
export async function* toAsyncIterable(source: ByteReader): AsyncGenerator<Uint8Array, void> {
  try {
    for (let piece = await source.read(); piece !== undefined; piece = await source.read()) {
      yield piece;
    }
  } finally {
    source.cancel();
  }
}

class WholeReader implements ByteReader {
  readonly totalBytes: number;
  #rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.totalBytes = bytes.length;
    this.#rest = bytes;
  }

  read(): Promise<Uint8Array | undefined> {
    const piece = this.#rest.subarray(0, PIECE_BYTES);
    this.#rest = this.#rest.subarray(PIECE_BYTES);
    return Promise.resolve(piece.length === 0 ? undefined : piece);
  }

  cancel(): void {
    this.#rest = this.#rest.subarray(0, 0);
  }
}

class StreamReader implements ByteReader {
  readonly totalBytes: number | undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>, totalBytes: number | undefined) {
    this.totalBytes = totalBytes;
    if (stream.locked) {
      throw toValidationError({
        path: 'input',
        value: undefined,
        allowed: 'a stream that nobody else reads',
      });
    }
    this.#reader = stream.getReader();
  }

  async read(): Promise<Uint8Array | undefined> {
    const { value, done } = await this.#reader.read();
    return done ? undefined : checkPiece(value);
  }

  cancel(): void {
    // A stream that has failed has told so to whoever read it.
    this.#reader.cancel().catch(() => undefined);
  }
}

class IteratorReader implements ByteReader {
  readonly totalBytes = undefined;
  readonly #iterable: AsyncIterable<Uint8Array>;
  #iterator: AsyncIterator<Uint8Array> | undefined;

  constructor(iterable: AsyncIterable<Uint8Array>) {
    this.#iterable = iterable;
  }

  async read(): Promise<Uint8Array | undefined> {
    this.#iterator ??= this.#iterable[Symbol.asyncIterator]();
    const { value, done } = await this.#iterator.next();
    return done === true ? undefined : checkPiece(value);
  }

  cancel(): void {
    // A generator that waits for something answers when it has come: nobody waits for that.
    Promise.resolve(this.#iterator?.return?.()).catch(() => undefined);
  }
}

function checkPiece(piece: unknown): Uint8Array {
  // A stream may use the memory of a piece again. (slice() of a Node Buffer is a view.)
  if (piece instanceof Uint8Array) return new Uint8Array(piece);
  throw toValidationError({
    path: 'input',
    value: typeof piece,
    allowed: 'a stream whose pieces are Uint8Array',
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
