import { encodeBase64 } from '../audio/base64.ts';
import { containerMediaType, sniffContainer } from '../audio/container.ts';
import type { Pcm } from '../audio/pcm.ts';
import { WavReader } from '../audio/wav-reader.ts';
import { writeWav } from '../audio/wav-writer.ts';
import { StepAudioError } from '../errors.ts';
import type { ChatSound } from '../protocol/chat-rules.ts';
import { toValidationError } from '../protocol/validation-error.ts';

/** A sound of a message as a file that the service takes. */
export type MessageSound = { bytes: Uint8Array; container: 'wav' | 'mp3' };

/** Sound begins long before; a file that has none by then does not say how long it is. */
const HEADER_BYTES = 64 * 1024;

/** @throws {ValidationError} for what is neither a WAV or MP3 file nor samples. */
export function toMessageSound(audio: Uint8Array | Pcm, path: string): MessageSound {
  const allowed = 'the bytes of a WAV or MP3 file, or samples with their sampleRate';
  if (audio instanceof Uint8Array) {
    const container = sniffContainer(audio);
    if (container === 'wav' || container === 'mp3') return { bytes: audio, container };
    throw toValidationError({
      path,
      value: container ?? { bytes: audio.length },
      allowed,
      instead: container === undefined ? '{ samples, sampleRate } for raw PCM' : 'decoded samples',
    });
  }
  const isPcm = typeof audio === 'object' && audio !== null && audio.samples instanceof Int16Array;
  if (!isPcm || audio.samples.length === 0) {
    throw toValidationError({ path, value: undefined, allowed });
  }
  return { bytes: writeWav(audio), container: 'wav' };
}

export function describeSound({ bytes, container }: MessageSound, path: string): ChatSound {
  const seconds = container === 'wav' ? secondsOfWav(bytes) : undefined;
  return { path, container, seconds, length: 4 * Math.ceil(bytes.length / 3) };
}

export function toDataUrl({ bytes, container }: MessageSound): string {
  return `data:${containerMediaType(container)};base64,${encodeBase64(bytes)}`;
}

/** About: whatever the file holds besides sound is counted as sound. */
function secondsOfWav(bytes: Uint8Array): number | undefined {
  const reader = new WavReader();
  try {
    reader.push(bytes.subarray(0, HEADER_BYTES));
  } catch (error) {
    // What cannot be read here may still be read by the service.
    if (StepAudioError.isInstance(error)) return undefined;
    throw error;
  }
  const { format } = reader;
  if (format === undefined) return undefined;
  return bytes.length / ((format.sampleRate * format.channels * format.bitsPerSample) / 8);
}
