export type Statistic = 'best' | 'median';
export type Better = 'lower' | 'higher';

/** The value below which the given share (0 to 1) of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError('percentile of no samples');
  const sorted = samples.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? 0;
  return below + (above - below) * (position - Math.floor(position));
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

export function summarize(
  samples: readonly number[],
  statistic: Statistic,
  better: Better,
): number {
  if (statistic === 'median') return median(samples);
  return better === 'lower' ? Math.min(...samples) : Math.max(...samples);
}

/** Distance of the best and the worst run, relative to the smaller of the two. */
export function spreadOf(samples: readonly number[]): number {
  const low = Math.min(...samples);
  const high = Math.max(...samples);
  return high === low ? 0 : (high - low) / Math.max(Math.abs(low), Number.EPSILON);
}
