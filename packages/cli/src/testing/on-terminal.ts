import { existsSync } from 'node:fs';
import type { CliHome, CliProcess } from './cli-process.ts';

/** Part of every Debian; on other systems it takes other arguments. */
const SCRIPT = '/usr/bin/script';

export const hasTerminal: boolean = process.platform === 'linux' && existsSync(SCRIPT);

/** Runs a command line on a terminal; `stty` prints how it leaves that. */
export function startOnTerminal(
  home: CliHome,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): CliProcess {
  const quote = (command: string[]) => command.map((word) => `'${word}'`).join(' ');
  return home.start(args, {
    env: { PATH: '/usr/bin:/bin', TERM: 'xterm', ...env },
    under: (command) => [
      SCRIPT,
      '-qefc',
      // Ctrl-C reaches the shell, too, which is to go on.
      `trap : INT; ${quote(command)}; echo "ended with $?"; stty -a`,
      '/dev/null',
    ],
  });
}
