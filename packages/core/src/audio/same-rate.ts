import { ValidationError } from '../errors.ts';

/**
 * Throws `ValidationError` unless `value`, given by the caller as `path`, is the rate of the sound it is to be joined
 * with.
 */
export function checkSameRate(value: number, sampleRate: number, path: string): void {
  if (value === sampleRate) return;
  throw new ValidationError(
    `${path} is ${value} and the first sound has ${sampleRate} Hz; they must be the same. Convert one of them with resample.`,
    { path, value, allowed: `${sampleRate} hertz`, instead: 'resample' },
  );
}
