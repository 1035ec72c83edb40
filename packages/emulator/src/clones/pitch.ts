import { resample } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';

/** A moment of a recording. */
export type PitchFrame = {
  /** `undefined` where nothing repeats itself: noise, whispers, silence. */
  pitchHz: number | undefined;
  /** In decibels of full scale. */
  levelDbfs: number;
  /** Likewise, of the vowels' own range: without the pitch, which sounds on through many consonants. */
  vowelDbfs: number;
};

/** Speech has its pitch far below; a lower rate saves most of the work. */
const RATE = 8000;
const FRAME_SAMPLES = 320;
const HOP_SAMPLES = 80;
export const PITCH_FRAME_SECONDS = HOP_SAMPLES / RATE;
/** From the deepest men to children who shout. */
const SHORTEST_LAG = Math.floor(RATE / 480);
const LONGEST_LAG = Math.ceil(RATE / 60);
/** Of the difference that a wrong period makes; the authors' own range is 0.1 to 0.15. */
const THRESHOLD = 0.15;
/** How much a frame may differ from itself one period later to be called voiced at all. */
const LEAST_PERIODIC = 0.25;
const SILENCE_DBFS = -60;

/**
 * Follows the pitch of a recording in steps of 10 ms by the YIN estimator (de Cheveigné and Kawahara, "YIN, a fundamental
 * frequency estimator for speech and music", 2002), steps 1 to 5.
 */
export function trackPitch(pcm: Pcm): PitchFrame[] {
  const samples = resample(pcm.samples, pcm.sampleRate, RATE);
  const vowels = emphasizeVowels(samples);
  const frames: PitchFrame[] = [];
  const last = samples.length - FRAME_SAMPLES - LONGEST_LAG;
  for (let start = 0; start <= last; start += HOP_SAMPLES) {
    const levelDbfs = levelOf(samples, start);
    const isSounding = levelDbfs > SILENCE_DBFS;
    frames.push({
      levelDbfs,
      vowelDbfs: levelOf(vowels, start),
      pitchHz: isSounding ? pitchAt(samples, start) : undefined,
    });
  }
  return frames;
}

/** The difference of samples this far apart lets 400 to 2300 Hz through and weakens what lies below. */
const VOWEL_LAG = 3;

function emphasizeVowels(samples: Int16Array): Float32Array {
  const vowels = new Float32Array(samples.length);
  for (let i = VOWEL_LAG; i < samples.length; i++) {
    vowels[i] = (samples[i]! - samples[i - VOWEL_LAG]!) / 2;
  }
  return vowels;
}

function levelOf(samples: Int16Array | Float32Array, start: number): number {
  let energy = 0;
  for (let i = start; i < start + FRAME_SAMPLES; i++) energy += samples[i]! * samples[i]!;
  return 10 * Math.log10(energy / FRAME_SAMPLES / 32768 ** 2 + 1e-12);
}

function pitchAt(samples: Int16Array, start: number): number | undefined {
  const difference = normalizedDifference(samples, start);
  let best = 0;
  for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) {
    const isValley =
      difference[lag]! <= difference[lag - 1]! && difference[lag]! < (difference[lag + 1] ?? 2);
    if (!isValley) continue;
    // The first deep valley: later ones are multiples of the period.
    if (difference[lag]! < THRESHOLD) return RATE / refine(difference, lag);
    if (best === 0 || difference[lag]! < difference[best]!) best = lag;
  }
  if (best === 0 || difference[best]! > LEAST_PERIODIC) return undefined;
  return RATE / refine(difference, best);
}

/** Step 3: each lag's difference against the mean of those before it. */
function normalizedDifference(samples: Int16Array, start: number): Float64Array {
  const difference = new Float64Array(LONGEST_LAG + 2).fill(1);
  let sum = 0;
  for (let lag = 1; lag <= LONGEST_LAG; lag++) {
    let own = 0;
    for (let i = start; i < start + FRAME_SAMPLES; i++) {
      const delta = samples[i]! - samples[i + lag]!;
      own += delta * delta;
    }
    sum += own;
    difference[lag] = sum === 0 ? 1 : (own * lag) / sum;
  }
  return difference;
}

/** Step 5: the bottom of the parabola through a valley and its neighbours. */
function refine(difference: Float64Array, lag: number): number {
  const [left, bottom, right] = [difference[lag - 1]!, difference[lag]!, difference[lag + 1]!];
  const bend = left - 2 * bottom + right;
  return bend > 0 ? lag + (left - right) / (2 * bend) : lag;
}
