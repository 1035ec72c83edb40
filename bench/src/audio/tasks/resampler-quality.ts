import { fitTone, sine } from '../../../../packages/core/src/audio/testing/tone.ts';
import type { Figures } from '../../harness/row.ts';
import type { AudioTaskOf } from '../audio-task.ts';
import { RESAMPLERS } from './resamplers.ts';
import type { BlockResampler } from './resamplers.ts';

const SECONDS = 0.5;
/** Near full scale, but so that nothing clips. */
const AMPLITUDE = 0.9;
const TONES = 10;

/**
 * Distortion and noise of 1 kHz; the worst signal-to-noise ratio and the worst gain of ten tones up to 85 % of the lower
 * Nyquist frequency; the loudest alias of ten tones above 115 % of it. All in decibels.
 */
export async function measureResamplerQuality(
  task: AudioTaskOf<'resamplerQuality'>,
): Promise<Figures> {
  const { contender, from, to } = task;
  const open = RESAMPLERS[contender];
  if (open === undefined) throw new Error(`no resampler ${contender}`);
  const nyquist = Math.min(from, to) / 2;
  const measure = async (frequency: number) =>
    fitTone(settled(await open(from, to), frequency, task), {
      frequency,
      sampleRate: to,
      margin: 0,
    });

  const figures = {
    thd: (await measure(1000)).residualDb,
    snr: Infinity,
    gain: 0,
    alias: -Infinity,
  };
  for (let i = 1; i <= TONES; i++) {
    const { residualDb, amplitude } = await measure((0.85 * nyquist * i) / TONES);
    figures.snr = Math.min(figures.snr, -residualDb);
    figures.gain = Math.max(figures.gain, Math.abs(20 * Math.log10(amplitude / AMPLITUDE)));
  }
  const lowest = 1.15 * nyquist;
  for (let i = 0; i < TONES && from > 1.15 * to; i++) {
    const frequency = lowest + ((from / 2 - lowest) * i) / TONES;
    const output = settled(await open(from, to), frequency, task);
    const power = output.reduce((sum, value) => sum + value * value, 0) / output.length;
    figures.alias = Math.max(figures.alias, 10 * Math.log10(power / (AMPLITUDE ** 2 / 2) + 1e-20));
  }
  return from > 1.15 * to ? figures : { thd: figures.thd, snr: figures.snr, gain: figures.gain };
}

/** A tone converted in blocks of 20 ms; its beginning left out, while the filter fills. */
function settled(
  convert: BlockResampler,
  frequency: number,
  { from, to }: AudioTaskOf<'resamplerQuality'>,
): Float32Array {
  const length = from * SECONDS;
  const input = sine({ frequency, sampleRate: from, length, amplitude: AMPLITUDE });
  const output = new Float32Array(to);
  const block = from / 50;
  let filled = 0;
  for (let at = 0; at + block <= length; at += block) {
    const converted = convert(input.slice(at, at + block));
    output.set(converted, filled);
    filled += converted.length;
  }
  return output.subarray(to / 20, filled);
}
