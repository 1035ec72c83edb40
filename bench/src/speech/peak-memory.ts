import type { Transport } from '../client/speech-client.ts';
import type { ClientName } from '../client/task.ts';
import type { Experiment } from '../harness/experiment.ts';
import type { Figures } from '../harness/row.ts';
import type { BenchContext } from './bench-context.ts';

const PIECE_SECONDS = 0.1;
const TIMES_REAL_TIME = 20;
const MEGABYTE = 1e6;

/** Peak memory of the process for ten minutes of paced audio, against that for one minute of the same. */
export function peakMemoryExperiment({ perform, quick }: BenchContext): Experiment {
  const minutes = quick ? 2 : 10;
  const measure = async (
    client: ClientName,
    transport: Transport,
    length: number,
  ): Promise<Figures> => {
    const { result } = await perform({ kind: 'peakMemory', client, transport }, [
      {
        pieces: (length * 60) / PIECE_SECONDS,
        pieceSeconds: PIECE_SECONDS,
        intervalMs: (PIECE_SECONDS * 1000) / TIMES_REAL_TIME,
      },
    ]);
    return { [transport]: result.peakBytes / MEGABYTE };
  };
  const both = async (length: number): Promise<Figures> => {
    const figures = await Promise.all([
      measure('ours', 'events', length),
      measure('ours', 'socket', length),
    ]);
    return Object.assign({}, ...figures) as Figures;
  };
  return {
    name: 'memory.paced',
    rounds: quick ? 1 : 3,
    together: true,
    contenders: {
      ours: () => both(minutes),
      'one minute': () => both(1),
      fetch: () => measure('fetch', 'events', minutes),
      openai: () => measure('openai', 'events', minutes),
      ws: () => measure('ws', 'socket', minutes),
    },
    rows: (['events', 'socket'] as const).map((transport) => ({
      metric: `memory.paced.${transport}`,
      unit: 'MB',
      better: 'lower',
      figure: transport,
      statistic: 'median',
      target: { of: 'one minute', ratio: 1.2 },
      worldClass: { of: 'one minute', ratio: 1 },
    })),
  };
}
