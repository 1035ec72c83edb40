import type { Interruption } from './interruption.ts';
import type { Translate } from './language/translate.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What every command gets besides its own options. */
export type CommandContext = {
  readonly terminal: Terminal;
  readonly t: Translate;
  /** Aborted when the command is to stop; see `watchInterruption`. */
  readonly signal: AbortSignal;
  readonly interruption: Pick<Interruption, 'interrupt' | 'onceInterrupted'>;
};
