import type { Bench } from '../harness/bench.ts';
import type { Experiment } from '../harness/experiment.ts';
import { bundleProgram, runMeasured } from '../harness/measured-process.ts';
import type { Target } from '../harness/row.ts';
import { percentile } from '../harness/statistics.ts';
import type { AnswerPlan } from './answer-plan.ts';
import { startProtocolService } from './protocol-service.ts';
import { CLIENTS } from './task.ts';
import type { ClientName, Task, TaskResults } from './task.ts';

type WithoutAddress<T> = T extends unknown ? Omit<T, 'baseUrl' | 'client'> : never;
type TaskOf<Kind extends Task['kind']> = WithoutAddress<Extract<Task, { kind: Kind }>>;
type Perform = <Kind extends Task['kind']>(
  client: ClientName,
  plan: AnswerPlan,
  task: TaskOf<Kind> & { kind: Kind },
) => Promise<TaskResults[Kind]>;

const PEER = 'by hand';
const NO_ANSWER: AnswerPlan = { deltas: 0, deltaMs: 0, intervalMs: 0 };

/** The realtime conversation and transcription, against `ws` and `fetch` by hand, with a mock service on loopback. */
export const protocolBench: Bench = {
  name: 'protocol',
  async open({ quick }) {
    const program = await bundleProgram(new URL('./client-process.ts', import.meta.url));
    const service = await startProtocolService();
    const perform: Perform = (client, plan, task) =>
      runMeasured(program, { ...task, client, baseUrl: service.baseUrl(plan) });
    return {
      experiments: [
        overheadExperiment(perform, quick),
        uploadExperiment(perform, quick, 'events'),
        uploadExperiment(perform, quick, 'socket'),
        sessionsExperiment(perform, quick),
      ],
      close: () => service.stop(),
    };
  },
};

function overheadExperiment(perform: Perform, quick: boolean): Experiment {
  const deltas = quick ? 100 : 400;
  // A wake-up for each, as in real time.
  const plan = { deltas, deltaMs: 100, intervalMs: 5 };
  return {
    name: 'realtime.overhead',
    rounds: quick ? 1 : 5,
    contenders: contend(async (client) => {
      const { overheadMs } = await perform(client, plan, { kind: 'overhead', deltas });
      return { p50: percentile(overheadMs, 0.5), p95: percentile(overheadMs, 0.95) };
    }),
    // What nobody hears: a hundredth of a frame of 20 ms.
    rows: [
      row('realtime.overhead.p50', 'ms', 'p50', 'best', { of: PEER, plus: 0.2 }),
      row('realtime.overhead.p95', 'ms', 'p95', 'best', { of: PEER, plus: 0.2 }),
    ],
  };
}

function uploadExperiment(
  perform: Perform,
  quick: boolean,
  transport: 'events' | 'socket',
): Experiment {
  const minutes = quick ? 1 : 5;
  return {
    name: `upload.${transport}`,
    rounds: quick ? 1 : 5,
    contenders: contend(async (client) => {
      const { cpuMs } = await perform(client, NO_ANSWER, { kind: 'upload', transport, minutes });
      return { cpu: cpuMs / minutes };
    }),
    rows: [
      row(`upload.${transport}.cpu`, 'ms per minute of audio', 'cpu', 'best', {
        of: PEER,
        ratio: 1.5,
      }),
    ],
  };
}

function sessionsExperiment(perform: Perform, quick: boolean): Experiment {
  const sessions = quick ? 20 : 200;
  const forMs = quick ? 2000 : 8000;
  const plan = { deltas: forMs / 100, deltaMs: 100, intervalMs: 100 };
  return {
    name: 'realtime.sessions',
    rounds: quick ? 1 : 3,
    contenders: contend(async (client) => {
      const result = await perform(client, plan, {
        kind: 'sessions',
        sessions,
        forMs,
        deltas: plan.deltas,
      });
      return {
        lag: result.lagMs,
        memory: result.bytesPerSession / 1024,
        cpu: result.cpuMs / forMs,
      };
    }),
    rows: [
      row('realtime.sessions.lag', 'ms, p99', 'lag', 'median', { of: PEER, plus: 5 }),
      // Resident, which is mostly what waits to be collected: 200 conversations shall fit in 100 MiB.
      row('realtime.sessions.memory', 'KiB each', 'memory', 'median', {
        of: 'absolute',
        value: 512,
      }),
      row('realtime.sessions.cpu', 'share of a core', 'cpu', 'best', { of: PEER, ratio: 1.5 }),
    ],
  };
}

function contend(
  measure: (client: ClientName) => Promise<Record<string, number>>,
): Experiment['contenders'] {
  return Object.fromEntries(CLIENTS.map((client) => [client, () => measure(client)]));
}

function row(
  metric: string,
  unit: string,
  figure: string,
  statistic: 'best' | 'median',
  target: Target,
): Experiment['rows'][number] {
  return { metric, unit, better: 'lower', figure, statistic, target };
}
