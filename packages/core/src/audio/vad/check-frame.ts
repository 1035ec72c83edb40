import { ValidationError } from '../../errors.ts';

/** Throws `ValidationError` unless `samples`, given by the caller as `path`, are one whole frame. */
export function checkFrame(samples: Int16Array, frameSamples: number, path: string): void {
  if (samples.length === frameSamples) return;
  const allowed = `${frameSamples} samples`;
  throw new ValidationError(
    `${path} holds ${samples.length} samples; a frame of this detector is ${allowed} long. A SpeechDetector takes chunks of any size.`,
    { path, value: samples.length, allowed, instead: 'SpeechDetector' },
  );
}
