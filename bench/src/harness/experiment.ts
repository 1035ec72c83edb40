import { couldTurnOver, toRow } from './row.ts';
import type { Figures, Row, RowPlan, Runs } from './row.ts';

/** One run in a fresh process. */
export type Contender = () => Promise<Figures>;

/** Quantities that are measured by the same runs. */
export type Experiment = {
  name: string;
  /** Runs of each contender. */
  rounds: number;
  /** The contenders of a round run at the same time: only where nothing that is measured depends on the processor. */
  together?: boolean;
  /** One is called `ours`. */
  contenders: Readonly<Record<string, Contender>>;
  rows: readonly RowPlan[];
};

const TIMES_AGAIN = 3;

/** Ours and the peers in turn, and once more, up to three times, those a row is too close to call between. */
export async function runExperiment(
  experiment: Experiment,
  { again, say }: { again: boolean; say: (line: string) => void },
): Promise<Row[]> {
  const runs: Runs = {};
  let names = Object.keys(experiment.contenders);
  let rows: Row[] = [];
  for (let time = 0; ; time += 1) {
    say(`${experiment.name}${time === 0 ? '' : ` again, ${time} of ${TIMES_AGAIN}`}`);
    for (let round = 0; round < experiment.rounds; round += 1) {
      await runRound(experiment, names, runs);
    }
    // What was decided before stays as it was: later runs leave out the peers it was decided against.
    rows = experiment.rows.map((plan, index) => {
      const before = rows[index];
      return before === undefined || couldTurnOver(before) ? toRow(plan, runs) : before;
    });
    const close = rows.filter(couldTurnOver);
    if (!again || close.length === 0 || time === TIMES_AGAIN) return rows;
    const compared = new Set(['ours', ...close.map(({ target }) => target.of)]);
    names = names.filter((name) => compared.has(name));
  }
}

async function runRound(
  { contenders, together = false }: Experiment,
  names: readonly string[],
  runs: Runs,
): Promise<void> {
  const started: Promise<void>[] = [];
  for (const name of names) {
    const run = attempt(contenders[name]).then((figures) => {
      (runs[name] ??= []).push(figures);
    });
    started.push(run);
    if (!together) await run;
  }
  await Promise.all(started);
}

async function attempt(contender: Contender | undefined): Promise<Figures | Error> {
  try {
    return (await contender?.()) ?? {};
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
