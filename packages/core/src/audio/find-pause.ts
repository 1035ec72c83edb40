import { ValidationError } from '../errors.ts';
import { checkSampleRate } from './sample-rate.ts';

/** Smooths over one period of the lowest voices, so that the gap between two glottal pulses is no pause. */
const SMOOTHING_SECONDS = 0.01;
/** How exactly the level is looked at; what is left is for `quietJoin`. */
const STEP_SECONDS = 0.001;
/** So far below the loudest part of the window sound counts as silence: 40 dB, as a power. */
const SILENCE_RATIO = 1e-4;
/** Within a silence, the part that lies no more than 6 dB above its quietest place is its core, as a power. */
const CORE_RATIO = 4;
/** What 16 bits leave of nothing: dither and rounding, up to −78 dBFS, are all the same silence. */
const SILENCE_POWER = 4 ** 2;
/** The cut moves at most so far to where two samples meet near zero: half a period of a voice of 200 Hz. */
const JOIN_SECONDS = 0.0025;

/**
 * Where to cut a sound between two sentences: the index of the first sample behind the cut, in the middle of the
 * longest silence between `fromSeconds` and `toSeconds`. Without a silence it is where a mean over 10 ms is lowest.
 * Of equals, what lies nearest to the middle of the window. The sound before the cut and the sound from there on are
 * the whole.
 *
 * The window is taken as far as there is sound: one that is empty or inverted gives its middle, one that lies beyond
 * the sound gives the sound's end (or start). The result is from 0 to `samples.length`.
 *
 * @param samples 16-bit samples of one channel
 * @param sampleRate in Hz
 * @throws ValidationError if a time is not a number, or the rate is none.
 */
export function findPause(
  samples: Int16Array,
  sampleRate: number,
  fromSeconds: number,
  toSeconds: number,
): number {
  checkSampleRate(sampleRate, 'sampleRate');
  const toIndex = (seconds: number, path: string) => {
    checkTime(seconds, path);
    return Math.min(Math.max(Math.round(seconds * sampleRate), 0), samples.length);
  };
  const start = toIndex(fromSeconds, 'fromSeconds');
  const end = toIndex(toSeconds, 'toSeconds');
  if (end - start < 2) return Math.round((start + end) / 2);

  const step = Math.max(1, Math.round(STEP_SECONDS * sampleRate));
  const powers = smoothedPowers(samples, { start, end, step, sampleRate });
  const whole = { from: 0, to: powers.length };
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  const silence = longestBelow(powers, Math.max(loudest * SILENCE_RATIO, SILENCE_POWER), whole);
  const core = longestBelow(powers, coreThreshold(powers, silence ?? whole), silence ?? whole)!;
  // Place i of `powers` stands at sample start + i × step; the last may lie anywhere up to the window's end.
  const middle = Math.min(Math.round(start + ((core.from + core.to - 1) / 2) * step), end);
  return quietJoin(samples, middle, { start, end, reach: Math.round(JOIN_SECONDS * sampleRate) });
}

function checkTime(seconds: number, path: string): void {
  if (!Number.isNaN(seconds)) return;
  const allowed = 'seconds from the start of the sound';
  throw new ValidationError(`${path} is not a number; it must be ${allowed}.`, {
    path,
    value: seconds,
    allowed,
  });
}

/**
 * Mean powers around every `step`th sample of the window. What stands outside the window counts too, where there is
 * any.
 */
function smoothedPowers(
  samples: Int16Array,
  window: { start: number; end: number; step: number; sampleRate: number },
): Float64Array {
  const { start, end, step, sampleRate } = window;
  const half = Math.max(1, Math.round((SMOOTHING_SECONDS * sampleRate) / 2));
  const powers = new Float64Array(Math.floor((end - start) / step) + 1);
  // Sums of whole numbers: exact, so that silence after loud sound is silence.
  let sum = 0;
  let first = Math.max(0, start - half);
  let next = first;
  for (let i = 0; i < powers.length; i++) {
    const place = start + i * step;
    for (const to = Math.min(samples.length, place + half); next < to; next++) {
      sum += samples[next]! ** 2;
    }
    for (const from = Math.max(0, place - half); first < from; first++) sum -= samples[first]! ** 2;
    powers[i] = sum / (next - first);
  }
  return powers;
}

type Run = { from: number; to: number };

function coreThreshold(powers: Float64Array, { from, to }: Run): number {
  let least = Infinity;
  for (let i = from; i < to; i++) least = Math.min(least, powers[i]!);
  return Math.max(least * CORE_RATIO, SILENCE_POWER);
}

/** The longest run of places at or below the threshold, within another; of equals, the one nearest to its middle. */
function longestBelow(powers: Float64Array, threshold: number, within: Run): Run | undefined {
  let longest: Run | undefined;
  let start = within.from;
  const centre = within.from + within.to;
  const isBetter = (run: Run, than: Run) => {
    const longer = run.to - run.from - (than.to - than.from);
    if (longer !== 0) return longer > 0;
    return Math.abs(run.from + run.to - centre) < Math.abs(than.from + than.to - centre);
  };
  for (let i = within.from; i < within.to; i++) {
    if (powers[i]! > threshold) {
      start = i + 1;
      continue;
    }
    const run = { from: start, to: i + 1 };
    if (!longest || isBetter(run, longest)) longest = run;
  }
  return longest;
}

/**
 * The cut near `middle` at which the samples on both sides are smallest, so that either half can start or end there.
 */
function quietJoin(
  samples: Int16Array,
  middle: number,
  { start, end, reach }: { start: number; end: number; reach: number },
): number {
  const size = (cut: number) => Math.abs(samples[cut - 1] ?? 0) + Math.abs(samples[cut] ?? 0);
  let best = middle;
  for (let distance = 1; distance <= reach; distance++) {
    for (const cut of [middle - distance, middle + distance]) {
      if (cut >= start && cut <= end && size(cut) < size(best)) best = cut;
    }
  }
  return best;
}
