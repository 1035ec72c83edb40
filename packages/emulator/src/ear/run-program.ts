import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export type ProgramRun = {
  command: string;
  args: readonly string[];
  timeLimitMs: number;
  /** A program that prints more is ended. */
  mostOutputBytes: number;
  signal?: AbortSignal | undefined;
};

/** Why a program gave nothing to work with. The message names the program and holds nothing of what it printed. */
export class ProgramError extends Error {
  override name = 'ProgramError';
  readonly reason: 'missing' | 'failed' | 'timeout' | 'too-much-output';

  constructor(reason: ProgramError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * Runs a program, without a shell and without input, and answers what it printed to standard output. It is ended, with
 * the programs it started, where the time is over or nobody waits any more.
 *
 * @throws {ProgramError} and the signal's reason.
 */
export function runProgram(run: ProgramRun): Promise<Uint8Array> {
  const { command, args, timeLimitMs, mostOutputBytes, signal } = run;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const child = spawn(command, [...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
      // A group of its own, so that what it starts ends with it.
      detached: process.platform !== 'win32',
    });
    const parts: Buffer[] = [];
    let length = 0;
    const fail = (error: Error): void => {
      endGroup(child);
      settle();
      reject(error);
    };
    const onAbort = (): void => fail(signal?.reason as Error);
    const timer = setTimeout(() => {
      fail(
        new ProgramError('timeout', `${command} has not ended after ${timeLimitMs / 1000} seconds`),
      );
    }, timeLimitMs);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length <= mostOutputBytes) return;
      fail(
        new ProgramError(
          'too-much-output',
          `${command} printed more than ${mostOutputBytes} bytes`,
        ),
      );
    });
    child.once('error', (cause) => {
      fail(new ProgramError('missing', `${command} cannot be started`, { cause }));
    });
    child.once('close', (status, by) => {
      settle();
      if (status === 0) return resolve(Buffer.concat(parts));
      const how = status === null ? `was ended by ${by}` : `ended with status ${status}`;
      reject(new ProgramError('failed', `${command} ${how}`));
    });
  });
}

function endGroup(child: ChildProcess): void {
  child.stdout?.destroy();
  try {
    if (process.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
