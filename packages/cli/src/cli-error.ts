import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';

/** A failure whose message is already a sentence for the user, in the user's language. */
export class CliError extends Error {
  override name = 'CliError';
  readonly exitCode: ExitCode;
  /** What to do about it. */
  readonly advice: string | undefined;

  constructor(
    message: string,
    options: { exitCode: ExitCode; advice?: string | undefined; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode;
    this.advice = options.advice;
  }
}

/** The command, an option, a setting or the text is not right. */
export class UsageError extends CliError {
  override name = 'UsageError';

  constructor(message: string, advice?: string) {
    super(message, { exitCode: EXIT.usage, advice });
  }
}

/** The user or the system asked to stop. Nothing is printed about it. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}
