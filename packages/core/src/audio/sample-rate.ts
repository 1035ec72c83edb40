import { ValidationError } from '../errors.ts';

/** Below this no speech is left; nothing the service or a sound device offers comes near it. */
export const MIN_SAMPLE_RATE = 1000;
/** The highest rate of any converter on sale. */
export const MAX_SAMPLE_RATE = 768_000;

/** Whether `value` is a whole number of hertz from 1000 to 768 000. */
export function isSampleRate(value: number): boolean {
  return Number.isInteger(value) && value >= MIN_SAMPLE_RATE && value <= MAX_SAMPLE_RATE;
}

/** Throws `ValidationError` unless `value`, given by the caller as `path`, is a plausible sample rate. */
export function checkSampleRate(value: number, path: string): void {
  if (isSampleRate(value)) return;
  const allowed = `a whole number of hertz from ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE}`;
  throw new ValidationError(`${path} is ${value}; it must be ${allowed}.`, {
    path,
    value,
    allowed,
  });
}
