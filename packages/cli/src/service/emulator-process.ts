import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Translate } from '../language/translate.ts';
import { endProcess, endWithProcess } from '../owned-process.ts';

export const EMULATOR_PACKAGE = '@stepvoice/emulator';
/** On two busy cores it takes a second. */
const START_MS = 20_000;

export type Emulator = {
  readonly url: string;
  /** Of this emulator only, and no secret: it opens nothing but a server on this machine. */
  readonly apiKey: string;
  /** Settles when it ends by itself, with what it said. */
  readonly over: Promise<string>;
  /** Ends it; may be called twice. */
  stop(): Promise<void>;
};

/**
 * Starts the emulator as a process of its own, which ends with this one.
 *
 * @param options.port 0 for a free one.
 * @param options.region which of the service's hosts it is to be like.
 * @param options.args of the emulator's own, handed on as they are.
 * @throws {CliError} where the package is not installed or does not come up, and the signal's reason.
 */
export async function startEmulator(
  options: {
    port: number;
    region?: string | undefined;
    args?: readonly string[] | undefined;
    signal: AbortSignal;
  },
  t: Translate,
): Promise<Emulator> {
  const { port, region, args = [], signal } = options;
  signal.throwIfAborted();
  const program = findProgram(t);
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      program,
      '--port',
      String(port),
      '--json',
      '--exit-with-parent',
      ...(region === undefined ? [] : ['--region', region]),
      ...args,
    ],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      // Ctrl-C reaches every process of the terminal's group. The emulator must outlive it for as long as this process
      // needs to close its connections in order, or it reports a broken one.
      detached: process.platform !== 'win32',
    },
  );
  endWithProcess(child);
  // Nothing is ever written; its end tells the emulator that this process is gone.
  child.stdin.on('error', () => {});
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4096);
  });
  const over = once(child, 'close').then(
    () => said.trim(),
    (error: Error) => error.message,
  );
  try {
    const { url, apiKey } = await readyLine(child, over, signal, t);
    return { url, apiKey, over, stop: () => endProcess(child) };
  } catch (error) {
    await endProcess(child);
    throw error;
  }
}

/** Whether it can be started here; it is an optional dependency. */
export function isEmulatorInstalled(): boolean {
  try {
    import.meta.resolve(`${EMULATOR_PACKAGE}/serve`);
    return true;
  } catch {
    return false;
  }
}

function findProgram(t: Translate): string {
  try {
    return fileURLToPath(import.meta.resolve(`${EMULATOR_PACKAGE}/serve`));
  } catch (error) {
    throw new CliError(t('error.noEmulator'), {
      exitCode: EXIT.failure,
      advice: t('advice.noEmulator', { package: EMULATOR_PACKAGE }),
      cause: error,
    });
  }
}

async function readyLine(
  child: ChildProcess,
  over: Promise<string>,
  signal: AbortSignal,
  t: Translate,
): Promise<{ url: string; apiKey: string }> {
  const limit = AbortSignal.timeout(START_MS);
  const lines = createInterface({ input: child.stdout! });
  const failed = (reason: string): CliError =>
    new CliError(t('error.emulatorStart', { reason }), { exitCode: EXIT.failure });
  try {
    const line = await Promise.race([
      once(lines, 'line', { signal: AbortSignal.any([signal, limit]) }).then(([text]) =>
        String(text),
      ),
      over.then((said) => {
        throw failed(toReason(said, t));
      }),
    ]);
    const ready = parseReady(line);
    if (ready === undefined) throw failed(line.slice(0, 200));
    return ready;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw failed(t('reason.tooSlow', { seconds: START_MS / 1000 }));
    throw error;
  } finally {
    lines.close();
    child.stdout!.resume();
  }
}

function parseReady(line: string): { url: string; apiKey: string } | undefined {
  try {
    const { url, apiKey } = JSON.parse(line) as { url?: unknown; apiKey?: unknown };
    return typeof url === 'string' && typeof apiKey === 'string' ? { url, apiKey } : undefined;
  } catch {
    return undefined;
  }
}

/** Why it did not start: its own last words, or ours where we know better. */
function toReason(said: string, t: Translate): string {
  if (said.includes('EADDRINUSE')) return t('reason.portInUse');
  if (said.includes('EACCES')) return t('reason.denied');
  return said.split('\n').at(-1) || t('reason.unknown');
}
