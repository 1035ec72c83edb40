import { spawn } from 'node:child_process';
import { basename, isAbsolute, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const PROGRAMS = new URL('../../dist/', import.meta.url);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LONGEST_RUN_MS = 180_000;

/**
 * Makes plain JavaScript of a program that is to be measured, and gives its file: Node's type stripping would add 30 MB and
 * some 40 ms to the process. Packages stay outside, so that each is loaded as a user's program loads it, unless they are
 * to be taken in: those of the core, where the program is made of its sources and test doubles.
 */
export async function bundleProgram(
  source: URL,
  { packages = 'outside' }: { packages?: 'outside' | 'inside' } = {},
): Promise<string> {
  const file = fileURLToPath(source);
  const bundle = await rolldown({
    input: file,
    platform: 'node',
    external: (id) =>
      id.startsWith('node:') || (packages === 'outside' && !id.startsWith('.') && !isAbsolute(id)),
  });
  const { dir: folder, name } = parse(file);
  const dir = join(fileURLToPath(PROGRAMS), basename(folder), name);
  const { output } = await bundle.write({ dir, format: 'esm', cleanDir: true });
  await bundle.close();
  return join(dir, output[0].fileName);
}

/**
 * Runs a bundled program in a fresh process, hands it the task as JSON in its first argument, and gives the JSON it wrote to
 * its standard output.
 *
 * @throws {Error} with the end of what it said, when it fails, is killed or takes three minutes.
 */
export async function runMeasured<Result>(program: string, task: object): Promise<Result> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [program, JSON.stringify(task)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  let result = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (result += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
    (resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...ended) => resolve(ended));
    },
  );
  if (code === 0) return JSON.parse(result) as Result;
  const ending = signal === null ? `exit status ${code}` : `killed by ${signal}`;
  throw new Error(`${ending}: ${lastError(complaint)}`);
}

/** The line of a stack trace that says what happened, without the paths of this machine around it. */
function lastError(complaint: string): string {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  const message = lines.findLast((line) => /^\S*(Error|Exception)\b.*:/.test(line));
  return (message ?? lines.at(-1) ?? 'it said nothing').replaceAll(ROOT, '');
}
