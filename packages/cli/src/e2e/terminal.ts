import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { CliProcess } from '../testing/cli-process.ts';
import type { E2e } from './set-up.ts';
import { SECRET_KEY } from './set-up.ts';

/** Part of every Debian; on other systems it takes other arguments. */
const SCRIPT = '/usr/bin/script';

/** What only a terminal shows. */
export function describeTerminal(e2e: E2e): void {
  /** Runs a command line on a terminal; `stty` prints how it leaves that. */
  function startOnTerminal(args: string[], env: Record<string, string> = {}): CliProcess {
    const quote = (command: string[]) => command.map((word) => `'${word}'`).join(' ');
    return e2e.home.start(args, {
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

  describe.runIf(process.platform === 'linux' && existsSync(SCRIPT))('on a terminal', () => {
    test('the key is not shown while it is typed, and the terminal is as before', async () => {
      const cli = startOnTerminal(['config']);
      await cli.until(/API key \(not shown/);
      cli.type(`${SECRET_KEY}\r`);
      await cli.until(/Region/);
      cli.type('mars\r');
      await cli.until(/cannot be “mars”[^]*Region/);
      cli.type('intl\r');
      await cli.until(/Plan/);
      cli.type('\r');
      const printed = await cli.until(/ iexten/);
      expect(printed).toMatch(/Saved in/);
      expect(printed).toMatch(/ended with 0/);
      expect(printed).toMatch(/ icanon .* echo /);
      const stored = JSON.parse(await readFile(e2e.home.config, 'utf8')) as object;
      expect(stored).toEqual({ apiKey: SECRET_KEY, region: 'intl' });
    });

    test('Ctrl-C while a key is typed stores nothing and gives the terminal back', async () => {
      const cli = startOnTerminal(['config']);
      await cli.until(/API key/);
      cli.type(SECRET_KEY);
      cli.type('\u0003');
      const printed = await cli.until(/ iexten/);
      expect(printed).toMatch(/ended with 130/);
      expect(printed).toMatch(/ icanon .* echo /);
      expect(existsSync(e2e.home.config)).toBe(false);
    });

    test('a line moves while it speaks, and Ctrl-C brings the cursor back', async () => {
      await e2e.emulator.addFault({ kind: 'latency', ms: 60_000 });
      const cli = startOnTerminal(['say', 'Hello.', '--out', 'x.wav'], e2e.shared);
      await cli.until(/Waiting for the first sound/);
      cli.type('\u0003');
      const printed = await cli.until(/ iexten/);
      expect(printed).toMatch(/ended with 130/);
      expect(printed.lastIndexOf('\u001B[?25h')).toBeGreaterThan(
        printed.lastIndexOf('\u001B[?25l'),
      );
    });

    test('sound is not written to it', async () => {
      const cli = startOnTerminal(['say', 'Hello.', '--out', '-'], e2e.shared);
      expect(await cli.until(/ended with \d/)).toMatch(/cannot be written to a terminal/);
    });
  });
}
