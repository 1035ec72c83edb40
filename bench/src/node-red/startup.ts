import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Figures } from '../harness/row.ts';
import { SETTINGS, makeUserFolder } from './flow-runtime.ts';

const LONGEST_START_MS = 60_000;
/** What is allocated while starting has been collected by then, as far as it will be. */
const SETTLE_MS = 1500;

/** A Node-RED started as a user starts it, with the package in its user folder or without, and no flow. */
export async function measureStartup(withPackage: boolean): Promise<Figures> {
  const userDir = await makeUserFolder(withPackage);
  const settings = join(userDir, 'settings.cjs');
  const shown = { ...SETTINGS, uiHost: '127.0.0.1', uiPort: 0, logging: undefined };
  await writeFile(settings, `module.exports = ${JSON.stringify(shown)};`);
  const program = createRequire(import.meta.url).resolve('node-red/red.js');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, '-u', userDir, '-s', settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const startMs = await new Promise<number>((resolve, reject) => {
      let said = '';
      const timer = setTimeout(
        () => reject(new Error(`Node-RED did not start: ${said.slice(-200)}`)),
        LONGEST_START_MS,
      );
      child.once('exit', (code) => reject(new Error(`Node-RED ended with ${code}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (!said.includes('Started flows')) return;
        clearTimeout(timer);
        resolve(performance.now() - startedAt);
      });
    });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return { start: startMs, memory: await residentMebibytes(child.pid) };
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    await rm(userDir, { recursive: true, force: true });
  }
}

async function residentMebibytes(pid: number | undefined): Promise<Figures[string]> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  } catch {
    return { unmeasured: 'this system has no /proc' };
  }
}
