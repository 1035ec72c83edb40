import { Interrupted } from './cli-error.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';

const SIGNALS: readonly [NodeJS.Signals, ExitCode][] = [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', EXIT.terminated],
  ['SIGHUP', EXIT.hangup],
];

/** How long a command may take to close its connections and end its children after it was asked to stop. */
const GRACE_MS = 3000;

export type Interruption = {
  /** Aborted with {@link Interrupted} when the user, the system or the reader of stdout asks to stop. */
  readonly signal: AbortSignal;
  /** Does what Ctrl-C does: for terminals in raw mode, which make no signal of it. */
  interrupt(): void;
  /**
   * The next Ctrl-C calls the listener and interrupts nothing: a recording ends with it, and what was heard is still
   * written. One after it interrupts.
   *
   * @returns its undo.
   */
  onceInterrupted(listener: () => void): () => void;
  /** Stops listening. */
  dispose(): void;
};

/**
 * Turns signals, and a stdout that nobody reads any more, into one abort signal. A second signal, or a command that
 * does not come to its end in time, ends the process at once; `exit` handlers still end the children.
 */
export function watchInterruption(
  process: NodeJS.Process,
  graceMs: number = GRACE_MS,
): Interruption {
  const controller = new AbortController();
  const undo: (() => void)[] = [];
  let taker: (() => void) | undefined;

  const interrupt = (exitCode: ExitCode): void => {
    if (controller.signal.aborted) process.exit(exitCode);
    const timer = setTimeout(() => process.exit(exitCode), graceMs);
    timer.unref();
    undo.push(() => clearTimeout(timer));
    controller.abort(new Interrupted(exitCode));
  };
  const interruptByUser = (): void => {
    const take = taker;
    taker = undefined;
    if (take === undefined) interrupt(EXIT.interrupted);
    else take();
  };
  for (const [name, exitCode] of SIGNALS) {
    const listener = name === 'SIGINT' ? interruptByUser : (): void => interrupt(exitCode);
    process.on(name, listener);
    undo.push(() => process.off(name, listener));
  }

  // The listeners stay after dispose(): a late error of a stream without one would crash the process.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && !controller.signal.aborted) interrupt(EXIT.readerGone);
  });
  process.stderr.on('error', () => {});

  return {
    signal: controller.signal,
    interrupt: interruptByUser,
    onceInterrupted(listener) {
      taker = listener;
      return () => {
        if (taker === listener) taker = undefined;
      };
    },
    dispose() {
      for (const step of undo.splice(0)) step();
    },
  };
}
