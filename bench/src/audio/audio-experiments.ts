import type { Experiment } from '../harness/experiment.ts';
import type { RowPlan, Target } from '../harness/row.ts';
import type { AudioTask, PerformAudioTask } from './audio-task.ts';

/** A task without the contender, of whatever kind. */
type WithoutContender<T> = T extends unknown ? Omit<T, 'contender'> : never;
export type AudioWork = WithoutContender<AudioTask>;

type Comparison = {
  metric: string;
  work: AudioWork;
  unit: string;
  better: RowPlan['better'];
  figure: string;
  rounds: number;
  peers: readonly string[];
  /** Who stands for us, where it is not what everybody gets. */
  ours?: string;
  /** One row each; the first bears the metric's own name, the others their peer's behind it. */
  targets: readonly { target: Target; worldClass?: Target }[];
};

/** An experiment in which all contenders do the same work, each in a process or page of its own. */
export function comparison(
  { metric, work, peers, ours = 'ours', targets, rounds, ...row }: Comparison,
  perform: PerformAudioTask,
): Experiment {
  const run = (contender: string) => () => perform({ ...work, contender });
  return {
    name: metric,
    rounds,
    contenders: { ours: run(ours), ...Object.fromEntries(peers.map((peer) => [peer, run(peer)])) },
    rows: targets.map(({ target, worldClass }, index) => ({
      metric: index === 0 ? metric : `${metric}.${target.of}`,
      ...row,
      statistic: 'best',
      target,
      ...(worldClass === undefined ? {} : { worldClass }),
    })),
  };
}
