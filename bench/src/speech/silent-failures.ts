import type { Transport } from '../client/speech-client.ts';
import type { ClientName } from '../client/task.ts';
import type { Experiment } from '../harness/experiment.ts';
import type { Figures } from '../harness/row.ts';
import type { Answer, Fault } from '../service/answer.ts';
import type { BenchContext } from './bench-context.ts';

const ANSWER: Answer = { pieces: 3, pieceSeconds: 0.1, intervalMs: 0 };

type Failure = { transport: Transport; what: Fault | 'unknown option' };

const FAILURES: readonly Failure[] = [
  { transport: 'events', what: 'error-message' },
  { transport: 'events', what: 'error-object' },
  { transport: 'events', what: 'no-last-event' },
  { transport: 'events', what: 'cut' },
  { transport: 'events', what: 'error-body' },
  { transport: 'events', what: 'unknown option' },
  { transport: 'binary', what: 'cut' },
  { transport: 'binary', what: 'error-body' },
  { transport: 'binary', what: 'unknown option' },
  { transport: 'socket', what: 'error-message' },
  { transport: 'socket', what: 'no-last-event' },
  { transport: 'socket', what: 'cut' },
  { transport: 'socket', what: 'unknown option' },
];

const PEERS = ['fetch', 'openai', 'ws'] as const;

/** How many things that go wrong a caller is not told of. Each peer speaks its own transports. */
export function silentFailuresExperiment({ perform }: BenchContext): Experiment {
  const measure = async (client: ClientName): Promise<Figures> => {
    const silent: string[] = [];
    for (const { transport, what } of FAILURES) {
      if (client !== 'ours' && (transport === 'socket') !== (client === 'ws')) continue;
      const unknownOption = what === 'unknown option';
      const { result } = await perform({ kind: 'failure', client, transport, unknownOption }, [
        unknownOption ? ANSWER : { ...ANSWER, fault: what },
      ]);
      if (!result.noticed) silent.push(`${transport}: ${what}`);
    }
    return { silent: { value: silent.length, because: silent.join(', ') } };
  };
  return {
    name: 'silentFailures',
    rounds: 1,
    contenders: Object.fromEntries(
      ['ours' as const, ...PEERS].map((name) => [name, () => measure(name)]),
    ),
    rows: [
      {
        metric: 'silentFailures',
        unit: `of ${FAILURES.length}`,
        better: 'lower',
        figure: 'silent',
        statistic: 'best',
        target: { of: 'absolute', value: 0 },
      },
    ],
  };
}
