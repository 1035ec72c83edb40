/**
 * The highest absolute sample in decibels of full scale: 0 for −32768, −90.3 for ±1, `-Infinity` for silence and for no
 * samples at all.
 */
export function peakDbfs(samples: Int16Array): number {
  let peak = 0;
  for (let i = 0; i < samples.length; i++) {
    const magnitude = Math.abs(samples[i]!);
    if (magnitude > peak) peak = magnitude;
  }
  return 20 * Math.log10(peak / 32768);
}

/**
 * The root mean square in decibels of full scale, on the same scale as `peakDbfs`: a square wave at full scale reads 0, a
 * sine −3.01 (AES17 meters, which call the full-scale sine 0, read 3.01 more). `-Infinity` for silence and for no samples.
 */
export function rmsDbfs(samples: Int16Array): number {
  if (samples.length === 0) return -Infinity;
  let energy = 0;
  for (let i = 0; i < samples.length; i++) energy += samples[i]! * samples[i]!;
  return 10 * Math.log10(energy / samples.length / 32768 ** 2);
}
