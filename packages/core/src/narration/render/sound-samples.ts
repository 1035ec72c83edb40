import { ProtocolError } from '../../errors.ts';
import type { AudioClip } from '../../audio/output/audio-output.ts';
import type { Pcm } from '../../audio/pcm.ts';

/**
 * The samples of a unit of speech.
 *
 * @throws {ProtocolError} `sample_rate_change` where they have another rate than the file.
 */
export function toSamples(sound: Pcm | AudioClip, sampleRate: number): Int16Array {
  if ('samples' in sound && sound.sampleRate === sampleRate) return sound.samples;
  const got = 'samples' in sound ? `${sound.sampleRate} Hz` : sound.mediaType;
  throw new ProtocolError(
    `Speech came as ${got} for a file of samples at ${sampleRate} Hz. Render with the sample rate that the cache was filled at.`,
    { code: 'sample_rate_change' },
  );
}
