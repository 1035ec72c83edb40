import type { Experiment } from '../harness/experiment.ts';
import type { Figures } from '../harness/row.ts';
import type { BenchContext } from './bench-context.ts';

/** Reading English aloud takes about this long a character. */
const SECONDS_PER_CHARACTER = 0.07;

/** How much audio gathers behind a socket that cannot pause, when the listener takes it at its natural pace times five. */
export function browserSocketExperiment({ perform, quick }: BenchContext): Experiment {
  const measure = async (sentencesPerWrite: number): Promise<Figures> => {
    const { result } = await perform(
      {
        kind: 'unpausableSocket',
        client: 'ours',
        forMs: quick ? 4000 : 15_000,
        timesRealTime: 5,
        writes: 40,
        sentencesPerWrite,
      },
      [
        {
          pieces: 0,
          pieceSeconds: 0.1,
          intervalMs: 0,
          secondsPerCharacter: SECONDS_PER_CHARACTER,
        },
      ],
    );
    if (result.heardSeconds === 0) throw new Error('nothing was heard');
    return { held: result.heldSeconds };
  };
  const row = {
    unit: 's of audio',
    better: 'lower',
    statistic: 'best',
    target: { of: 'absolute', value: 30 },
    worldClass: { of: 'absolute', value: 10 },
  } as const;
  return {
    name: 'browserSocket.held',
    rounds: 1,
    contenders: {
      ours: async () => ({
        sentences: (await measure(1))['held'] ?? 0,
        pages: (await measure(15))['held'] ?? 0,
      }),
    },
    rows: [
      { metric: 'browserSocket.held', figure: 'sentences', ...row },
      { metric: 'browserSocket.held.longText', figure: 'pages', ...row },
    ],
  };
}
