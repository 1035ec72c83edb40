import { setTimeout as sleep } from 'node:timers/promises';
import type { Pcm } from '@stepvoice/core/audio';
import type { CommandContext } from '../command-context.ts';
import { decodeWhole } from '../input/decode-whole.ts';
import { findSound } from '../input/sound-source.ts';

const PIECE_MS = 100;

/**
 * The sound of a file that is to be spoken into a conversation: WAV by itself, anything else through ffmpeg.
 *
 * @throws {UsageError} where it cannot be read, or is no sound.
 */
export async function readSpokenFile(name: string, context: CommandContext): Promise<Pcm> {
  const source = await findSound(name, context.terminal, context.t);
  const bytes = await collect(source.bytes);
  return decodeWhole({ name: source.name, path: source.path, bytes }, context);
}

/** The sound as somebody would speak it: piece by piece, in real time. */
export async function* paced(
  { samples, sampleRate }: Pcm,
  signal: AbortSignal,
): AsyncGenerator<Int16Array, void, void> {
  const length = Math.max(1, Math.round((sampleRate * PIECE_MS) / 1000));
  const startedAt = performance.now();
  for (let at = 0; at < samples.length; at += length) {
    const due = startedAt + (at / sampleRate) * 1000;
    await sleep(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
    yield samples.subarray(at, at + length);
  }
}

async function collect(bytes: Blob | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (bytes instanceof Blob) return new Uint8Array(await bytes.arrayBuffer());
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}
