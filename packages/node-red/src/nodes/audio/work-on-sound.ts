import { Buffer } from 'node:buffer';
import type { FlowMessage } from '../../kit/node-red.ts';
import { StreamParts } from '../../kit/stream-place.ts';
import { GatheredSound } from './gathered-sound.ts';
import { RateConverter } from './rate-converter.ts';
import { samplesOfArray, samplesOfJob, type SoundContext } from './sound-source.ts';

/** Converts a sound and changes its volume: a stream as it comes, a whole one as a whole. */
export async function convert(context: SoundContext, gainDb: number): Promise<void> {
  if (context.job.stream !== undefined) {
    await convertStream(context, gainDb);
    return;
  }
  const { sound, rate } = await gather(context, gainDb);
  await sendWhole(context, sound, rate);
}

/** All there is, in one. */
export async function join(context: SoundContext): Promise<void> {
  const { sound: given } = context.job.settings;
  const isArray = context.job.stream === undefined && Array.isArray(given);
  const { sound, rate } = isArray ? await gatherArray(context, given) : await gather(context, 0);
  await sendWhole(context, sound, rate);
}

export async function trim(context: SoundContext): Promise<void> {
  const { audio, job, slice } = context;
  const { guardMs } = job.settings;
  const { sound, rate } = await gather(context, 0);
  const finder = new audio.SoundFinder(rate, { guardBeforeMs: guardMs, guardAfterMs: guardMs });
  for (const piece of sound.pieces) {
    finder.push(piece);
    if (slice.isOver) await slice.rest();
  }
  // Of nothing but silence, nothing is left.
  const { startSample, endSample } = finder.range() ?? { startSample: 0, endSample: 0 };
  await sendWhole(context, sound, rate, { from: startSample, to: endSample });
}

export async function normalize(context: SoundContext): Promise<void> {
  const { audio, job, slice } = context;
  const { sound, rate } = await gather(context, 0);
  const meter = new audio.LoudnessMeter(rate);
  for (const piece of sound.pieces) {
    meter.push(piece);
    if (slice.isOver) await slice.rest();
  }
  const measured = { integratedLufs: meter.integratedLufs(), truePeakDbtp: meter.truePeakDbtp };
  const gainDb = audio.loudnessGainDb(measured, job.settings.targetLufs);
  for (const [i, piece] of sound.pieces.entries()) {
    sound.pieces[i] = audio.applyGain(piece, gainDb);
    if (slice.isOver) await slice.rest();
  }
  await sendWhole(context, sound, rate);
}

/** Frames of one length, each a message. */
export async function split(context: SoundContext): Promise<void> {
  const { host, audio, job, slice } = context;
  const { sampleRate, frameMs } = job.settings;
  const converter = new RateConverter(audio, sampleRate);
  const parts = new StreamParts(host.RED.util.generateId(), 'buffer');
  let framer: InstanceType<typeof audio.Framer> | undefined;
  // The last one has to be marked, and which one it is shows when the next does not come.
  let held: Int16Array | undefined;
  const take = async (frames: readonly Int16Array[]): Promise<void> => {
    for (const frame of frames) {
      if (held !== undefined) sendPart(context, parts, held, converter.rate, false);
      held = frame;
      if (slice.isOver) await slice.rest();
    }
  };
  for await (const pcm of samplesOfJob(context)) {
    for (const samples of converter.push(pcm)) {
      framer ??= new audio.Framer({ frameSamples: frameSamplesOf(frameMs, converter.rate) });
      await take(framer.push(samples));
    }
  }
  for (const samples of converter.flush()) await take(framer?.push(samples) ?? []);
  const rest = framer?.flush();
  if (rest !== undefined) await take([rest]);
  sendPart(context, parts, held ?? new Int16Array(0), converter.rate, true);
}

function frameSamplesOf(frameMs: number, sampleRate: number): number {
  return Math.max(1, Math.round((frameMs / 1000) * sampleRate));
}

async function convertStream(context: SoundContext, gainDb: number): Promise<void> {
  const { host, audio, job } = context;
  const { format, sampleRate } = job.settings;
  const converter = new RateConverter(audio, sampleRate);
  const parts = new StreamParts(host.RED.util.generateId(), 'buffer');
  let isFirst = true;
  const send = (samples: Int16Array): void => {
    if (samples.length === 0) return;
    const louder = gainDb === 0 ? samples : audio.applyGain(samples, gainDb);
    const header =
      isFirst && format === 'wav' ? audio.wavHeader({ sampleRate: converter.rate }) : undefined;
    isFirst = false;
    sendPart(context, parts, louder, converter.rate, false, header);
  };
  for await (const pcm of samplesOfJob(context)) {
    for (const samples of converter.push(pcm)) send(samples);
  }
  for (const samples of converter.flush()) send(samples);
  sendPart(context, parts, new Int16Array(0), converter.rate, true);
}

async function gather(
  context: SoundContext,
  gainDb: number,
): Promise<{ sound: GatheredSound; rate: number }> {
  const { audio, job, slice } = context;
  const converter = new RateConverter(audio, job.settings.sampleRate);
  const sound = new GatheredSound();
  const take = (samples: Int16Array): void =>
    sound.push(gainDb === 0 ? samples : audio.applyGain(samples, gainDb));
  for await (const pcm of samplesOfJob(context)) {
    for (const samples of converter.push(pcm)) take(samples);
    if (slice.isOver) await slice.rest();
  }
  for (const samples of converter.flush()) take(samples);
  return { sound, rate: converter.rate };
}

async function gatherArray(
  context: SoundContext,
  sounds: readonly unknown[],
): Promise<{ sound: GatheredSound; rate: number }> {
  const { audio, job, slice } = context;
  const { sampleRate, gapMs } = job.settings;
  const converter = new RateConverter(audio, sampleRate);
  const sound = new GatheredSound();
  let last = 0;
  for await (const { index, pcm } of samplesOfArray(context, sounds)) {
    if (index !== last) {
      for (const samples of converter.flush()) sound.push(samples);
      sound.push(new Int16Array(Math.round((gapMs / 1000) * converter.rate)));
      last = index;
    }
    for (const samples of converter.push(pcm)) sound.push(samples);
    if (slice.isOver) await slice.rest();
  }
  for (const samples of converter.flush()) sound.push(samples);
  return { sound, rate: converter.rate };
}

async function sendWhole(
  { audio, job, slice }: SoundContext,
  sound: GatheredSound,
  sampleRate: number,
  { from = 0, to = sound.length }: { from?: number; to?: number } = {},
): Promise<void> {
  const { format } = job.settings;
  const payload = await sound.toBytes(audio, { format, sampleRate, slice, from, to });
  job.send(0, {
    payload,
    parts: undefined,
    complete: undefined,
    ...withoutStream(job.message),
    audio: factsOf(format, sampleRate, to - from),
  });
}

function sendPart(
  { audio, job }: SoundContext,
  parts: StreamParts,
  samples: Int16Array,
  sampleRate: number,
  isLast: boolean,
  header?: Uint8Array,
): void {
  const { format, operation } = job.settings;
  const bytes = audio.encodePcm16(samples);
  job.send(0, {
    payload: header === undefined ? bytes : Buffer.concat([header, bytes]),
    complete: undefined,
    audio: factsOf(operation === 'split' ? 'pcm' : format, sampleRate, samples.length),
    stepvoice: { ...job.message.stepvoice, stream: 'audio' },
    ...parts.next(isLast),
  });
}

/** What is whole is no stream any more. */
function withoutStream({ stepvoice }: FlowMessage): FlowMessage {
  if (stepvoice?.stream === undefined) return {};
  const { stream: _, ...others } = stepvoice;
  return { stepvoice: others };
}

function factsOf(format: 'wav' | 'pcm', sampleRate: number, samples: number) {
  return {
    format,
    sampleRate,
    channels: 1,
    encoding: 's16le',
    durationMs: sampleRate === 0 ? 0 : Math.round((samples / sampleRate) * 1000),
  };
}
