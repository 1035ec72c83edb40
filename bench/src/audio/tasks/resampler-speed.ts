import { Resampler, concatSamples, decodePcm16, resample } from '@stepvoice/core/audio';
import type { Figures } from '../../harness/row.ts';
import type { AudioTaskOf } from '../audio-task.ts';
import { bestTime, noiseBytes } from '../best-time.ts';
import { PCM_RESAMPLERS } from './resamplers.ts';

const SECONDS = 2;

/** Multiples of real time, in blocks of 20 ms. */
export async function measureResamplerSpeed(task: AudioTaskOf<'resamplerSpeed'>): Promise<Figures> {
  const { contender, from, to } = task;
  const convert = await PCM_RESAMPLERS[contender]?.(from, to);
  if (convert === undefined) throw new Error(`no resampler ${contender}`);
  const samples = decodePcm16(noiseBytes(SECONDS * from * 2));
  const block = from / 50;
  const run = (): number => {
    let length = 0;
    for (let at = 0; at < samples.length; at += block) {
      length += convert(samples.subarray(at, at + block)).length;
    }
    return length;
  };
  run();
  const length = run();
  if (Math.abs(length - SECONDS * to) > 2) throw new Error(`${contender} gave ${length} samples`);
  return { speed: SECONDS / (bestTime(run) / 1000) };
}

const RATES = [8000, 16_000, 22_050, 24_000, 44_100, 48_000];
const BLOCKS = [1, 7, 160, 441, 480, 1024, 4096];

/** Samples in which a streamed conversion differs from that of the whole, its length included, over many pairs of rates. */
export function countStreamedDifferences(): Figures {
  let differing = 0;
  let compared = 0;
  for (const from of RATES) {
    const samples = decodePcm16(noiseBytes(from));
    for (const to of RATES) {
      const whole = resample(samples, from, to);
      for (const size of BLOCKS) {
        const resampler = new Resampler({ from, to });
        const parts: Int16Array[] = [];
        for (let at = 0; at < samples.length; at += size) {
          parts.push(resampler.push(samples.subarray(at, at + size)));
        }
        const streamed = concatSamples([...parts, resampler.flush()]);
        compared += whole.length;
        differing += Math.abs(streamed.length - whole.length);
        for (let i = 0; i < whole.length; i++) if (streamed[i] !== whole[i]) differing += 1;
      }
    }
  }
  return { differing: { value: differing, because: `of ${compared}` } };
}
