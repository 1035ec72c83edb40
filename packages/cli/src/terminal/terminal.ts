import { CliError, Interrupted } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Translate } from '../language/translate.ts';
import { reasonOf } from '../system-error.ts';

/** What a command sees of the process it runs in. */
export type Terminal = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
};

/** Whether a line may move: on a terminal that can move the cursor, and that somebody watches. */
export function isLive({ stderr, env }: Terminal): boolean {
  return stderr.isTTY && env['TERM'] !== 'dumb' && !('CI' in env);
}

/** Settles when the stream has taken the data: with a file when it is written, with a pipe when there is room again. */
export function writeTo(stream: NodeJS.WritableStream, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(data, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/**
 * Writes what a command was asked for to stdout.
 *
 * @throws {Interrupted} where its reader has gone, {@link CliError} where it cannot be written.
 */
export async function print(terminal: Terminal, text: string, t: Translate): Promise<void> {
  try {
    await writeTo(terminal.stdout, text);
  } catch (error) {
    throw toOutputError(error, t);
  }
}

/** The failure of a write to stdout. */
export function toOutputError(error: unknown, t: Translate): Error {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return new Interrupted(EXIT.readerGone);
  return new CliError(t('error.stdout', { reason: reasonOf(error, t) }), {
    exitCode: EXIT.failure,
    cause: error,
  });
}
