import { loadAudio } from '../../kit/core.ts';
import { createFileAccess } from '../../kit/file-access.ts';
import { soundStreamOf } from '../../kit/incoming-sound.ts';
import { JobLanes, type Job } from '../../kit/job-lanes.ts';
import type { NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { TimeSlice } from '../../kit/time-slice.ts';
import type { AudioProperties } from './audio-settings.ts';
import type { SoundContext } from './sound-source.ts';
import { tellInfo } from './tell-info.ts';
import { convert, join, normalize, split, trim } from './work-on-sound.ts';

export function createAudio(host: NodeHost<AudioProperties>): NodeBehaviour<AudioProperties> {
  const { userDir } = host.RED.settings;
  const files = createFileAccess(host.fixed.folder, {
    base: typeof userDir === 'string' ? userDir : undefined,
  });
  const lanes = new JobLanes(host, {
    run: async (job) => {
      const slice = new TimeSlice(job.signal);
      await work({ host, job, audio: await loadAudio(), files, slice });
    },
    streamOf: soundStreamOf,
  });
  return { input: (call) => lanes.take(call), close: () => lanes.close() };
}

async function work(context: SoundContext): Promise<void> {
  const { settings } = context.job;
  switch (settings.operation) {
    case 'convert':
      return convert(context, 0);
    case 'gain':
      return convert(context, settings.gainDb);
    case 'join':
      return join(context);
    case 'trim':
      return trim(context);
    case 'normalize':
      return normalize(context);
    case 'split':
      return split(context);
    case 'info':
      return sendInfo(context.job, context);
  }
}

async function sendInfo(job: Job<AudioProperties>, context: SoundContext): Promise<void> {
  const payload = await tellInfo(context);
  const { format, durationMs, sampleRate, channels } = payload;
  job.send(0, {
    payload,
    parts: undefined,
    complete: undefined,
    audio: { format, durationMs, sampleRate, channels },
    stepvoice: undefined,
  });
}
