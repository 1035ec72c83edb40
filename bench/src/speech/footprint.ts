import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import type { Experiment } from '../harness/experiment.ts';
import type { BenchContext } from './bench-context.ts';

const IMPORTS = {
  ours: '@stepvoice/core/node',
  openai: 'openai',
  undici: 'undici',
  ws: 'ws',
} as const;
const WHOLE = {
  ours: `export { StepAudio } from '@stepvoice/core';`,
  openai: `export { OpenAI } from 'openai';`,
};
const SPEECH_ONLY = {
  ours: `export { Speech, createConnection } from '@stepvoice/core';`,
  // It has one client for everything.
  openai: WHOLE.openai,
};

/** Loads what will be measured once, so that no first run waits for the disk. What fails, fails again in its row. */
export async function readPackages({ perform }: BenchContext): Promise<void> {
  for (const specifier of Object.values(IMPORTS)) {
    await perform({ kind: 'import', client: 'ours', specifier }).catch(() => undefined);
  }
}

export function footprintExperiments({ perform, quick }: BenchContext): Experiment[] {
  return [
    {
      name: 'import',
      rounds: quick ? 3 : 8,
      contenders: Object.fromEntries(
        Object.entries(IMPORTS).map(([name, specifier]) => [
          name,
          async () => {
            const { result } = await perform({ kind: 'import', client: 'ours', specifier });
            return { time: result.importMs };
          },
        ]),
      ),
      rows: [
        {
          metric: 'import',
          unit: 'ms',
          better: 'lower',
          figure: 'time',
          statistic: 'best',
          target: { of: 'openai', ratio: 0.12 },
          worldClass: { of: 'openai', ratio: 0.08 },
        },
      ],
    },
    {
      name: 'import.late',
      rounds: 1,
      contenders: {
        ours: async () => {
          const specifier = IMPORTS.ours;
          const { result } = await perform({ kind: 'lateModules', client: 'ours', specifier });
          return { modules: result.modules };
        },
      },
      rows: [
        {
          metric: 'import.late',
          unit: 'modules of ws and undici',
          better: 'lower',
          figure: 'modules',
          statistic: 'best',
          target: { of: 'absolute', value: 0 },
        },
      ],
    },
    bundleExperiment('bundle.whole', WHOLE, { value: 25, worldClass: 15 }),
    bundleExperiment('bundle.speech', SPEECH_ONLY, { value: 12, worldClass: 8 }),
  ];
}

function bundleExperiment(
  metric: string,
  sources: Readonly<Record<string, string>>,
  { value, worldClass }: { value: number; worldClass: number },
): Experiment {
  return {
    name: metric,
    rounds: 1,
    contenders: Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [
        name,
        async () => ({ gzip: await gzippedKilobytes(source) }),
      ]),
    ),
    rows: [
      {
        metric: `${metric}.gzip`,
        unit: 'kB',
        better: 'lower',
        figure: 'gzip',
        statistic: 'best',
        target: { of: 'absolute', value },
        worldClass: { of: 'absolute', value: worldClass },
      },
    ],
  };
}

/** Size of a minified bundle for browsers. */
async function gzippedKilobytes(source: string): Promise<number> {
  const entry = 'bundle-entry';
  const bundle = await rolldown({
    input: entry,
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    platform: 'browser',
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) =>
          id === entry ? fileURLToPath(new URL(`${entry}.js`, import.meta.url)) : null,
        load: (id) => (id.endsWith(`${entry}.js`) ? source : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false });
  await bundle.close();
  // What only dropped code would load comes as a chunk of its own, which nothing loads.
  const [{ code, imports }] = output;
  if (imports.length > 0) throw new Error(`the bundle still imports ${imports.join(', ')}`);
  return gzipSync(code, { level: 9 }).length / 1000;
}
