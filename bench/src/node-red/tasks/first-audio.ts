import { StepAudio } from '@stepvoice/core/node';
import type { Figures } from '../../harness/row.ts';
import { median, percentile } from '../../harness/statistics.ts';
import { startFlowRuntime } from '../flow-runtime.ts';
import type { FlowTaskOf } from '../flow-task.ts';

const TEXT = 'The doorbell rang.';
const VOICE = 'cixingnansheng';
/** Requests at the start of a process that find the code not yet compiled. */
const NOT_YET_WARM = 100;

/** From the call, or the message, to the first audio: milliseconds of the whole way, the service's share in it. */
export async function measureFirstAudio({
  contender,
  baseUrl,
  requests,
}: FlowTaskOf<'firstAudio'>): Promise<Figures> {
  const speak = contender === 'flow' ? await throughFlow(baseUrl) : withCore(baseUrl);
  const times: number[] = [];
  for (let request = 0; request < requests + NOT_YET_WARM; request += 1) {
    const time = await speak();
    if (request >= NOT_YET_WARM) times.push(time);
    // The connection goes back to its pool in a later turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { first: median(times), 'first.p95': percentile(times, 0.95) };
}

function withCore(baseURL: string): () => Promise<number> {
  const client = new StepAudio({ apiKey: 'bench', baseURL });
  return async () => {
    const startedAt = performance.now();
    let firstAt: number | undefined;
    for await (const _ of client.speech.stream({ text: TEXT, voice: VOICE }).audio()) {
      firstAt ??= performance.now();
    }
    return (firstAt ?? Number.NaN) - startedAt;
  };
}

async function throughFlow(baseUrl: string): Promise<() => Promise<number>> {
  const runtime = await startFlowRuntime(baseUrl, [
    { id: 'in', type: 'bench-in', wires: [['tts']] },
    {
      id: 'tts',
      type: 'stepvoice-tts',
      account: 'account',
      voice: VOICE,
      output: 'stream',
      format: 'pcm',
      cache: false,
      wires: [['out'], []],
    },
    { id: 'out', type: 'bench-out' },
  ]);
  let onChunk: (isLast: boolean) => void = () => undefined;
  runtime.receive('out', (message) => onChunk(message['complete'] === true));
  return () =>
    new Promise((resolve) => {
      const startedAt = performance.now();
      let firstAt: number | undefined;
      onChunk = (isLast) => {
        firstAt ??= performance.now();
        if (isLast) resolve(firstAt - startedAt);
      };
      runtime.send('in', { payload: TEXT });
    });
}
