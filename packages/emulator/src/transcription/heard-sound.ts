import { createHash } from 'node:crypto';
import { decodeBase64, durationSeconds } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import { decodeAudio } from '../ear/decode-audio.ts';
import type { DecodeOptions } from '../ear/decode-audio.ts';
import { UndecodableAudioError } from '../ear/undecodable-audio-error.ts';
import { ApiError, invalidParameters } from '../http/api-error.ts';

/** Less is reported to end in a refusal. */
const SHORTEST_SECONDS = 0.1;
/** Rates that can be converted. */
const LOWEST_RATE = 1000;
const HIGHEST_RATE = 768_000;

/** @throws {ApiError} 400 for what is no base64, and for a data URL. */
export function decodeAudioField(text: string, path: string): Uint8Array {
  if (/^\s*data:/i.test(text)) {
    throw invalidParameters(
      `${path} is not valid: expected base64 without the prefix of a data URL`,
    );
  }
  try {
    return decodeBase64(text);
  } catch {
    throw invalidParameters(`${path} is not valid: expected base64`);
  }
}

/** @throws {ApiError} 400 for what is no sound, too little of it, or more than `mostSeconds`; and the signal's reason. */
export async function decodeSound(
  bytes: Uint8Array,
  options: DecodeOptions & { mostSeconds?: number | undefined },
): Promise<Pcm> {
  const { sampleRate, mostSeconds = Infinity } = options;
  if (sampleRate !== undefined && (sampleRate < LOWEST_RATE || sampleRate > HIGHEST_RATE)) {
    throw invalidParameters(
      `a rate of ${sampleRate} Hz is not valid: expected ${LOWEST_RATE} to ${HIGHEST_RATE}`,
    );
  }
  let sound: Pcm;
  try {
    sound = await decodeAudio(bytes, options);
  } catch (error) {
    if (!(error instanceof UndecodableAudioError)) throw error;
    throw error.reason === 'unsupported'
      ? new ApiError(400, 'unsupported_content_type', error.message)
      : invalidParameters(error.message);
  }
  const seconds = durationSeconds(sound);
  if (seconds < SHORTEST_SECONDS) {
    throw invalidParameters(
      `the audio is too short: expected at least ${SHORTEST_SECONDS * 1000} ms`,
    );
  }
  if (seconds > mostSeconds) {
    throw invalidParameters(`the audio is too long: expected at most ${mostSeconds} seconds`);
  }
  return sound;
}

/** By which transcripts may name a file. */
export function checksum(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
