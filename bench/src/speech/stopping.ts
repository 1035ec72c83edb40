import type { Transport } from '../client/speech-client.ts';
import type { ClientName, Stop } from '../client/task.ts';
import type { Experiment } from '../harness/experiment.ts';
import type { Figures } from '../harness/row.ts';
import { median, percentile } from '../harness/statistics.ts';
import type { Answer } from '../service/answer.ts';
import type { BenchContext } from './bench-context.ts';

const INTERVAL_MS = 100;
const SHORT: Answer = { pieces: 1, pieceSeconds: 0.1, intervalMs: 0 };
const FLOWING: Answer = { pieces: Infinity, pieceSeconds: 0.1, intervalMs: INTERVAL_MS };
const SILENT: Answer = { ...FLOWING, pieces: 1, silentAfter: 1 };

type Case = { transport: Transport; stop: Stop; peers: readonly ClientName[] };

const CASES: readonly Case[] = [
  { transport: 'events', stop: 'break', peers: ['fetch', 'openai'] },
  { transport: 'events', stop: 'abort', peers: ['floor', 'fetch', 'openai'] },
  { transport: 'events', stop: 'return', peers: ['fetch', 'openai'] },
  { transport: 'events', stop: 'pendingReturn', peers: ['fetch', 'openai'] },
  // What is given whole can only be aborted.
  { transport: 'binary', stop: 'abort', peers: ['floor', 'fetch', 'openai'] },
  { transport: 'socket', stop: 'break', peers: [] },
  { transport: 'socket', stop: 'abort', peers: ['ws'] },
  { transport: 'socket', stop: 'return', peers: [] },
  { transport: 'socket', stop: 'pendingReturn', peers: [] },
];

/** Time until the service sees the connection of a listener close who stopped. */
export function stoppingExperiments(context: BenchContext): Experiment[] {
  return CASES.map(({ transport, stop, peers }) => {
    const metric = `close.${transport}.${stop}`;
    return {
      name: metric,
      rounds: 1,
      contenders: Object.fromEntries(
        ['ours' as const, ...peers].map((name) => [
          name,
          () => measure(context, name, transport, stop),
        ]),
      ),
      rows: [
        {
          metric,
          unit: 'ms',
          better: 'lower',
          figure: 'closed',
          statistic: 'median',
          p95: 'closed.p95',
          target: { of: 'absolute', value: 5 },
          ...(peers.includes('floor') ? { worldClass: { of: 'floor', ratio: 1.2 } } : {}),
        },
      ],
    };
  });
}

async function measure(
  { perform, quick }: BenchContext,
  client: ClientName,
  transport: Transport,
  stop: Stop,
): Promise<Figures> {
  const tries = quick ? 4 : 12;
  const { result, requests } = await perform({ kind: 'stop', client, transport, stop, tries }, [
    SHORT,
    stop === 'pendingReturn' ? SILENT : FLOWING,
  ]);
  const times: number[] = [];
  for (const [index, stoppedAt] of result.stoppedAt.entries()) {
    const { closedAt, lastWriteAt } = requests[index + 1] ?? { closedAt: null, lastWriteAt: null };
    const before = closedAt !== null && closedAt - stoppedAt < INTERVAL_MS;
    if (before && Number(lastWriteAt) <= closedAt) times.push(closedAt - stoppedAt);
  }
  if (times.length < tries) {
    const unmeasured = `${tries - times.length} of ${tries} were still open when the next piece was due`;
    return { closed: { unmeasured }, 'closed.p95': { unmeasured } };
  }
  return { closed: median(times), 'closed.p95': percentile(times, 0.95) };
}
