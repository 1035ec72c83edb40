import { durationSeconds, sniffContainer } from '@stepvoice/core/audio';
import { CLONE_SECONDS } from '@stepvoice/core/protocol';
import { decodeAudio } from '../ear/decode-audio.ts';
import { UndecodableAudioError } from '../ear/undecodable-audio-error.ts';
import { clip, invalidParameters } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';
import type { VoiceTraits } from '../voice/index.ts';
import { estimateTraits } from './voice-traits.ts';

/** Where the documentation is not held to: no voice is in less, and nobody means more by a clip. */
const TOLERATED_SECONDS = [1, 60] as const;

/**
 * Listens to the stored file that a voice is to be cloned from.
 *
 * @throws {ApiError} 400 for a file that is not there, not stored for it, no mp3 or wav, too short or too long, and one in
 *   which nobody speaks.
 */
export async function hearReference(exchange: Exchange, fileId: string): Promise<VoiceTraits> {
  const { storedFiles, strict } = exchange.context;
  const file = storedFiles.get(fileId);
  if (file === undefined) throw invalidParameters(`file ${clip(fileId)} does not exist`);
  if (file.purpose !== 'storage') {
    throw invalidParameters(`file ${fileId} has purpose ${file.purpose}, expected storage`);
  }
  const container = sniffContainer(file.bytes);
  if (container !== 'wav' && container !== 'mp3') {
    throw invalidParameters(`file ${fileId} is not an mp3 or wav file`);
  }
  const pcm = await decode(file.bytes, exchange.signal);
  const seconds = durationSeconds(pcm);
  const [least, most] = strict ? CLONE_SECONDS : TOLERATED_SECONDS;
  if (seconds < least || seconds > most) {
    throw invalidParameters(
      `the audio lasts ${seconds.toFixed(2)} s, expected ${least} to ${most} s`,
    );
  }
  const traits = estimateTraits(pcm);
  if (traits === undefined) throw invalidParameters('no speech was found in the audio');
  return traits;
}

async function decode(bytes: Uint8Array, signal: AbortSignal) {
  try {
    return await decodeAudio(bytes, { signal });
  } catch (error) {
    if (!(error instanceof UndecodableAudioError)) throw error;
    throw invalidParameters(error.message);
  }
}
