import { ValidationError } from '../errors.ts';

/**
 * A low-pass filter cut into one short filter per fraction of an input sample at which an output sample can fall.
 * Output `m` falls on input time `m × down / up`; its phase is `m × down mod up`.
 */
export type PolyphaseFilter = {
  /** The ratio of the rates in lowest terms: `up / down` = to / from. */
  up: number;
  down: number;
  /** Coefficients in each phase, even; the window starts `taps / 2 − 1` input samples before the output's time. */
  taps: number;
  /** `up × taps` values, phase after phase. Doubles: V8 widens a float at every read, which costs a third of the speed. */
  coefficients: Float64Array;
};

/**
 * Reach of the window to each side, in samples of the lower rate. 16 leave images at −84 dB, 48 cost half as much
 * again for what 16 bits cannot hold.
 */
const HALF_WIDTH = 32;
/** What the window keeps out of the stop band: 7 dB of reserve over the 105 that the tests ask for. */
const STOP_BAND_DB = 112;
/** Kaiser's formula for the window's shape at that attenuation (Oppenheim & Schafer, Discrete-Time Signal Processing). */
const KAISER_BETA = 0.1102 * (STOP_BAND_DB - 8.7);
/**
 * The −6 dB point, of the lower Nyquist frequency. With the window above, the transition runs from 0.86 to 1.08: flat
 * to 85 %, and what folds back lands above 92 %.
 */
const CUTOFF = 0.97;

/** 8 MB of coefficients; the worst ordinary pair, 44 100 → 8000 or 8000 → 44 100, needs 28 224. */
const MAX_COEFFICIENTS = 2 ** 20;
const MAX_CACHED_FILTERS = 24;

const filters = new Map<string, PolyphaseFilter>();

/**
 * The filter for a pair of rates, computed at first use and then kept. Throws `ValidationError` where the rates have so
 * small a common divisor that the table would be unreasonably large.
 */
export function polyphaseFilter(from: number, to: number): PolyphaseFilter {
  const divisor = greatestCommonDivisor(from, to);
  const up = to / divisor;
  const down = from / divisor;
  const key = `${up}/${down}`;
  const known = filters.get(key);
  if (known) return known;

  const taps = 2 * Math.ceil(HALF_WIDTH * Math.max(1, down / up));
  if (up * taps > MAX_COEFFICIENTS) {
    throw new ValidationError(
      `Converting ${from} Hz to ${to} Hz needs ${up * taps} filter coefficients, more than ${MAX_COEFFICIENTS}: the rates' common divisor, ${divisor}, is too small. Use a rate nearby that shares a larger one.`,
      { path: 'to', value: to, allowed: 'rates with a large common divisor, such as 100' },
    );
  }
  const filter = { up, down, taps, coefficients: designFilter(up, down, taps) };
  if (filters.size >= MAX_CACHED_FILTERS) {
    for (const oldest of filters.keys()) {
      filters.delete(oldest);
      break;
    }
  }
  filters.set(key, filter);
  return filter;
}

function designFilter(up: number, down: number, taps: number): Float64Array {
  const coefficients = new Float64Array(up * taps);
  const half = taps / 2;
  const cutoff = CUTOFF * Math.min(1, up / down);
  for (let phase = 0; phase < up; phase++) {
    const filter = coefficients.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const distance = k - (half - 1) - phase / up;
      const tap = sinc(cutoff * distance) * kaiser(distance / half);
      filter[k] = tap;
      sum += tap;
    }
    // The same gain in every phase, or a constant input would come out with a ripple.
    for (let k = 0; k < taps; k++) filter[k]! /= sum;
  }
  return coefficients;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The Kaiser window, without its constant factor; `position` runs from −1 to 1. */
function kaiser(position: number): number {
  return besselI0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - position * position)));
}

/** The modified Bessel function of the first kind and order zero, by its power series. */
function besselI0(x: number): number {
  const quarterSquare = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 2e-17; k++) {
    term *= quarterSquare / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
