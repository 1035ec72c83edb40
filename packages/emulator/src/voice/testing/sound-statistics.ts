import { resample } from '@stepvoice/core/audio';

/** What tells voices and manners of speaking apart by numbers. */
export type SoundStatistics = {
  durationSeconds: number;
  /** Of voiced frames; NaN when there are none. */
  medianPitchHz: number;
  /** 90th over 10th percentile of the pitch, in semitones. */
  pitchRangeSemitones: number;
  /** Share of sounding frames that have a pitch, 0 to 1. */
  voicedShare: number;
  /** Of sounding frames. */
  levelDbfs: number;
  /** Energy above 2 kHz against that below, dB: dull to bright. */
  brightnessDb: number;
};

const rate = 8000;
const frameSamples = 320;
const lowestLag = Math.floor(rate / 420);
const highestLag = Math.ceil(rate / 55);
const soundingLevel = 60;

/** Measures speech of 0.5 s or more. */
export function soundStatistics(samples: Int16Array, sampleRate: number): SoundStatistics {
  const narrow = resample(samples, sampleRate, rate);
  const pitches: number[] = [];
  let sounding = 0;
  let energy = 0;
  let high = 0;
  let low = 0;
  for (
    let start = 1;
    start + frameSamples + highestLag < narrow.length;
    start += frameSamples / 2
  ) {
    const frame = narrow.subarray(start, start + frameSamples);
    const power = meanSquare(frame);
    if (power < soundingLevel ** 2) continue;
    sounding++;
    energy += power;
    // First difference and sum: a crude crossover at a quarter of the rate, 2 kHz.
    for (let i = 0; i < frameSamples; i++) {
      high += (narrow[start + i]! - narrow[start + i - 1]!) ** 2;
      low += (narrow[start + i]! + narrow[start + i - 1]!) ** 2;
    }
    const pitch = pitchOf(narrow, start);
    if (pitch !== undefined) pitches.push(pitch);
  }
  pitches.sort((a, b) => a - b);
  const percentile = (share: number) => pitches[Math.floor(share * (pitches.length - 1))] ?? NaN;
  return {
    durationSeconds: samples.length / sampleRate,
    medianPitchHz: percentile(0.5),
    pitchRangeSemitones: 12 * Math.log2(percentile(0.9) / percentile(0.1)),
    voicedShare: sounding === 0 ? 0 : pitches.length / sounding,
    levelDbfs: 10 * Math.log10(energy / sounding / 32768 ** 2),
    brightnessDb: 10 * Math.log10(high / low),
  };
}

const slices = 60;

/**
 * How alike two utterances are in what they say, 1 = the same words: the correlation of their level and brightness over the course of
 * time, each stretched to the same length.
 */
export function likeness(a: Int16Array, b: Int16Array): number {
  const first = course(a);
  const second = course(b);
  return Math.min(
    correlation(first.level, second.level),
    correlation(first.brightness, second.brightness),
  );
}

function course(samples: Int16Array): { level: number[]; brightness: number[] } {
  const level: number[] = [];
  const brightness: number[] = [];
  for (let slice = 0; slice < slices; slice++) {
    const start = Math.max(1, Math.floor((slice * samples.length) / slices));
    const end = Math.floor(((slice + 1) * samples.length) / slices);
    let high = 1000;
    let low = 1000;
    for (let i = start; i < end; i++) {
      high += (samples[i]! - samples[i - 1]!) ** 2;
      low += (samples[i]! + samples[i - 1]!) ** 2;
    }
    level.push(Math.log(high + low));
    brightness.push(Math.log(high / low));
  }
  return { level, brightness };
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let product = 0;
  let powerA = 0;
  let powerB = 0;
  for (let i = 0; i < a.length; i++) {
    product += (a[i]! - meanA) * (b[i]! - meanB);
    powerA += (a[i]! - meanA) ** 2;
    powerB += (b[i]! - meanB) ** 2;
  }
  return product / Math.sqrt(powerA * powerB);
}

/** By autocorrelation; the shortest period that is nearly as good as the best, which guards against octaves below. */
function pitchOf(samples: Int16Array, start: number): number | undefined {
  const correlations: number[] = [];
  let best = 0;
  for (let lag = lowestLag; lag <= highestLag; lag++) {
    let product = 0;
    let first = 1;
    let second = 1;
    for (let i = start; i < start + frameSamples; i++) {
      product += samples[i]! * samples[i + lag]!;
      first += samples[i]! ** 2;
      second += samples[i + lag]! ** 2;
    }
    const correlation = product / Math.sqrt(first * second);
    correlations.push(correlation);
    best = Math.max(best, correlation);
  }
  if (best < 0.75) return undefined;
  const at = correlations.findIndex(
    (value, i) =>
      value > 0.9 * best &&
      value >= (correlations[i - 1] ?? -1) &&
      value >= (correlations[i + 1] ?? -1),
  );
  if (at < 0) return undefined;
  // A parabola through the peak and its neighbours: whole periods alone would be steps of 5 % at high voices.
  const [left = 0, peak = 0, right = 0] = [
    correlations[at - 1],
    correlations[at],
    correlations[at + 1],
  ];
  const bend = left - 2 * peak + right;
  return rate / (at + lowestLag + (bend < 0 ? (left - right) / (2 * bend) : 0));
}

function meanSquare(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / samples.length;
}
