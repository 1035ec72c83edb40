import type { Transport } from '../client/speech-client.ts';
import type { ClientName } from '../client/task.ts';
import type { Experiment } from '../harness/experiment.ts';
import type { Figures, RowPlan, Target } from '../harness/row.ts';
import { median, percentile } from '../harness/statistics.ts';
import type { Answer } from '../service/answer.ts';
import { transportOf } from './bench-context.ts';
import type { BenchContext } from './bench-context.ts';

const ONE_PIECE: Answer = { pieces: 1, pieceSeconds: 0.1, intervalMs: 0 };
/** Requests at the start of a process that find the code not yet compiled. */
const NOT_YET_WARM = 150;

/** Time to first audio without the service's own share: until it sees the request, and from its first write. */
export function firstAudioExperiments(context: BenchContext): Experiment[] {
  const rounds = context.quick ? 1 : 5;
  return [
    {
      name: 'firstAudio.warm.events',
      rounds,
      contenders: warmContenders(context, 'events', ['floor', 'fetch', 'openai', 'undici']),
      rows: [
        ...warmRows('firstAudio.warm.events', 'total', [
          { of: 'fetch', plus: 0.1 },
          { of: 'openai', ratio: 0.95 },
        ]),
        ...warmRows('firstAudio.warm.events.send', 'send', [{ of: 'fetch', plus: 0.1 }]),
        ...warmRows('firstAudio.warm.events.receive', 'receive', [{ of: 'fetch', plus: 0.1 }]),
      ],
    },
    {
      // A whole answer of a single piece.
      name: 'firstAudio.warm.binary',
      rounds,
      contenders: warmContenders(context, 'binary', ['floor', 'fetch', 'openai', 'undici']),
      rows: [
        ...warmRows('firstAudio.warm.binary', 'total', [
          { of: 'fetch', plus: 0.1 },
          { of: 'openai', ratio: 0.95 },
        ]),
        ...warmRows('firstAudio.warm.binary.send', 'send', [{ of: 'fetch', plus: 0.1 }]),
        ...warmRows('firstAudio.warm.binary.receive', 'receive', [{ of: 'fetch', plus: 0.1 }]),
      ],
    },
    {
      name: 'firstAudio.warm.socket',
      rounds,
      contenders: warmContenders(context, 'socket', ['ws']),
      rows: warmRows('firstAudio.warm.socket.receive', 'receive', [{ of: 'ws', plus: 0.1 }]),
    },
    coldExperiment(context, 'events', 0.5),
    coldExperiment(context, 'binary', 0.5),
    coldExperiment(context, 'socket', 0.25),
  ];
}

function warmContenders(
  { perform, quick }: BenchContext,
  transport: Transport,
  peers: readonly ClientName[],
): Experiment['contenders'] {
  const measure = async (client: ClientName): Promise<Figures> => {
    const { result, requests } = await perform(
      { kind: 'firstAudio', client, transport, requests: quick ? 200 : 500 },
      [ONE_PIECE],
    );
    const warm = requests.slice(NOT_YET_WARM);
    const send = warm.map(
      ({ receivedAt }, index) => receivedAt - at(result.calledAt, index + NOT_YET_WARM),
    );
    const receive = warm.map(
      ({ firstWriteAt }, index) =>
        at(result.firstAudioAt, index + NOT_YET_WARM) - Number(firstWriteAt),
    );
    const total = send.map((time, index) => time + at(receive, index));
    return Object.fromEntries(
      Object.entries({ send, receive, total }).flatMap(([name, times]) => [
        [name, median(times)],
        [`${name}.p95`, percentile(times, 0.95)],
      ]),
    );
  };
  return Object.fromEntries(['ours' as const, ...peers].map((name) => [name, () => measure(name)]));
}

/** The first target's row bears the metric's own name, the others their peer's behind it. */
function warmRows(
  metric: string,
  figure: string,
  targets: readonly (Target & { of: string })[],
): RowPlan[] {
  return targets.map((target, index) => ({
    metric: index === 0 ? metric : `${metric}.${target.of}`,
    unit: 'ms',
    better: 'lower',
    figure,
    statistic: 'median',
    p95: `${figure}.p95`,
    target,
    ...(index === 0 ? { worldClass: { of: target.of, ratio: 1 } } : {}),
  }));
}

function coldExperiment(
  { perform, quick }: BenchContext,
  transport: Transport,
  worldClassRatio: number,
): Experiment {
  const peers: ClientName[] =
    transport === 'socket' ? ['openai', 'ws'] : ['floor', 'fetch', 'openai', 'undici'];
  const measure = async (client: ClientName): Promise<Figures> => {
    const { result, requests } = await perform(
      {
        kind: 'coldFirstAudio',
        client,
        transport: transportOf(client, transport),
      },
      [ONE_PIECE],
    );
    const [request] = requests;
    if (request === undefined) throw new Error('the service saw no request');
    const service = Number(request.firstWriteAt) - request.receivedAt;
    return { cold: result.firstAudioAt - result.startedAt - service };
  };
  return {
    name: `firstAudio.cold.${transport}`,
    rounds: quick ? 2 : 8,
    contenders: Object.fromEntries(
      ['ours' as const, ...peers].map((name) => [name, () => measure(name)]),
    ),
    rows: [
      {
        metric: `firstAudio.cold.${transport}`,
        unit: 'ms',
        better: 'lower',
        figure: 'cold',
        statistic: 'best',
        target: { of: 'openai', ratio: 0.75 },
        worldClass: { of: 'openai', ratio: worldClassRatio },
      },
    ],
  };
}

function at(times: readonly number[], index: number): number {
  const time = times[index];
  if (time === undefined) throw new Error(`the service saw ${index} more requests than were made`);
  return time;
}
