import type { TranscriptionSocket } from '@stepvoice/core/node';
import { isBareEnd, soundBytes, soundOfNext, type AudioLibrary } from '../../kit/incoming-sound.ts';
import type { Job } from '../../kit/job-lanes.ts';
import { nextWithin } from '../../kit/next-within.ts';
import type { NodeHost } from '../../kit/register-node.ts';
import { SampleIntake } from '../../kit/sample-intake.ts';
import { TimeSlice } from '../../kit/time-slice.ts';
import type { AsrProperties } from './asr-settings.ts';

/** A tenth of a second of anything. */
const AT_ONCE_BYTES = 64 * 1024;

/**
 * Writes the sound of a job's messages into a socket, as they come. A message that is no sound is reported, and those behind
 * it are taken all the same, unless none before it was any.
 *
 * @returns milliseconds and bytes of sound that were written, and whether the messages stopped without an end
 */
export async function feedSocket(
  host: NodeHost<AsrProperties>,
  job: Job<AsrProperties>,
  audio: AudioLibrary,
  socket: TranscriptionSocket,
): Promise<{ writtenMs: number; bytes: number; isIdle: boolean }> {
  const idleMs = job.settings.idleSeconds * 1000;
  const intake = new SampleIntake(audio, job.settings, 'sound');
  const slice = new TimeSlice(job.signal);
  const messages = job.messages()[Symbol.asyncIterator]();
  let writtenMs = 0;
  let bytes = 0;
  const write = (samples: Int16Array, sampleRate: number): boolean => {
    writtenMs += (samples.length / sampleRate) * 1000;
    // A copy: the socket may hold it for a while, and the memory of a message belongs to others, too.
    return socket.write(new Int16Array(samples), sampleRate);
  };
  for (let isFirst = true; ; isFirst = false) {
    const next = await nextWithin(messages, idleMs, host.clock);
    const isIdle = next === 'idle';
    if (isIdle || next.done === true) {
      for (const { samples, sampleRate } of intake.flush()) write(samples, sampleRate);
      return { writtenMs, bytes, isIdle };
    }
    const message = next.value;
    try {
      const sound = isFirst ? job.settings.sound : soundOfNext(host, message);
      if (job.stream !== undefined && isBareEnd(sound, message)) continue;
      const given = soundBytes(sound, 'sound');
      bytes += given.length;
      if (given.length <= AT_ONCE_BYTES) {
        for (const { samples, sampleRate } of intake.push(given, message.audio)) {
          if (!write(samples, sampleRate)) await socket.drained();
        }
        continue;
      }
      for await (const { samples, sampleRate } of intake.pushSliced(given, message.audio, slice)) {
        if (!write(samples, sampleRate)) await socket.drained();
      }
    } catch (error) {
      const isBadInput = error instanceof Error && error.name === 'LocalizedError';
      if (!isBadInput || writtenMs === 0) throw error;
      host.report(error, message);
    }
  }
}
