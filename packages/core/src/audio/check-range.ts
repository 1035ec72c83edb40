import { ValidationError } from '../errors.ts';

/** Throws `ValidationError` unless `value`, given by the caller as `path`, lies within both bounds. */
export function checkRange(
  value: number,
  path: string,
  { least, most, unit }: { least: number; most: number; unit: string },
): void {
  if (value >= least && value <= most) return;
  const allowed = `${least} to ${most} ${unit}`;
  throw new ValidationError(`${path} is ${value}; it must be ${allowed}.`, {
    path,
    value,
    allowed,
  });
}
