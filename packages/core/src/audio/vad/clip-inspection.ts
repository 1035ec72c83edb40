import { peakDbfs, rmsDbfs } from '../level.ts';
import type { Pcm } from '../pcm.ts';
import { durationSeconds } from '../pcm.ts';
import { FrameStream } from './frame-stream.ts';
import { SpectralDetector } from './spectral-detector.ts';

/** Active frames so near to a voiced one are speech: 300 ms, as in `SpeechDetector`, but to both sides. */
const VOICED_HOLD_FRAMES = 30;
const FRAME_SECONDS = 0.01;

/** What a recording is like, for the decision whether it is good enough for a purpose. */
export type ClipInspection = {
  seconds: number;
  /** How long somebody speaks, pauses left out. */
  speechSeconds: number;
  /** The same as a share of the whole, 0 to 1. */
  speechShare: number;
  /** The highest sample in decibels of full scale; `-Infinity` for silence. */
  peakDbfs: number;
  /** Root mean square of the whole in decibels of full scale; `-Infinity` for silence. */
  rmsDbfs: number;
  /** Root mean square of the speech alone; `-Infinity` where there is none. */
  speechDbfs: number;
  /** Median level of the frames without speech: the noise of the place. `-Infinity` if they are digital silence, or if there are none. */
  noiseDbfs: number;
  /** Share of the samples that stand at full scale, 0 to 1: a sound recording has next to none. */
  clippedShare: number;
};

/** Inspects a whole recording. Speech must have a pitch: whispering counts for noise. Throws `ValidationError` for a rate that cannot be converted. */
export function inspectClip(pcm: Pcm): ClipInspection {
  const seconds = durationSeconds(pcm);
  const { isSpeech, levels } = judgeFrames(pcm);
  const speech = levels.filter((_, i) => isSpeech[i]);
  const rest = levels.filter((_, i) => !isSpeech[i]).sort();
  const speechSeconds = Math.min(speech.length * FRAME_SECONDS, seconds);
  return {
    seconds,
    speechSeconds,
    speechShare: seconds > 0 ? speechSeconds / seconds : 0,
    peakDbfs: peakDbfs(pcm.samples),
    rmsDbfs: rmsDbfs(pcm.samples),
    speechDbfs: meanLevel(speech),
    noiseDbfs: rest[rest.length >> 1] ?? -Infinity,
    clippedShare: clippedShare(pcm.samples),
  };
}

function judgeFrames(pcm: Pcm): { isSpeech: boolean[]; levels: Float64Array } {
  const detector = new SpectralDetector();
  const stream = new FrameStream(pcm.sampleRate, detector);
  const frames = [...stream.push(pcm.samples), ...stream.flush()];
  // Twice: a detector takes the beginning for noise, and a clip may begin in the middle of a word.
  for (const frame of frames) detector.process(frame);
  const active: boolean[] = [];
  const isSpeech: boolean[] = frames.map(() => false);
  const levels = new Float64Array(frames.length);
  for (const [i, frame] of frames.entries()) {
    const activity = detector.process(frame);
    levels[i] = activity.levelDbfs;
    active.push(activity.active);
    if (activity.active && activity.voiced) {
      const from = Math.max(0, i - VOICED_HOLD_FRAMES);
      isSpeech.fill(true, from, i + VOICED_HOLD_FRAMES + 1);
    }
  }
  return { isSpeech: isSpeech.map((near, i) => near && active[i]!), levels };
}

function meanLevel(levels: Float64Array): number {
  const power = levels.reduce((sum, level) => sum + 10 ** (level / 10), 0);
  return 10 * Math.log10(power / Math.max(levels.length, 1));
}

function clippedShare(samples: Int16Array): number {
  let clipped = 0;
  for (let i = 0; i < samples.length; i++) if (Math.abs(samples[i]!) >= 32_767) clipped += 1;
  return samples.length > 0 ? clipped / samples.length : 0;
}
