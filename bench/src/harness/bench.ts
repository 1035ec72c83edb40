import { runExperiment } from './experiment.ts';
import type { Experiment } from './experiment.ts';
import type { Row } from './row.ts';

/** Experiments that share a name, a service and a report. */
export interface Bench {
  readonly name: string;
  open(options: BenchOptions): Promise<OpenBench>;
}

export type BenchOptions = {
  /** Fewer runs and less of everything, for work on the bench itself. Its figures count for nothing. */
  quick: boolean;
};

export type OpenBench = { experiments: readonly Experiment[]; close: () => Promise<void> };

/** @param only measures the experiments whose name starts with one of these; empty: all */
export async function runBench(
  bench: Bench,
  options: BenchOptions & { only: readonly string[]; say: (line: string) => void },
): Promise<Row[]> {
  const { experiments, close } = await bench.open(options);
  try {
    const rows: Row[] = [];
    for (const experiment of experiments) {
      const { name } = experiment;
      if (options.only.length > 0 && !options.only.some((start) => name.startsWith(start)))
        continue;
      rows.push(...(await runExperiment(experiment, { again: !options.quick, say: options.say })));
    }
    return rows;
  } finally {
    await close();
  }
}
