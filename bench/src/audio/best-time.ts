/** Longer than a compiler needs to be done with a loop. */
const WARM_UP_MS = 150;
const CALIBRATION_MS = 40;
const MEASURED_MS = 350;
/** A browser's clock moves in steps of a tenth of a millisecond, which must not count. */
const SHORTEST_MS = 8;

/** Milliseconds of a run, by the quickest of many stretches of runs: other work of the machine only ever adds to one. */
export function bestTime(run: () => unknown): number {
  countRuns(run, WARM_UP_MS);
  const runs = Math.ceil((countRuns(run, CALIBRATION_MS) * SHORTEST_MS) / CALIBRATION_MS);
  let best = Infinity;
  const until = performance.now() + MEASURED_MS;
  do {
    const startedAt = performance.now();
    for (let i = 0; i < runs; i++) run();
    best = Math.min(best, (performance.now() - startedAt) / runs);
  } while (performance.now() < until);
  return best;
}

/** How often it runs in so many milliseconds. */
function countRuns(run: () => unknown, ms: number): number {
  const until = performance.now() + ms;
  let runs = 0;
  for (; performance.now() < until; runs++) run();
  return runs;
}

/** Bytes that no compiler and no cache can guess; the same on every run. */
export function noiseBytes(length: number): Uint8Array<ArrayBuffer> {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });
}
