import { ValidationError } from '../errors.ts';
import { roundToInt16, type Pcm } from './pcm.ts';
import { checkSameRate } from './same-rate.ts';
import { checkSampleRate } from './sample-rate.ts';
import { checkRange } from './check-range.ts';

/**
 * How a fade rises. `equal-power` is a quarter of a sine: two different sounds that go over into each other keep their
 * loudness. `equal-gain` is its square: two copies of the same sound, which add up as amplitudes, keep theirs.
 */
export type FadeCurve = 'equal-power' | 'equal-gain';

export type FadeOptions = {
  /** How long the fade is, in milliseconds, 0 to 60 000; of a shorter sound, all of it. */
  fadeMs: number;
  /** Default `equal-power`. */
  curve?: FadeCurve | undefined;
};

const CURVES: readonly string[] = ['equal-power', 'equal-gain'] satisfies FadeCurve[];
const LONGEST_FADE_MS = 60_000;

/**
 * The sound with a beginning that rises from silence, as a copy. Throws `ValidationError` for a length out of range.
 */
export function fadeIn(pcm: Pcm, options: FadeOptions): Pcm {
  const length = Math.min(fadeSamples(pcm, options), pcm.samples.length);
  const samples = new Int16Array(pcm.samples);
  for (let i = 0; i < length; i++) {
    samples[i] = roundToInt16(samples[i]! * rise(i, length, options.curve));
  }
  return { samples, sampleRate: pcm.sampleRate };
}

/** The sound with an end that falls to silence, as a copy. Throws `ValidationError` for a length out of range. */
export function fadeOut(pcm: Pcm, options: FadeOptions): Pcm {
  const length = Math.min(fadeSamples(pcm, options), pcm.samples.length);
  const samples = new Int16Array(pcm.samples);
  const start = samples.length - length;
  for (let i = 0; i < length; i++) {
    samples[start + i] = roundToInt16(
      samples[start + i]! * rise(length - 1 - i, length, options.curve),
    );
  }
  return { samples, sampleRate: pcm.sampleRate };
}

/**
 * The first sound, whose end goes over into the beginning of the second: as long as both less the fade, which takes
 * at most the shorter of them. What would pass full scale is held there.
 *
 * Throws `ValidationError` for a length out of range and for sounds of different rates.
 */
export function crossfade(first: Pcm, second: Pcm, options: FadeOptions): Pcm {
  checkSameRate(second.sampleRate, first.sampleRate, 'second.sampleRate');
  const a = first.samples;
  const b = second.samples;
  const length = Math.min(fadeSamples(first, options), a.length, b.length);
  const start = a.length - length;
  const samples = new Int16Array(start + b.length);
  samples.set(a.subarray(0, start));
  samples.set(b.subarray(length), a.length);
  for (let i = 0; i < length; i++) {
    const falling = rise(length - 1 - i, length, options.curve);
    const rising = rise(i, length, options.curve);
    samples[start + i] = roundToInt16(a[start + i]! * falling + b[i]! * rising);
  }
  return { samples, sampleRate: first.sampleRate };
}

function fadeSamples({ sampleRate }: Pcm, { fadeMs, curve }: FadeOptions): number {
  checkSampleRate(sampleRate, 'sampleRate');
  checkRange(fadeMs, 'fadeMs', { least: 0, most: LONGEST_FADE_MS, unit: 'milliseconds' });
  if (curve !== undefined && !CURVES.includes(curve)) {
    const allowed = CURVES.join(' or ');
    throw new ValidationError(`curve is ${String(curve)}; it must be ${allowed}.`, {
      path: 'curve',
      value: curve,
      allowed,
    });
  }
  return Math.round((fadeMs / 1000) * sampleRate);
}

/** The gain at a sample of a fade. Half a sample off both ends: backwards, it is the same curve. */
function rise(index: number, length: number, curve: FadeCurve = 'equal-power'): number {
  const gain = Math.sin((Math.PI / 2) * ((index + 0.5) / length));
  return curve === 'equal-power' ? gain : gain * gain;
}
