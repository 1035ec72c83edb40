import { ValidationError } from '../errors.ts';
import { gainFactor } from './gain.ts';
import { roundToInt16, type Pcm } from './pcm.ts';
import { checkSameRate } from './same-rate.ts';
import { checkSampleRate } from './sample-rate.ts';
import { checkRange } from './check-range.ts';

/** Summed up at a time in full precision: 64 kB, whatever the length of the whole. */
const BLOCK_SAMPLES = 8192;
const LONGEST_OFFSET_SECONDS = 86_400;

export type MixPart = {
  pcm: Pcm;
  /** Where in the mix the part begins, 0 to 86 400. Default 0. */
  offsetSeconds?: number | undefined;
  /** Louder or softer by so many decibels. Default 0. */
  gainDb?: number | undefined;
};

/**
 * All parts at once: as long as it takes to the end of the last.
 *
 * The parts are summed up without any loss and rounded once. The sum is not made softer to make room, since what is
 * heard of a voice must not depend on what else sounds: give parts that are loud together a negative gain. What
 * passes full scale all the same is held there.
 *
 * Throws `ValidationError` for no parts, for different rates, and for an offset or a gain out of range.
 */
export function mix(parts: readonly MixPart[]): Pcm {
  const tracks = toTracks(parts);
  const { sampleRate } = parts[0]!.pcm;
  const length = tracks.reduce((most, { end }) => Math.max(most, end), 0);
  const samples = new Int16Array(length);
  const sums = new Float64Array(Math.min(BLOCK_SAMPLES, length));
  for (let start = 0; start < length; start += BLOCK_SAMPLES) {
    const end = Math.min(start + BLOCK_SAMPLES, length);
    sums.fill(0);
    for (const track of tracks) {
      const to = Math.min(end, track.end);
      for (let i = Math.max(start, track.start); i < to; i++) {
        sums[i - start]! += track.samples[i - track.start]! * track.factor;
      }
    }
    for (let i = start; i < end; i++) samples[i] = roundToInt16(sums[i - start]!);
  }
  return { samples, sampleRate };
}

type Track = { samples: Int16Array; start: number; end: number; factor: number };

function toTracks(parts: readonly MixPart[]): Track[] {
  const [first] = parts;
  if (!first) {
    throw new ValidationError('parts is empty; a mix needs at least one sound.', {
      path: 'parts',
      value: 0,
      allowed: 'at least one part',
    });
  }
  const { sampleRate } = first.pcm;
  checkSampleRate(sampleRate, 'parts[0].pcm.sampleRate');
  return parts.map(({ pcm, offsetSeconds = 0, gainDb = 0 }, index) => {
    const path = `parts[${index}]`;
    checkSameRate(pcm.sampleRate, sampleRate, `${path}.pcm.sampleRate`);
    checkRange(offsetSeconds, `${path}.offsetSeconds`, {
      least: 0,
      most: LONGEST_OFFSET_SECONDS,
      unit: 'seconds',
    });
    const start = Math.round(offsetSeconds * sampleRate);
    const factor = gainFactor(gainDb, `${path}.gainDb`);
    return { samples: pcm.samples, start, end: start + pcm.samples.length, factor };
  });
}
