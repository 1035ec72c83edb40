import { Framer, decodePcm16 } from '@stepvoice/core/audio';
import type { Figures } from '../../harness/row.ts';
import type { AudioTaskOf } from '../audio-task.ts';
import { bestTime, noiseBytes } from '../best-time.ts';

const SAMPLE_RATE = 24_000;
/** 20 ms. */
const FRAME_SAMPLES = 480;

/** Cuts a stream into frames; gives how many. */
type Cutter = (chunks: readonly Int16Array[]) => number;

const CUTTERS: Readonly<Record<string, Cutter>> = {
  ours(chunks) {
    const framer = new Framer({ frameSamples: FRAME_SAMPLES });
    let frames = 0;
    for (const chunk of chunks) for (const frame of framer.push(chunk)) frames += weigh(frame);
    return frames;
  },

  /** Views, and one carry frame: as little as can be done. */
  views(chunks) {
    const carry = new Int16Array(FRAME_SAMPLES);
    let carried = 0;
    let frames = 0;
    for (const chunk of chunks) {
      let at = 0;
      if (carried > 0) {
        at = Math.min(FRAME_SAMPLES - carried, chunk.length);
        carry.set(chunk.subarray(0, at), carried);
        carried += at;
        if (carried < FRAME_SAMPLES) continue;
        frames += weigh(carry);
        carried = 0;
      }
      for (; at + FRAME_SAMPLES <= chunk.length; at += FRAME_SAMPLES) {
        frames += weigh(chunk.subarray(at, at + FRAME_SAMPLES));
      }
      carry.set(chunk.subarray(at));
      carried = chunk.length - at;
    }
    return frames;
  },

  /** What is written by hand most often. */
  concatenate(chunks) {
    let rest = new Int16Array(0);
    let frames = 0;
    for (const chunk of chunks) {
      const joined = new Int16Array(rest.length + chunk.length);
      joined.set(rest);
      joined.set(chunk, rest.length);
      rest = joined;
      while (rest.length >= FRAME_SAMPLES) {
        frames += weigh(rest.subarray(0, FRAME_SAMPLES));
        rest = rest.slice(FRAME_SAMPLES);
      }
    }
    return frames;
  },
};

/** Milliseconds for a minute of sound. */
export function measureFraming(task: AudioTaskOf<'framing'>): Figures {
  const { contender, minutes, chunkSamples } = task;
  const cut = CUTTERS[contender];
  if (cut === undefined) throw new Error(`no cutter ${contender}`);
  const samples = decodePcm16(noiseBytes(minutes * 60 * SAMPLE_RATE * 2));
  const chunks: Int16Array[] = [];
  for (let at = 0; at < samples.length; at += chunkSamples) {
    chunks.push(samples.subarray(at, at + chunkSamples));
  }
  const frames = (minutes * 60 * SAMPLE_RATE) / FRAME_SAMPLES;
  if (cut(chunks) !== frames) throw new Error(`${contender} is wrong`);
  return { time: bestTime(() => cut(chunks)) / minutes };
}

/** One; but a compiler cannot know. */
function weigh(frame: Int16Array): number {
  return frame[0]! > 40_000 ? 2 : 1;
}
