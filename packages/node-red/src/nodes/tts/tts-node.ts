import { JobLanes, type Job } from '../../kit/job-lanes.ts';
import type { NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { badInput } from '../../kit/flow-error.ts';
import type { ttsDefinition } from './definition.ts';

type TtsProperties = (typeof ttsDefinition)['properties'];

export function createTts(host: NodeHost<TtsProperties>): NodeBehaviour<TtsProperties> {
  const lanes = new JobLanes(host, {
    run: (job) => speak(host, job),
    eventsOutput: 1,
    busyStatus: 'speaking',
  });
  return { input: (call) => lanes.take(call), close: () => lanes.close() };
}

async function speak(host: NodeHost<TtsProperties>, job: Job<TtsProperties>): Promise<void> {
  const { text, voice, model, format, speed, instruction } = job.settings;
  if (typeof text !== 'string') throw badInput('text', { en: 'must be text.', zh: '应为文本。' });
  const client = await host.client();
  const file = await client.speech.create({
    text,
    voice: voice ?? '',
    model,
    format,
    speed,
    instruction,
    signal: job.signal,
  });
  job.send(0, { payload: file.audio, audio: { format: file.format, sampleRate: file.sampleRate } });
}
