import { resample, type Pcm } from '@stepvoice/core/audio';

/**
 * Pearson's correlation of a sound with what was decoded, from `leadingSamples` of the decoded one on. Nothing is searched
 * for: a sound that comes a few samples early or late does not correlate.
 */
export function correlation(sound: Pcm, decoded: Pcm, leadingSamples = 0): number {
  const original = resample(sound.samples, sound.sampleRate, decoded.sampleRate);
  const heard = decoded.samples.subarray(leadingSamples);
  const length = Math.min(original.length, heard.length);
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < length; i += 1) {
    xx += original[i]! ** 2;
    yy += heard[i]! ** 2;
    xy += original[i]! * heard[i]!;
  }
  return xy / Math.sqrt(xx * yy);
}
