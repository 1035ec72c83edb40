import { applyGain } from '../gain.ts';
import type { Pcm } from '../pcm.ts';
import { checkRange } from '../check-range.ts';
import { measureLoudness, type Loudness, type LoudnessOptions } from './loudness-meter.ts';

/** What EBU R 128 allows: lossy codecs and resamplers find the rest of the way to 0. */
const CEILING_DBTP = -1;

export type NormalizeLoudnessOptions = LoudnessOptions & {
  /** The true peak that is not passed, in decibels of full scale, −20 to 0. Default −1. */
  ceilingDbtp?: number | undefined;
};

/**
 * The gain in decibels that brings a sound to `targetLufs` (−70 to 0), or as near as its true peak may come to the
 * ceiling. 0 for silence and for what is too short to have a loudness.
 *
 * Throws `ValidationError` for a target or a ceiling out of range.
 */
export function loudnessGainDb(
  { integratedLufs, truePeakDbtp }: Pick<Loudness, 'integratedLufs' | 'truePeakDbtp'>,
  targetLufs: number,
  { ceilingDbtp = CEILING_DBTP }: Pick<NormalizeLoudnessOptions, 'ceilingDbtp'> = {},
): number {
  checkRange(targetLufs, 'targetLufs', { least: -70, most: 0, unit: 'LUFS' });
  checkRange(ceilingDbtp, 'ceilingDbtp', { least: -20, most: 0, unit: 'dBTP' });
  if (!Number.isFinite(integratedLufs)) return 0;
  return Math.min(targetLufs - integratedLufs, ceilingDbtp - truePeakDbtp);
}

/**
 * The sound at `targetLufs`, by one gain for the whole, so that its dynamics stay as they are: where its peaks do not
 * leave the room, it stays softer. A copy; see `loudnessGainDb` for what is thrown.
 */
export function normalizeLoudness(
  pcm: Pcm,
  targetLufs: number,
  options: NormalizeLoudnessOptions = {},
): Pcm {
  const gainDb = loudnessGainDb(measureLoudness(pcm, options), targetLufs, options);
  return { samples: applyGain(pcm.samples, gainDb), sampleRate: pcm.sampleRate };
}
