import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { writeWav } from '@stepvoice/core/audio';
import { describe, expect, test } from 'vitest';
import type { CliProcess } from '../testing/cli-process.ts';
import { installFakeRecorder } from '../testing/fake-recorder.ts';
import { hasTerminal, startOnTerminal as onTerminal } from '../testing/on-terminal.ts';
import type { E2e } from './set-up.ts';
import { SECRET_KEY } from './set-up.ts';

/** What only a terminal shows. */
export function describeTerminal(e2e: E2e): void {
  const startOnTerminal = (args: string[], env: Record<string, string> = {}): CliProcess =>
    onTerminal(e2e.home, args, env);

  describe.runIf(hasTerminal)('on a terminal', () => {
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

    test('space begins and ends a turn, and the terminal is as before', async () => {
      // Loud and soft by turns: the meter moves.
      const samples = Int16Array.from({ length: 24_000 * 40 }, (_, index) =>
        index % 9600 < 4800 ? 9000 * Math.sin(index / 9) : 0,
      );
      const sound = { samples, sampleRate: 24_000 };
      await installFakeRecorder(e2e.home.at('bin'), 'records', sound);
      const env = { ...e2e.shared, PATH: `${e2e.home.at('bin')}:/usr/bin:/bin` };
      const cli = startOnTerminal(['talk', '--push-to-talk', '--out', 'x.wav'], env);
      await cli.until(/your turn/);
      cli.type(' ');
      await cli.until(/recording [^]*recording /);
      // Longer than what is taken for a slip of the finger.
      await cli.until(/(recording [^]*){5}/);
      cli.type(' ');
      await cli.until(/Step: /);
      cli.type('\u0003');
      const printed = await cli.until(/ iexten/);
      expect(printed).toMatch(/ended with 0/);
      expect(printed).toMatch(/ icanon .* echo /);
      expect(printed.lastIndexOf('\u001B[?25h')).toBeGreaterThan(
        printed.lastIndexOf('\u001B[?25l'),
      );
      expect(existsSync(e2e.home.at('work', 'x.wav'))).toBe(true);
    });

    test('whose voice is cloned is asked, and without an answer nothing is sent', async () => {
      await writeFile(
        e2e.home.at('work', 'x.wav'),
        writeWav({ samples: new Int16Array(99), sampleRate: 8000 }),
      );
      const cli = startOnTerminal(['clone', 'x.wav', '--lang', 'zh'], e2e.shared);
      await cli.until(/这是谁的声音/);
      cli.type('李华\r');
      await cli.until(/本人如何同意/);
      cli.type('\r');
      expect(await cli.until(/ended with \d/)).toMatch(/同意声明分两部分[^]*ended with 2/);
      expect(await e2e.emulator.requests()).toEqual([]);
    });

    test('sound is not written to it', async () => {
      const cli = startOnTerminal(['say', 'Hello.', '--out', '-'], e2e.shared);
      expect(await cli.until(/ended with \d/)).toMatch(/cannot be written to a terminal/);
    });
  });
}
