import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { audioBench } from './audio/audio-bench.ts';
import { runBench } from './harness/bench.ts';
import { toTable } from './harness/table.ts';
import { narrationBench } from './narration/narration-bench.ts';
import { nodeRedBench } from './node-red/node-red-bench.ts';
import { protocolBench } from './protocol/protocol-bench.ts';
import { speechBench } from './speech/speech-bench.ts';

const BENCHES = [speechBench, audioBench, protocolBench, narrationBench, nodeRedBench];
const RESULTS = new URL('../results/', import.meta.url);

const USAGE = `Usage: pnpm bench [NAME …] [--quick] [--only=METRIC]
  NAME      ${BENCHES.map(({ name }) => name).join(', ')}; all of them when left out
  --quick   the short form, for work on the bench itself: its figures count for nothing
  --only    measures the metrics that start so, and writes no result; may be repeated
`;

/** @returns the exit status: 0 when every row holds */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no bench ${unknown.join(', ')}.\n${USAGE}`);
    return 1;
  }
  const { quick, only } = values;
  const load = loadavg()[0] ?? 0;
  if (load > 0.5) {
    process.stderr.write(
      `Something else is running here (load ${load.toFixed(1)}): latencies will be worse than they are.\n`,
    );
  }

  let allHold = true;
  for (const bench of BENCHES) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
    const startedAt = performance.now();
    const rows = await runBench(bench, {
      quick,
      only,
      say: (line) => void process.stderr.write(`${bench.name}: ${line}\n`),
    });
    process.stdout.write(toTable(rows));
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const holding = rows.filter(({ holds }) => holds).length;
    process.stdout.write(`${holding} of ${rows.length} rows hold; ${seconds} s\n`);
    allHold &&= holding === rows.length;
    if (only.length > 0) continue;
    await mkdir(RESULTS, { recursive: true });
    const report = { name: bench.name, node: process.version, ...(quick ? { quick } : {}), rows };
    await writeFile(new URL(`${bench.name}.json`, RESULTS), `${JSON.stringify(report, null, 2)}\n`);
  }
  return allHold ? 0 : 1;
}

process.exitCode = await main();
