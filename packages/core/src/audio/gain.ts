import { roundToInt16 } from './pcm.ts';
import { checkRange } from './check-range.ts';

/** More than from the loudest sample to the softest and back. */
const MOST_GAIN_DB = 200;

/**
 * The factor on samples of a gain in decibels; `-Infinity` is silence. Throws `ValidationError` above 200 and for
 * NaN.
 */
export function gainFactor(gainDb: number, path: string): number {
  checkRange(gainDb, path, { least: -Infinity, most: MOST_GAIN_DB, unit: 'decibels' });
  return 10 ** (gainDb / 20);
}

/**
 * The samples louder or softer by so many decibels, as a copy: rounded, and held at full scale where they would pass
 * it. 0 changes nothing, `-Infinity` gives silence. Throws `ValidationError` for a gain that is not a number or above
 * 200.
 */
export function applyGain(samples: Int16Array, gainDb: number): Int16Array<ArrayBuffer> {
  const factor = gainFactor(gainDb, 'gainDb');
  const { length } = samples;
  const output = new Int16Array(length);
  for (let i = 0; i < length; i++) output[i] = roundToInt16(samples[i]! * factor);
  return output;
}
