import { Worker } from 'node:worker_threads';
import type { Compression, DecoderAnswer, DecoderTask } from './decoder-messages.ts';
import type { Sound } from './sound.ts';
import { UndecodableAudioError } from './undecodable-audio-error.ts';

/** An hour and a half at 48 kHz, four and a half at 16 kHz: 512 MiB. */
const MOST_SAMPLES = 2 ** 28;
/** A hundred megabytes of MP3 take a fifth of this. */
const TIME_LIMIT_MS = 120_000;

export type CompressedAudioOptions = {
  compression: Compression;
  /** Whether the channels are to be kept apart and not mixed. */
  keepChannels: boolean;
  signal?: AbortSignal | undefined;
};

/**
 * Decodes a compressed file in a thread of its own: a long one holds nobody up, and a decoder that a broken one leads
 * astray is ended.
 *
 * @throws {UndecodableAudioError} and the signal's reason.
 */
export async function decodeCompressed(
  bytes: Uint8Array,
  { compression, keepChannels, signal }: CompressedAudioOptions,
): Promise<Sound> {
  signal?.throwIfAborted();
  const task: DecoderTask = { compression, bytes, keepChannels, mostSamples: MOST_SAMPLES };
  const worker = startDecoder(task);
  try {
    const answer = await answerOf(worker, signal);
    if (answer.type === 'sound') return answer;
    if (answer.type === 'too-long') {
      throw new UndecodableAudioError('too-long', 'the audio is longer than can be decoded here');
    }
    throw invalid(compression);
  } finally {
    await worker.terminate();
  }
}

function answerOf(worker: Worker, signal: AbortSignal | undefined): Promise<DecoderAnswer> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(() => {
      reject(new UndecodableAudioError('too-long', 'the audio takes too long to decode'));
    }, TIME_LIMIT_MS);
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      reject(new Error(`the decoding thread has ended with exit code ${code}`));
    });
  });
}

const NAMES: Readonly<Record<Compression, string>> = {
  mp3: 'mp3',
  opus: 'Ogg Opus',
  vorbis: 'Ogg Vorbis',
  flac: 'flac',
  'ogg-flac': 'FLAC in Ogg',
};

function invalid(compression: Compression): UndecodableAudioError {
  return new UndecodableAudioError('invalid', `the audio is not readable ${NAMES[compression]}`);
}

function startDecoder(task: DecoderTask): Worker {
  // Compiled or not, the thread's file has the extension of this one; sources find the sources of their neighbours.
  const isSource = import.meta.url.endsWith('.ts');
  return new Worker(new URL(`./decoder-thread.${isSource ? 'ts' : 'js'}`, import.meta.url), {
    workerData: task,
    execArgv: isSource
      ? ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning']
      : [],
    // Decoders print what they think of a file.
    stdout: true,
    stderr: true,
  });
}
