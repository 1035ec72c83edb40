import type { TranscriptionEvent, TranscriptionSocket } from '@stepvoice/core/node';
import { loadAudio } from '../../kit/core.ts';
import type { Job } from '../../kit/job-lanes.ts';
import type { NodeHost } from '../../kit/register-node.ts';
import { sendFinal, sendInterim } from './asr-messages.ts';
import { toConnectOptions, type AsrProperties } from './asr-settings.ts';
import { feedSocket } from './feed-socket.ts';
import type { LiveStreams } from './live-streams.ts';

type AsrJob = Job<AsrProperties>;

/** Sound without an end: each sentence is a message, where the service hears that it ends. */
export async function transcribeLive(
  host: NodeHost<AsrProperties>,
  job: AsrJob,
  streams: LiveStreams,
): Promise<void> {
  const [client, audio] = await Promise.all([host.client(), loadAudio()]);
  const socket = await client.transcription.connect({
    ...toConnectOptions(job.settings),
    signal: job.signal,
  });
  job.event('start', { mode: 'live' });
  const feeding = (async () => {
    try {
      const { isIdle } = await feedSocket(host, job, audio, socket);
      // Its messages stopped: those that come while the last words are still on their way open another.
      if (isIdle && job.stream !== undefined) streams.close(job.lane, job.stream.id);
      socket.end();
    } catch (error) {
      await socket.return();
      throw error;
    }
  })();
  // It is awaited when the socket is over, which may be for another reason.
  feeding.catch(() => undefined);
  for await (const event of socket) {
    streams.recover(job.lane);
    take(host, job, socket, event);
  }
  await feeding;
}

function take(
  host: NodeHost<AsrProperties>,
  job: AsrJob,
  { requestId }: TranscriptionSocket,
  event: TranscriptionEvent,
): void {
  switch (event.type) {
    case 'partial': {
      const { text, words, segment } = event;
      sendInterim(job, { text, words, segment: { index: segment } });
      return;
    }
    case 'final': {
      const { text, words, usage, segment: index, startMs, endMs } = event;
      sendFinal(host, job, { text, words, usage, requestId, segment: { index, startMs, endMs } });
      return;
    }
    case 'correction': {
      const { text, segment: index } = event;
      job.event('correction', { text, index });
      return;
    }
    case 'failed':
      job.event('failed', { index: event.segment, code: event.error.code });
      host.report(event.error, job.message);
      return;
    case 'speech-started':
      job.event('speech-start', { index: event.segment, atMs: event.atMs });
      return;
    case 'speech-stopped':
      job.event('speech-stop', { index: event.segment, atMs: event.atMs });
      return;
    case 'progress':
    case 'unknown':
  }
}
