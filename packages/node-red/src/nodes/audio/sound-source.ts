import type { Buffer } from 'node:buffer';
import type { Pcm } from '@stepvoice/core/audio';
import type { FileAccess } from '../../kit/file-access.ts';
import {
  emptySound,
  isBareEnd,
  readSound,
  soundBytes,
  soundOfNext,
  type AudioLibrary,
} from '../../kit/incoming-sound.ts';
import type { Job } from '../../kit/job-lanes.ts';
import { nextWithin, streamStopped } from '../../kit/next-within.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { NodeHost } from '../../kit/register-node.ts';
import { SampleIntake } from '../../kit/sample-intake.ts';
import type { TimeSlice } from '../../kit/time-slice.ts';
import type { AudioProperties } from './audio-settings.ts';

/** A stream whose next message does not come for so long has lost its end. */
const STREAM_IDLE_MS = 60_000;
/** Worked on at once, in samples. */
const PIECE_SAMPLES = 32 * 1024;

export type SoundContext = {
  host: NodeHost<AudioProperties>;
  job: Job<AudioProperties>;
  audio: AudioLibrary;
  files: FileAccess;
  slice: TimeSlice;
};

/** The bytes of the messages of a job, as they come. */
export async function* soundOfJob({
  host,
  job,
  files,
}: SoundContext): AsyncGenerator<{ bytes: Buffer; message: FlowMessage }> {
  const { signal, settings, message } = job;
  if (job.stream === undefined) {
    const bytes = await readSound(settings.sound, 'sound', { files, signal });
    yield { bytes, message };
    return;
  }
  const messages = job.messages()[Symbol.asyncIterator]();
  for (let isFirst = true; ; isFirst = false) {
    const next = await nextWithin(messages, STREAM_IDLE_MS, host.clock);
    if (next === 'idle') throw streamStopped(STREAM_IDLE_MS);
    if (next.done === true) return;
    const sound = isFirst ? settings.sound : soundOfNext(host, next.value);
    // The end of a stream may come by itself.
    if (!isBareEnd(sound, next.value))
      yield { bytes: soundBytes(sound, 'sound'), message: next.value };
  }
}

/** Its samples, in pieces that take a few milliseconds each. @throws {LocalizedError} where there are none */
export async function* samplesOfJob(context: SoundContext): AsyncGenerator<Pcm> {
  const { audio, job, slice } = context;
  const intake = new SampleIntake(audio, job.settings, 'sound');
  let isSilent = true;
  for await (const { bytes, message } of soundOfJob(context)) {
    if (bytes.length === 0) throw emptySound('sound');
    for await (const pcm of intake.pushSliced(bytes, message.audio, slice)) {
      isSilent = false;
      yield* inPieces(pcm);
    }
  }
  for (const pcm of intake.flush()) {
    isSilent = false;
    yield* inPieces(pcm);
  }
  if (isSilent) throw emptySound('sound');
}

/** Sounds one behind the other, each with its own header if it has one. */
export async function* samplesOfArray(
  { audio, job, files, slice }: SoundContext,
  sounds: readonly unknown[],
): AsyncGenerator<{ index: number; pcm: Pcm }> {
  for (const [index, sound] of sounds.entries()) {
    const where = `sound[${index}]`;
    const bytes = await readSound(sound, where, { files, signal: job.signal });
    if (bytes.length === 0) throw emptySound(where);
    const intake = new SampleIntake(audio, job.settings, where);
    for await (const pcm of intake.pushSliced(bytes, job.message.audio, slice)) {
      for (const piece of inPieces(pcm)) yield { index, pcm: piece };
    }
    for (const pcm of intake.flush()) yield { index, pcm };
  }
}

function* inPieces({ samples, sampleRate }: Pcm): Generator<Pcm> {
  for (let at = 0; at < samples.length; at += PIECE_SAMPLES) {
    yield { samples: samples.subarray(at, at + PIECE_SAMPLES), sampleRate };
  }
}
