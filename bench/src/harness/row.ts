import { spreadOf, summarize } from './statistics.ts';
import type { Better, Statistic } from './statistics.ts';

/** What one run of a contender found, by the figure's name; a count with what was counted; or why there is none. */
export type Figures = Record<string, Figure>;
export type Figure = number | { value: number; because: string } | { unmeasured: string };

/** A multiple of a peer's figure, that figure and a little more, or a plain value in the row's unit. */
export type Target =
  | { of: 'absolute'; value: number }
  | { of: string; ratio: number }
  | { of: string; plus: number };

export type RowPlan = {
  metric: string;
  unit: string;
  better: Better;
  /** Name in {@link Figures}. */
  figure: string;
  statistic: Statistic;
  /** Figure that holds the 95th percentile of the same quantity. */
  p95?: string;
  target: Target;
  worldClass?: Target;
};

export type Row = {
  metric: string;
  unit: string;
  better: Better;
  ours: number | null;
  peers: Record<string, number | null>;
  target: { of: string; ratio?: number; value?: number; plus?: number };
  /** Ours over the target's peer, or over the target's value. */
  ratio: number | null;
  holds: boolean;
  /** Distance of the best and the worst run, relative: of ours or the target's peer, whichever is larger. */
  spread: number;
  statistic: string;
  p95?: number;
  worldClass?: Row['target'] & { holds: boolean };
  reason?: string;
};

/** All runs so far, by contender; a run that failed is its error. */
export type Runs = Record<string, (Figures | Error)[]>;

export function toRow(plan: RowPlan, runs: Runs): Row {
  const { metric, unit, better, statistic } = plan;
  const row: Row = {
    metric,
    unit,
    better,
    ours: null,
    peers: {},
    target: targetAsWritten(plan.target),
    ratio: null,
    holds: false,
    spread: 0,
    statistic: `${statistic} of ${runs['ours']?.length ?? 0}`,
  };
  const ours = samplesOf(runs['ours'], plan.figure);
  for (const [name, figures] of Object.entries(runs)) {
    if (name === 'ours' || !figures.some((run) => run instanceof Error || plan.figure in run)) {
      continue;
    }
    const samples = samplesOf(figures, plan.figure);
    row.peers[name] =
      'unmeasured' in samples ? null : rounded(summarize(samples.values, statistic, better));
  }
  if ('unmeasured' in ours) return { ...row, reason: ours.unmeasured };
  const value = summarize(ours.values, statistic, better);
  row.ours = rounded(value);
  row.spread = rounded(spreadOf(ours.values));
  if (plan.p95 !== undefined) {
    const p95 = samplesOf(runs['ours'], plan.p95);
    if (!('unmeasured' in p95)) row.p95 = rounded(summarize(p95.values, 'median', better));
  }
  if (plan.worldClass !== undefined) {
    const { target, holds } = judge(value, plan.worldClass, plan, runs);
    row.worldClass = { ...target, holds };
  }

  const { target, ratio, holds, reason } = judge(value, plan.target, plan, runs);
  row.target = target;
  row.ratio = ratio === null ? null : rounded(ratio);
  row.holds = holds;
  if (reason !== undefined) row.reason = reason;
  else if (ours.because !== '') row.reason = ours.because;
  if (target.of !== 'absolute') {
    const peer = samplesOf(runs[target.of], plan.figure);
    if (!('unmeasured' in peer)) {
      row.spread = Math.max(row.spread, rounded(spreadOf(peer.values)));
    }
  }
  return row;
}

/** Whether runs that differ as much as these did could have given the other verdict. */
export function couldTurnOver(row: Row): boolean {
  if (row.ratio === null || row.spread === 0) return false;
  const limit = row.target.ratio ?? 1;
  const larger = row.ratio * (1 + row.spread);
  const smaller = row.ratio / (1 + row.spread);
  return larger > limit !== smaller > limit;
}

type Verdict = { target: Row['target']; ratio: number | null; holds: boolean; reason?: string };

function judge(ours: number, target: Target, plan: RowPlan, runs: Runs): Verdict {
  const within = (limit: number): boolean =>
    plan.better === 'lower' ? ours <= limit : ours >= limit;
  if ('value' in target) {
    const ratio = target.value === 0 ? null : ours / target.value;
    return { target, ratio, holds: within(target.value) };
  }
  const samples = samplesOf(runs[target.of], plan.figure);
  if ('unmeasured' in samples) {
    const reason = `${target.of}, which the target is a ratio of: ${samples.unmeasured}`;
    return { target: targetAsWritten(target), ratio: null, holds: false, reason };
  }
  const peer = summarize(samples.values, plan.statistic, plan.better);
  const written =
    'plus' in target
      ? { ...target, ratio: rounded((peer + target.plus) / peer) }
      : { of: target.of, ratio: target.ratio };
  return { target: written, ratio: ours / peer, holds: within(peer * written.ratio) };
}

function targetAsWritten(target: Target): Row['target'] {
  return { ...target };
}

type Samples = { values: number[]; because: string } | { unmeasured: string };

/** A figure counts only when every run has it. */
function samplesOf(runs: Runs[string] | undefined, figure: string): Samples {
  const values: number[] = [];
  let because = '';
  for (const run of runs ?? []) {
    if (run instanceof Error) return { unmeasured: run.message };
    const value = run[figure];
    if (value === undefined) return { unmeasured: `no figure ${figure}` };
    if (typeof value === 'number') values.push(value);
    else if ('unmeasured' in value) return value;
    else {
      values.push(value.value);
      because = value.because;
    }
  }
  return values.length === 0 ? { unmeasured: 'never run' } : { values, because };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
