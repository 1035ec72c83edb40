import type { ClientName } from '../client/task.ts';
import type { Transport } from '../client/speech-client.ts';
import type { Experiment } from '../harness/experiment.ts';
import type { Target } from '../harness/row.ts';
import { BYTES_PER_SECOND } from '../service/answer.ts';
import type { Answer } from '../service/answer.ts';
import { transportOf } from './bench-context.ts';
import type { BenchContext } from './bench-context.ts';

const WARM_UP: Answer = { pieces: 50, pieceSeconds: 0.1, intervalMs: 0 };

type Workload = {
  metric: string;
  transport: Transport;
  answer: Answer;
  requests: number;
  rounds: number;
  peers: readonly ClientName[];
  /** One row each; the first bears the metric's own name, the others their peer's behind it. */
  targets: readonly { target: Target & { of: string }; worldClass?: Target }[];
};

/** Processor time of the client for a minute of audio. */
export function processorTimeExperiments(context: BenchContext): Experiment[] {
  const { quick } = context;
  const minutes = quick ? 6 : 60;
  const rounds = quick ? 2 : 5;
  const flatOut = (pieceSeconds: number): Answer => ({
    pieces: (minutes * 60) / pieceSeconds,
    pieceSeconds,
    intervalMs: 0,
  });
  // A wake-up for each piece, as in real time, and a processor that sleeps between them.
  const paced: Answer = { pieces: quick ? 150 : 400, pieceSeconds: 0.1, intervalMs: 10 };
  const pacedRounds = quick ? 1 : 3;
  const workloads: Workload[] = [
    {
      metric: 'events.cpu',
      transport: 'events',
      answer: flatOut(0.1),
      requests: 1,
      rounds,
      peers: ['floor', 'fetch', 'openai', 'undici', 'eventsource-parser'],
      targets: [
        { target: { of: 'openai', ratio: 0.4 }, worldClass: { of: 'openai', ratio: 0.27 } },
        { target: { of: 'floor', ratio: 1.6 }, worldClass: { of: 'floor', ratio: 1.35 } },
      ],
    },
    {
      metric: 'events2s.cpu',
      transport: 'events',
      answer: flatOut(2),
      requests: 1,
      rounds,
      peers: ['floor', 'fetch', 'openai', 'eventsource-parser'],
      targets: [
        { target: { of: 'openai', ratio: 0.5 } },
        { target: { of: 'floor', ratio: 2.4 }, worldClass: { of: 'floor', ratio: 1.3 } },
      ],
    },
    {
      // An answer holds what 1000 characters become: about four minutes.
      metric: 'binary.cpu',
      transport: 'binary',
      answer: { pieces: 2400, pieceSeconds: 0.1, intervalMs: 0 },
      requests: Math.ceil(minutes / 4),
      rounds,
      peers: ['floor', 'fetch', 'openai', 'undici'],
      targets: [{ target: { of: 'fetch', ratio: 1.15 }, worldClass: { of: 'fetch', ratio: 1 } }],
    },
    {
      metric: 'socket.cpu',
      transport: 'socket',
      answer: flatOut(0.1),
      requests: 1,
      rounds,
      peers: ['ws with pause', 'ws'],
      targets: [
        {
          target: { of: 'ws with pause', ratio: 1.1 },
          worldClass: { of: 'ws with pause', ratio: 1 },
        },
      ],
    },
    {
      metric: 'paced.cpu.events',
      transport: 'events',
      answer: paced,
      requests: 1,
      rounds: pacedRounds,
      peers: ['floor', 'fetch', 'openai'],
      targets: [{ target: { of: 'fetch', ratio: 1 }, worldClass: { of: 'floor', ratio: 1.4 } }],
    },
    {
      metric: 'paced.cpu.binary',
      transport: 'binary',
      answer: paced,
      requests: 1,
      rounds: pacedRounds,
      peers: ['floor', 'fetch', 'openai'],
      targets: [{ target: { of: 'fetch', ratio: 1 }, worldClass: { of: 'floor', ratio: 1.4 } }],
    },
    {
      metric: 'paced.cpu.socket',
      transport: 'socket',
      answer: paced,
      requests: 1,
      rounds: pacedRounds,
      peers: ['floor', 'fetch', 'ws with pause'],
      targets: [{ target: { of: 'fetch', ratio: 1 }, worldClass: { of: 'floor', ratio: 1.4 } }],
    },
  ];
  return workloads.map((workload) => toExperiment(workload, context));
}

function toExperiment(workload: Workload, { perform }: BenchContext): Experiment {
  const { metric, transport, answer, requests, rounds, peers, targets } = workload;
  const seconds = answer.pieces * answer.pieceSeconds;
  const measure = async (client: ClientName): Promise<{ cpu: number }> => {
    const { result } = await perform(
      {
        kind: 'processorTime',
        client,
        transport: transportOf(client, transport),
        requests,
        audioBytes: Math.round(seconds * BYTES_PER_SECOND),
      },
      [{ ...WARM_UP, pieceSeconds: answer.pieceSeconds }, answer],
    );
    return { cpu: result.cpuMs / ((seconds * requests) / 60) };
  };
  const contenders = ['ours', ...peers] as const;
  return {
    name: metric,
    rounds,
    contenders: Object.fromEntries(contenders.map((name) => [name, () => measure(name)])),
    rows: targets.map(({ target, worldClass }, index) => ({
      metric: index === 0 ? metric : `${metric}.${target.of}`,
      unit: 'ms per minute of audio',
      better: 'lower',
      figure: 'cpu',
      statistic: 'best',
      target,
      ...(worldClass === undefined ? {} : { worldClass }),
    })),
  };
}
