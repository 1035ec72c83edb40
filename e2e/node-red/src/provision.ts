import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { pack, publishedPackages } from '../../../scripts/published.mjs';
import { HOSTS_FOLDER } from './hosts.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder of a Node-RED user in which the packed package is installed. To be copied. */
    userFolder: string;
  }
}

const run = promisify(execFile);
const PACKAGES = ['@stepvoice/core', '@stepvoice/node-red'];

/** Installs the hosts, and the packages as the registry would get them into a new user's folder. */
export default async function provision(project: TestProject): Promise<() => Promise<void>> {
  const userFolder = await mkdtemp(join(tmpdir(), 'stepvoice-node-red-'));
  try {
    await Promise.all([installHosts(), installPackages(userFolder)]);
  } catch (error) {
    await rm(userFolder, { recursive: true, force: true });
    throw error;
  }
  project.provide('userFolder', userFolder);
  return () => rm(userFolder, { recursive: true, force: true });
}

/** What is there already is taken as it is, if it is of this very lockfile. */
async function installHosts(): Promise<void> {
  const lockfile = await readFile(join(HOSTS_FOLDER, 'package-lock.json'));
  const wanted = createHash('sha256').update(lockfile).digest('hex');
  const mark = join(HOSTS_FOLDER, 'node_modules', '.installed-lockfile');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === wanted) return;
  await npm(['ci'], HOSTS_FOLDER);
  await writeFile(mark, wanted);
}

async function installPackages(folder: string): Promise<void> {
  const published = publishedPackages().filter(({ manifest }) => PACKAGES.includes(manifest.name));
  const archives = Object.fromEntries(
    published.map((entry) => [entry.manifest.name, `file:${pack(entry)}`]),
  );
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    // The core that the package depends on is not in a registry yet.
    JSON.stringify({ private: true, dependencies: archives, overrides: archives }),
  );
  await npm(['install', '--omit=dev', '--engine-strict', '--no-package-lock'], folder);
}

/** The npm of the Node.js at hand, or the one that runs this script. */
async function npm(parameters: readonly string[], cwd: string): Promise<void> {
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const own = process.env['npm_execpath'];
  const isNpm = own?.endsWith('npm-cli.js') ?? false;
  const program = isNpm ? process.execPath : 'npm';
  const first = isNpm && own !== undefined ? [own] : [];
  await run(program, [...first, ...parameters, ...options], { cwd, timeout: 300_000 });
}
