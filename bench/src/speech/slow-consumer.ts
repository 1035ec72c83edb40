import type { Transport } from '../client/speech-client.ts';
import type { ClientName } from '../client/task.ts';
import type { Experiment } from '../harness/experiment.ts';
import type { Figures } from '../harness/row.ts';
import type { BenchContext } from './bench-context.ts';

const WARM_UP = { pieces: 50, pieceSeconds: 0.1, intervalMs: 0 };
/** Ten minutes of audio: what runs ahead without a bound is through with them at once. */
const FLAT_OUT = { pieces: 6000, pieceSeconds: 0.1, intervalMs: 0 };
const MEGABYTE = 1e6;
type Slowness = { ahead: number; memory: number };

/** The measure for all transports. */
const PEER = 'ws with pause';

/** How far the service runs ahead of a listener who takes a fraction of what it could send. */
export function slowConsumerExperiment({ perform, quick }: BenchContext): Experiment {
  const measure = async (client: ClientName, transport: Transport): Promise<Slowness> => {
    const { result, requests } = await perform(
      { kind: 'slowConsumer', client, transport, forMs: 2500, timesRealTime: 5 },
      [WARM_UP, FLAT_OUT],
    );
    const written = requests[1]?.audioBytes ?? 0;
    if (result.audioBytes === 0) throw new Error('nothing was heard');
    return {
      ahead: (written - result.audioBytes) / MEGABYTE,
      memory: result.memoryBytes / MEGABYTE,
    };
  };
  const overEvents = async (client: ClientName): Promise<Figures> => {
    const { ahead } = await measure(client, 'events');
    return { 'events.ahead': ahead };
  };
  const overSocket = async (client: ClientName): Promise<Figures> => {
    const { ahead, memory } = await measure(client, 'socket');
    return { 'socket.ahead': ahead, 'socket.memory': memory };
  };
  // Whether the system doubles its buffers for a connection is a lottery worth up to 2 MB, for every client: the least of
  // several runs is what the client itself lets run ahead.
  const ahead = {
    unit: 'MB of audio',
    better: 'lower',
    statistic: 'best',
    target: { of: PEER, ratio: 1.3 },
    worldClass: { of: PEER, ratio: 1.1 },
  } as const;
  return {
    name: 'slow',
    rounds: quick ? 1 : 10,
    together: true,
    contenders: {
      ours: async () => {
        const [events, socket] = await Promise.all([overEvents('ours'), overSocket('ours')]);
        return { ...events, ...socket };
      },
      [PEER]: async () => {
        const figures = await overSocket(PEER);
        return { ...figures, 'events.ahead': figures['socket.ahead'] ?? 0 };
      },
      ws: () => overSocket('ws'),
      fetch: () => overEvents('fetch'),
      openai: () => overEvents('openai'),
    },
    rows: [
      { metric: 'slow.events.ahead', figure: 'events.ahead', ...ahead },
      { metric: 'slow.socket.ahead', figure: 'socket.ahead', ...ahead },
      {
        metric: 'slow.socket.memory',
        unit: 'MB',
        better: 'lower',
        figure: 'socket.memory',
        statistic: 'median',
        target: { of: 'absolute', value: 10 },
      },
    ],
  };
}
