import type { Bench } from '../harness/bench.ts';
import type { Experiment } from '../harness/experiment.ts';
import { bundleProgram, runMeasured } from '../harness/measured-process.ts';
import type { Figures, RowPlan, Target } from '../harness/row.ts';
import type { NarrationTask, NoteLanguage, PerformNarrationTask } from './narration-task.ts';

const LANGUAGES: readonly NoteLanguage[] = ['English', 'Chinese'];
const RATES = [1, 1.5, 2] as const;

/**
 * Long texts read aloud, over a service as narrow as an account's lowest tier, against the two ways they are read
 * otherwise: one request for each sentence, and all of the text before the first sound. The clock is simulated; what is
 * measured of our own processor is planning, cutting and stretching.
 */
export const narrationBench: Bench = {
  name: 'narration',
  async open({ quick }) {
    const program = await bundleProgram(new URL('narration-process.ts', import.meta.url), {
      packages: 'inside',
    });
    const perform: PerformNarrationTask = (task) => runMeasured<Figures>(program, task);
    const rounds = quick ? 1 : 3;
    return {
      experiments: [
        ...LANGUAGES.flatMap((language) =>
          RATES.map((rate) => reading({ language, rate, buffered: false }, perform)),
        ),
        ...LANGUAGES.map((language) => reading({ language, rate: 1, buffered: true }, perform)),
        ...LANGUAGES.map((language) => again(language, perform)),
        ...LANGUAGES.map((language) => following(language, perform)),
        planning(perform, rounds),
        hostile(perform, rounds),
        ...LANGUAGES.map((language) => cutting(language, perform, rounds)),
        ...[1.5, 2].map((rate) => stretching(rate, perform, rounds)),
      ],
      close: () => Promise.resolve(),
    };
  },
};

const absolute = (value: number): Target => ({ of: 'absolute', value });

/** Rows of one experiment: a figure by its name, the lower the better. */
function rowsOf(
  experiment: string,
  figures: readonly (readonly [string, string, Target])[],
): RowPlan[] {
  return figures.map(([figure, unit, target]) => ({
    metric: `${experiment}.${figure}`,
    unit,
    better: 'lower',
    figure,
    statistic: 'best',
    target,
  }));
}

function reading(
  note: { language: NoteLanguage; rate: number; buffered: boolean },
  perform: PerformNarrationTask,
): Experiment {
  const { language, rate, buffered } = note;
  const name = `read.${language}.${buffered ? 'buffered.' : ''}${rate}x`;
  const run = (contender: string) => () => perform({ kind: 'reading', ...note, contender });
  return {
    name,
    // The clock is simulated: each run gives the same figures.
    rounds: 1,
    contenders: {
      ours: run('ours'),
      'by sentence': run('by sentence'),
      'whole text': run('whole text'),
    },
    rows: rowsOf(name, [
      ['firstSound', 's', absolute(0.7)],
      ['broken', 's of silence', absolute(0)],
      ['requests', 'requests', absolute(12)],
      ['refused', 'refused requests', absolute(0)],
    ]),
  };
}

function again(language: NoteLanguage, perform: PerformNarrationTask): Experiment {
  const name = `again.${language}`;
  return {
    name,
    rounds: 1,
    contenders: { ours: () => perform({ kind: 'again', language, contender: 'ours' }) },
    rows: rowsOf(name, [
      ['again', 'requests', absolute(0)],
      ['editRequests', 'requests', absolute(1)],
      ['editSurplus', 'characters beyond the sentence', absolute(0)],
    ]),
  };
}

/** Whether each word is told when it is heard, and each sample of each answer comes out. */
function following(language: NoteLanguage, perform: PerformNarrationTask): Experiment {
  const name = `follow.${language}`;
  return {
    name,
    rounds: 1,
    contenders: { ours: () => perform({ kind: 'following', language, contender: 'ours' }) },
    rows: rowsOf(name, [
      ['wordLag', 'ms, p95', absolute(30)],
      ['lostSamples', 'samples', absolute(0)],
    ]),
  };
}

function planning(perform: PerformNarrationTask, rounds: number): Experiment {
  const run = (bytes: number) => () => perform({ kind: 'planning', bytes, contender: 'ours' });
  return {
    name: 'plan',
    rounds,
    contenders: { ours: run(5_000_000), '100 kB': run(100_000), '1 MB': run(1_000_000) },
    rows: rowsOf('plan', [
      ['first', 'ms', absolute(100)],
      ['longest', 'ms', absolute(50)],
      // Five times as much takes five times as long, and something for what a larger heap costs.
      ['total', 'ms', { of: '1 MB', ratio: 6.5 }],
      ['heap', 'MB', { of: '1 MB', ratio: 6.5 }],
    ]),
  };
}

function hostile(perform: PerformNarrationTask, rounds: number): Experiment {
  return {
    name: 'plan.hostile',
    rounds,
    contenders: { ours: () => perform({ kind: 'hostile', contender: 'ours' }) },
    rows: [
      {
        metric: 'plan.hostile',
        unit: 'ms',
        better: 'lower',
        figure: 'longest',
        statistic: 'best',
        target: absolute(1000),
      },
    ],
  };
}

function cutting(
  language: NoteLanguage,
  perform: PerformNarrationTask,
  rounds: number,
): Experiment {
  const run = (contender: string) => () => perform({ kind: 'sentences', language, contender });
  return speed(
    `sentences.${language}`,
    'million code units a second',
    { ours: run('ours'), 'Intl.Segmenter': run('Intl.Segmenter') },
    // The platform's own breaks behind every "Mr." and knows no list; more than this nobody waits for.
    absolute(5),
    rounds,
  );
}

function stretching(rate: number, perform: PerformNarrationTask, rounds: number): Experiment {
  const task: NarrationTask = { kind: 'stretching', rate, contender: 'ours' };
  return speed(
    `stretch.${rate}x`,
    'times real time',
    { ours: () => perform(task) },
    absolute(100),
    rounds,
  );
}

function speed(
  metric: string,
  unit: string,
  contenders: Experiment['contenders'],
  target: Target,
  rounds: number,
): Experiment {
  const plan: RowPlan = {
    metric,
    unit,
    better: 'higher',
    figure: 'speed',
    statistic: 'best',
    target,
  };
  return { name: metric, rounds, contenders, rows: [plan] };
}
