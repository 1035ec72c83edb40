import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Figures } from '../../harness/row.ts';
import { startFlowRuntime } from '../flow-runtime.ts';
import type { FlowTaskOf } from '../flow-task.ts';

/** How long the event loop stands still while clips of the service's answer go to many branches: milliseconds. */
export async function measureFanOut({
  baseUrl,
  clips,
  branches,
}: FlowTaskOf<'fanOut'>): Promise<Figures> {
  const outs = Array.from({ length: branches }, (_, index) => `out${index}`);
  const runtime = await startFlowRuntime(baseUrl, [
    { id: 'in', type: 'bench-in', wires: [['tts']] },
    {
      id: 'tts',
      type: 'stepvoice-tts',
      account: 'account',
      voice: 'cixingnansheng',
      output: 'whole',
      format: 'pcm',
      cache: false,
      wires: [outs, []],
    },
    ...outs.map((id) => ({ id, type: 'bench-out' })),
  ]);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let bytes = 0;
  for (let clip = 0; clip < clips; clip += 1) {
    const arrived = Promise.all(
      outs.map(
        (id) =>
          new Promise<void>((resolve) =>
            runtime.receive(id, ({ payload }) => {
              bytes += (payload as Uint8Array).length;
              resolve();
            }),
          ),
      ),
    );
    // The first shows what has not been compiled yet.
    if (clip === 1) delay.enable();
    runtime.send('in', { payload: `Clip ${clip}.` });
    await arrived;
  }
  delay.disable();
  const mebibytes = bytes / clips / branches / 2 ** 20;
  return { delay: { value: delay.max / 1e6, because: `${mebibytes.toFixed(1)} MiB each` } };
}
