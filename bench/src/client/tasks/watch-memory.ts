const SAMPLE_MS = 20;

/**
 * Follows the resident memory of this process. The system's own record of the peak would do, but on Linux a new process
 * starts with the one of the process that made it.
 */
export function watchMemory(): { peakBytes: () => number } {
  let peak = process.memoryUsage.rss();
  const look = (): number => (peak = Math.max(peak, process.memoryUsage.rss()));
  setInterval(look, SAMPLE_MS).unref();
  return { peakBytes: look };
}
