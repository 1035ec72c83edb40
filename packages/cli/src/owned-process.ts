import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';

/** How long a child may take to end by itself before it is killed. */
const GRACE_MS = 1000;

/** Ends a child with this process, however this process ends (short of being killed itself). */
export function endWithProcess(child: ChildProcess): void {
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}

/** Asks a child to end, kills it when it does not, and settles when it is gone. May be called for one that is. */
export async function endProcess(child: ChildProcess, graceMs: number = GRACE_MS): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  try {
    await gone;
  } finally {
    clearTimeout(timer);
  }
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
