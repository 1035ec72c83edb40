import type { Buffer } from 'node:buffer';
import type { LoudnessMeter, Pcm } from '@stepvoice/core/audio';
import { emptySound, kindOfSound, unknownFormat } from '../../kit/incoming-sound.ts';
import { SampleIntake } from '../../kit/sample-intake.ts';
import { soundOfJob, type SoundContext } from './sound-source.ts';

const SCANNED_BYTES = 256 * 1024;

export type SoundInfo = {
  format: string;
  bytes: number;
  durationMs: number | undefined;
  sampleRate?: number;
  channels?: number;
  bitsPerSample?: number;
  /** Decibels of full scale; `null` for silence, of which there are infinitely few. */
  peakDbfs?: number | null;
  rmsDbfs?: number | null;
  loudnessLufs?: number | null;
  truePeakDbtp?: number | null;
};

/** What there is to tell of a sound, of which compressed ones tell little without being decoded. */
export async function tellInfo(context: SoundContext): Promise<SoundInfo> {
  const { audio, job, slice } = context;
  let intake: SampleIntake | undefined;
  let info: SoundInfo | undefined;
  let scanner: ReturnType<typeof audio.createDurationScanner>;
  const levels = new Levels(context);
  for await (const { bytes, message } of soundOfJob(context)) {
    if (info === undefined) {
      if (bytes.length === 0) throw emptySound('sound');
      const kind = kindOfSound(audio, bytes, message.audio, job.settings);
      if (kind.container === undefined) throw unknownFormat('sound', bytes.length);
      info = { format: kind.container, bytes: 0, durationMs: undefined };
      if (kind.container === 'pcm') {
        info = { ...info, sampleRate: kind.sampleRate, channels: kind.channels, bitsPerSample: 16 };
      } else if (kind.container !== 'wav') {
        scanner = audio.createDurationScanner(kind.container);
      }
      const hasSamples = kind.container === 'pcm' || kind.container === 'wav';
      intake = hasSamples ? new SampleIntake(audio, job.settings, 'sound') : undefined;
    }
    info = { ...info, bytes: info.bytes + bytes.length };
    if (intake === undefined) {
      await scan(bytes, scanner, context);
      continue;
    }
    for await (const pcm of intake.pushSliced(bytes, message.audio, slice)) {
      await levels.push(pcm);
    }
    const { wavFormat } = intake;
    if (wavFormat !== undefined) {
      const { sampleRate, channels, bitsPerSample } = wavFormat;
      info = { ...info, sampleRate, channels, bitsPerSample };
    }
  }
  if (info === undefined) throw emptySound('sound');
  if (intake === undefined) {
    const seconds = scanner?.seconds;
    return { ...info, durationMs: seconds === undefined ? undefined : Math.round(seconds * 1000) };
  }
  for (const pcm of intake.flush()) await levels.push(pcm);
  return { ...info, ...levels.facts };
}

async function scan(
  bytes: Buffer,
  scanner: { push(bytes: Uint8Array): void } | undefined,
  { slice }: SoundContext,
): Promise<void> {
  for (let at = 0; at < bytes.length; at += SCANNED_BYTES) {
    scanner?.push(bytes.subarray(at, at + SCANNED_BYTES));
    if (slice.isOver) await slice.rest();
  }
}

const METERED_SAMPLES = 16 * 1024;

/** How loud a sound is, measured piece by piece. */
class Levels {
  readonly #context: SoundContext;
  #meter: LoudnessMeter | undefined;
  #sampleRate = 0;
  #seconds = 0;
  #count = 0;
  #peak = 0;
  #energy = 0;

  constructor(context: SoundContext) {
    this.#context = context;
  }

  get facts(): Partial<SoundInfo> {
    const meter = this.#meter;
    return {
      durationMs: Math.round(this.#seconds * 1000),
      peakDbfs: toDecibels(20 * Math.log10(this.#peak / 32_768)),
      rmsDbfs: toDecibels(10 * Math.log10(this.#energy / Math.max(1, this.#count) / 32_768 ** 2)),
      loudnessLufs: toDecibels(meter?.integratedLufs() ?? -Infinity),
      truePeakDbtp: toDecibels(meter?.truePeakDbtp ?? -Infinity),
    };
  }

  async push({ samples, sampleRate }: Pcm): Promise<void> {
    const { audio, slice } = this.#context;
    // Loudness is that of the last rate, of sounds that follow each other at several.
    if (sampleRate !== this.#sampleRate) this.#meter = new audio.LoudnessMeter(sampleRate);
    this.#sampleRate = sampleRate;
    this.#seconds += samples.length / sampleRate;
    this.#count += samples.length;
    for (let at = 0; at < samples.length; at += METERED_SAMPLES) {
      const piece = samples.subarray(at, at + METERED_SAMPLES);
      this.#meter?.push(piece);
      this.#measure(piece);
      if (slice.isOver) await slice.rest();
    }
  }

  #measure(samples: Int16Array): void {
    let peak = this.#peak;
    let energy = 0;
    for (let i = 0; i < samples.length; i += 1) {
      const sample = samples[i] ?? 0;
      peak = Math.max(peak, Math.abs(sample));
      energy += sample * sample;
    }
    this.#peak = peak;
    this.#energy += energy;
  }
}

function toDecibels(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 100) / 100 : null;
}
