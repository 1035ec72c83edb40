import type { Pcm } from '@stepvoice/core/audio';
import type { VoiceTraits } from '../voice/index.ts';
import { PITCH_FRAME_SECONDS, trackPitch } from './pitch.ts';
import type { PitchFrame } from './pitch.ts';

/** Less voice than this is an accident: a knock, a hum at the beginning of a recording. */
const LEAST_VOICED_SECONDS = 0.3;
/** Under the loudest frames; deeper is room, breath and echo. */
const SOUNDING_RANGE_DB = 30;
/** How much the level falls between two syllables, at the least. */
const DIP_DB = 2;
/** Consonants and breaths inside a syllable are shorter. */
const SMOOTHING_FRAMES = 5;

/** What of a speaker can be heard in a recording; `undefined` for one in which nobody speaks. */
export function estimateTraits(pcm: Pcm): VoiceTraits | undefined {
  const frames = trackPitch(pcm);
  const loudest = percentile(
    frames.map(({ levelDbfs }) => levelDbfs),
    0.95,
  );
  const sounding = frames.map(({ levelDbfs }) => levelDbfs > loudest - SOUNDING_RANGE_DB);
  const pitches = frames.flatMap(({ pitchHz }, i) =>
    sounding[i] === true && pitchHz !== undefined ? pitchHz : [],
  );
  if (pitches.length * PITCH_FRAME_SECONDS < LEAST_VOICED_SECONDS) return undefined;
  const medianPitchHz = percentile(pitches, 0.5);
  const soundingSeconds = sounding.filter(Boolean).length * PITCH_FRAME_SECONDS;
  return {
    medianPitchHz,
    pitchSpreadSemitones: 12 * Math.log2(percentile(pitches, 0.9) / percentile(pitches, 0.1)),
    syllablesPerSecond: countSyllables(frames, loudest - SOUNDING_RANGE_DB) / soundingSeconds,
  };
}

/**
 * Counts the tops of loudness that have a voice and a dip before them (after de Jong and Wempe, "Praat script to detect
 * syllable nuclei and measure speech rate automatically", 2009).
 */
function countSyllables(frames: readonly PitchFrame[], floorDbfs: number): number {
  const levels = smooth(frames.map(({ vowelDbfs }) => vowelDbfs));
  let count = 0;
  let isRising = true;
  let hasVoice = false;
  let top = -Infinity;
  let dip = Infinity;
  for (const [i, level] of levels.entries()) {
    hasVoice ||= frames[i]?.pitchHz !== undefined;
    if (isRising && level > top) {
      top = level;
    } else if (isRising && top - level >= DIP_DB) {
      if (hasVoice && top > floorDbfs) count += 1;
      isRising = false;
      hasVoice = false;
      dip = level;
    } else if (!isRising && level < dip) {
      dip = level;
    } else if (!isRising && level - dip >= DIP_DB) {
      isRising = true;
      top = level;
    }
  }
  return count;
}

function smooth(levels: readonly number[]): number[] {
  const reach = Math.floor(SMOOTHING_FRAMES / 2);
  return levels.map((_, i) => {
    const near = levels.slice(Math.max(0, i - reach), i + reach + 1);
    return near.reduce((sum, level) => sum + level, 0) / near.length;
  });
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}
