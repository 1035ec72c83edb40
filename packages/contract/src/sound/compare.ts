import { resample } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';

export type Comparison = {
  /** How much later the second sound is, in milliseconds. */
  lagMs: number;
  /** Pearson's correlation of the two at that lag, −1 to 1. */
  correlation: number;
  /** How much longer the second sound is, in milliseconds. */
  longerMs: number;
};

const COMPARED_RATE = 8000;
const MOST_LAG_MS = 60;

/**
 * Compares two sounds as sounds: aligned where they fit best, at a rate that both can hold, so that a codec's low-pass
 * does not count as a difference.
 *
 * @param delaySamples silence that the codec is known to put before the second sound; it is taken off first
 */
export function compareSound(reference: Pcm, decoded: Pcm, delaySamples = 0): Comparison {
  const heard = { ...decoded, samples: decoded.samples.subarray(delaySamples) };
  const a = resample(reference.samples, reference.sampleRate, COMPARED_RATE);
  const b = resample(heard.samples, heard.sampleRate, COMPARED_RATE);
  const most = Math.round((MOST_LAG_MS / 1000) * COMPARED_RATE);
  let lag = 0;
  let correlation = -1;
  for (let candidate = -most; candidate <= most; candidate += 1) {
    const at = correlate(a, b, candidate, 4);
    if (at > correlation) [lag, correlation] = [candidate, at];
  }
  return {
    lagMs: (lag / COMPARED_RATE) * 1000,
    correlation: correlate(a, b, lag, 1),
    longerMs:
      (heard.samples.length / heard.sampleRate - reference.samples.length / reference.sampleRate) *
      1000,
  };
}

/** Pearson's correlation of `a[i]` and `b[i + lag]`, from every `step`-th sample. */
function correlate(a: Int16Array, b: Int16Array, lag: number, step: number): number {
  const from = Math.max(0, -lag);
  const to = Math.min(a.length, b.length - lag);
  let count = 0;
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let i = from; i < to; i += step) {
    const x = a[i]!;
    const y = b[i + lag]!;
    count += 1;
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const covariance = sumAB - (sumA * sumB) / count;
  const spread = Math.sqrt((sumAA - sumA ** 2 / count) * (sumBB - sumB ** 2 / count));
  return spread === 0 ? 0 : covariance / spread;
}

/** Longest run of samples at or below `threshold` inside the sound, its ends left out, in milliseconds. */
export function longestGapMs({ samples, sampleRate }: Pcm, threshold = 0): number {
  let longest = 0;
  let run = 0;
  let heard = false;
  for (const sample of samples) {
    if (Math.abs(sample) > threshold) {
      if (heard) longest = Math.max(longest, run);
      heard = true;
      run = 0;
    } else {
      run += 1;
    }
  }
  return (longest / sampleRate) * 1000;
}
