import type { ClientName } from '../client/task.ts';
import type { Experiment } from '../harness/experiment.ts';
import type { BenchContext } from './bench-context.ts';

const SHORT_ANSWER = { pieces: 5, pieceSeconds: 0.1, intervalMs: 0 };

/** New connections for a second sentence after a pause that a listener would not notice as an end. */
export function idleConnectionsExperiment({ perform, quick }: BenchContext): Experiment {
  const measure = async (client: ClientName): Promise<{ opened: number }> => {
    const { requests } = await perform(
      { kind: 'pause', client, transport: 'events', pauseMs: quick ? 6000 : 30_000 },
      [SHORT_ANSWER],
    );
    const connections = new Set(requests.map(({ connection }) => connection));
    if (requests.length !== 2) throw new Error(`the service saw ${requests.length} requests`);
    return { opened: connections.size - 1 };
  };
  return {
    name: 'idle.connections',
    rounds: 1,
    together: true,
    contenders: Object.fromEntries(
      (['ours', 'floor', 'fetch', 'openai', 'undici'] as const).map((name) => [
        name,
        () => measure(name),
      ]),
    ),
    rows: [
      {
        metric: 'idle.connections',
        unit: 'new connections',
        better: 'lower',
        figure: 'opened',
        statistic: 'best',
        target: { of: 'absolute', value: 0 },
      },
    ],
  };
}
