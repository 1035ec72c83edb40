import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { encodePcm16, sniffContainer } from '@stepvoice/core/audio';
import type { TranscriptionInput, TranscriptionStreamOptions } from '@stepvoice/core/node';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';
import { reasonOf } from '../system-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { DECODED_RATE } from './decode-sound.ts';
import type { SoundDecoder } from './decode-sound.ts';
import { readPipe } from './read-pipe.ts';

/** Sound that is to be understood. */
export type SoundSource = {
  /** For messages: a file's name, or "standard input". */
  readonly name: string;
  /** Of a file that can be read at any place. */
  readonly path: string | undefined;
  readonly bytes: Blob | AsyncIterable<Uint8Array>;
};

/** Raw PCM, as the user says. */
export type RawSound = { sampleRate: number; channels: number };

/** What the client is to be given. */
export type TranscribableSound = {
  input: TranscriptionInput;
  options: Pick<TranscriptionStreamOptions, 'format' | 'sampleRate' | 'channels' | 'decode'>;
};

/** Enough for two frames of MP3 and for every mark of a container. */
const SNIFFED_BYTES = 2048;

/**
 * Finds the sound of a name: a file, a pipe, or `-` for standard input.
 *
 * @throws {UsageError} where it cannot be read.
 */
export async function findSound(
  name: string,
  { stdin }: Terminal,
  t: Translate,
): Promise<SoundSource> {
  if (name === '-' || name === '/dev/stdin') {
    if (stdin.isTTY) throw new UsageError(t('error.soundFromTerminal'), t('advice.sound'));
    return { name: t('label.standardInput'), path: undefined, bytes: stdin };
  }
  let found;
  try {
    found = await stat(name);
  } catch (error) {
    throw new UsageError(
      t('error.fileUnreadable', { file: name, reason: reasonOf(error, t) }),
      name === 'mic' ? undefined : t('advice.sound'),
    );
  }
  if (found.isDirectory()) throw new UsageError(t('error.soundFolder', { file: name }));
  if (found.isFIFO()) return { name, path: undefined, bytes: readPipe(name) };
  if (!found.isFile()) return { name, path: undefined, bytes: createReadStream(name) };
  try {
    return { name, path: name, bytes: await openAsBlob(name) };
  } catch (error) {
    throw new UsageError(t('error.fileUnreadable', { file: name, reason: reasonOf(error, t) }));
  }
}

/**
 * Finds out what a sound is: what the service takes goes as it is, anything else through ffmpeg.
 *
 * @throws {UsageError} for raw PCM without a rate, and for what nobody here can read.
 */
export async function toTranscribable(
  source: SoundSource,
  raw: RawSound | undefined,
  decoder: SoundDecoder | undefined,
  signal: AbortSignal,
  t: Translate,
): Promise<TranscribableSound> {
  const { name, path: file } = source;
  if (raw !== undefined) return { input: source.bytes, options: { format: 'pcm', ...raw } };
  if (/^\.(pcm|raw)$/i.test(path.extname(file ?? ''))) {
    throw new UsageError(t('error.rawWithoutRate', { file: name }), t('advice.rawRate'));
  }
  const { head, bytes } = await readHead(source.bytes);
  if (head.length === 0) throw new UsageError(t('error.soundEmpty', { file: name }));
  const container = sniffContainer(head);
  if (container === undefined || (container === 'mp4' && isFilm(head) && decoder !== undefined)) {
    if (decoder === undefined) {
      throw new UsageError(t('error.soundUnknown', { file: name }), t('advice.soundUnknown'));
    }
    const decoded = decoder({ name, input: file ?? toIterable(bytes), signal });
    return { input: toBytes(decoded), options: { format: 'pcm', sampleRate: DECODED_RATE } };
  }
  if (decoder === undefined) return { input: bytes, options: {} };
  const decode: TranscriptionStreamOptions['decode'] = (rest, context) =>
    decoder({ name, input: file ?? rest, signal: context.signal });
  return { input: bytes, options: { decode } };
}

/** A film is much larger than its sound, which alone is wanted. */
function isFilm(head: Uint8Array): boolean {
  return !/^M4[AB]/.test(String.fromCharCode(...head.subarray(8, 12)));
}

type Bytes = Blob | AsyncIterable<Uint8Array>;

async function readHead(bytes: Bytes): Promise<{ head: Uint8Array; bytes: Bytes }> {
  if (bytes instanceof Blob) {
    const head = await bytes.slice(0, SNIFFED_BYTES).arrayBuffer();
    return { head: new Uint8Array(head), bytes };
  }
  const iterator = bytes[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  for (let length = 0; length < SNIFFED_BYTES;) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    pieces.push(value);
    length += value.length;
  }
  const head = Buffer.concat(pieces);
  return { head, bytes: chain(head, iterator) };
}

async function* chain(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield head;
    for (;;) {
      const { value, done } = await rest.next();
      if (done === true) return;
      yield value;
    }
  } finally {
    // What waits for something answers when it has come: nobody waits for that.
    rest.return?.().catch(() => {});
  }
}

function toIterable(bytes: Bytes): AsyncIterable<Uint8Array> {
  return bytes instanceof Blob ? (bytes.stream() as AsyncIterable<Uint8Array>) : bytes;
}

async function* toBytes(decoded: ReturnType<SoundDecoder>): AsyncGenerator<Uint8Array, void, void> {
  for await (const { samples } of decoded) {
    yield encodePcm16(samples);
  }
}
