import { ValidationError } from '../errors.ts';

/** Whatever bytes come in: whole, or as a stream, which is read once. */
export type ByteSource =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

export type ByteSourceOptions = {
  /** The option the source was given in, for errors. */
  path: string;
  maxBytes: number;
  signal: AbortSignal | undefined;
};

/**
 * Reads a source into memory. Bytes that are whole already are not copied. A stream is given up at once when the signal
 * is aborted, and as soon as it has more than `maxBytes`.
 *
 * @throws {ValidationError} for what is no such source, for pieces that are no bytes, and for more than `maxBytes`.
 * @throws what the stream throws, and the signal's reason.
 */
export async function readByteSource(
  source: ByteSource,
  options: ByteSourceOptions,
): Promise<Uint8Array> {
  const { path, maxBytes, signal } = options;
  signal?.throwIfAborted();
  const size = sizeOf(source);
  if (size === undefined && !isStream(source)) {
    throw new ValidationError(
      `${path} is not allowed: it takes a Uint8Array, an ArrayBuffer, a Blob or a stream of bytes.`,
      { path, value: typeof source, allowed: 'bytes, a Blob or a stream of bytes' },
    );
  }
  if (size !== undefined && size > maxBytes) throw tooLarge(path, maxBytes);
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (isBlob(source)) {
    return new Uint8Array(await orAborted(source.arrayBuffer(), signal));
  }
  return readStream(source, options);
}

async function readStream(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  { path, maxBytes, signal }: ByteSourceOptions,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = openStream(source);
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await orAborted(reader.next(), signal);
      if (done === true) {
        isOver = true;
        break;
      }
      if (!(value instanceof Uint8Array)) {
        throw new ValidationError(`${path} is not allowed: its pieces must be Uint8Array.`, {
          path,
          value: typeof value,
          allowed: 'a stream whose pieces are Uint8Array',
        });
      }
      length += value.length;
      if (length > maxBytes) throw tooLarge(path, maxBytes);
      // A stream may use the memory of a piece again.
      pieces.push(value.slice());
    }
  } finally {
    // Not waited for: a stream that hangs would keep the caller.
    if (!isOver) reader.cancel();
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

type Reader = {
  next(): Promise<{ done?: boolean | undefined; value?: unknown }>;
  cancel(): void;
};

function openStream(source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): Reader {
  // Not every platform can iterate its streams.
  if ('getReader' in source) {
    const reader = source.getReader();
    return {
      next: () => reader.read(),
      cancel: () => void reader.cancel().catch(() => undefined),
    };
  }
  const iterator = source[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    cancel: () => void Promise.resolve(iterator.return?.()).catch(() => undefined),
  };
}

function sizeOf(source: ByteSource): number | undefined {
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return source.byteLength;
  return isBlob(source) ? source.size : undefined;
}

function isBlob(source: unknown): source is Blob {
  if (typeof source !== 'object' || source === null) return false;
  const { arrayBuffer, size } = source as { arrayBuffer?: unknown; size?: unknown };
  return typeof arrayBuffer === 'function' && typeof size === 'number';
}

function isStream(
  source: unknown,
): source is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> {
  return (
    typeof source === 'object' &&
    source !== null &&
    ('getReader' in source || Symbol.asyncIterator in source)
  );
}

function tooLarge(path: string, maxBytes: number): ValidationError {
  return new ValidationError(`${path} has more than the ${maxBytes} bytes that are allowed.`, {
    path,
    value: undefined,
    allowed: `at most ${maxBytes} bytes`,
  });
}

/** Settles as the work does, or rejects with the signal's reason as soon as that is aborted. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
