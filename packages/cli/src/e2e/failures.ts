import { openSync, closeSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { readWav } from '@stepvoice/core/audio';
import { describe, expect, test } from 'vitest';
import type { E2e } from './set-up.ts';
import { SECRET_KEY } from './set-up.ts';

const LONG_TEXT = 'One more sentence for the road. '.repeat(60);

/** What goes wrong, and how it ends. */
export function describeFailures(e2e: E2e): void {
  const say = (args: string[], env: Record<string, string> = {}) =>
    e2e.home.run(['say', ...args], { env: { ...e2e.shared, ...env } });

  async function closedPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  describe('failures', () => {
    test.each([
      ['short text', 'Hello.'],
      ['long text', LONG_TEXT],
    ])('a wrong key ends with 3 and is never shown: %s', async (_name, text) => {
      const { code, stderr } = await say([text, '--out', 'x.wav'], { STEPFUN_API_KEY: SECRET_KEY });
      expect(code).toBe(3);
      expect(stderr).toMatch(/refused the API key/);
      expect(await readdir(e2e.home.at('work'))).toEqual([]);
    });

    test('an address without a key ends with 3; the emulator does not step in', async () => {
      const { code, stderr } = await say(['Hello.'], { STEPFUN_API_KEY: '' });
      expect(code).toBe(3);
      expect(stderr).toMatch(/no API key for STEPFUN_BASE_URL/);
    });

    test('nobody there ends with 4', async () => {
      const env = { STEPFUN_BASE_URL: `http://127.0.0.1:${await closedPort()}` };
      const { code, stderr } = await say(['Hello.', '--out', 'x.wav'], env);
      expect(code).toBe(4);
      expect(stderr).toMatch(/cannot be reached: nobody listens.*\n.*stepvoice doctor/);
    });

    test.each([200, 502])('a page of HTML with status %i is not the service', async (status) => {
      await e2e.emulator.addFault({ kind: 'status', status, body: 'html' });
      const { code, stderr } = await say(['Hello.', '--out', 'x.wav']);
      expect([4, 5]).toContain(code);
      expect(stderr).not.toMatch(/<html|<!doctype/i);
    });

    test.each([
      [{ status: 402 }, 3, /balance/],
      [{ status: 429, retryAfter: 0 }, 5, /rate limit/],
      [{ status: 451 }, 1, /moderation/],
      [{ status: 400 }, 1, /stepvoice voices/],
    ])('%j ends with %i', async (fault, expected, message) => {
      await e2e.emulator.addFault({ kind: 'status', ...fault });
      const { code, stderr } = await say(['Hello.', '--out', 'x.wav']);
      expect(code).toBe(expected);
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain('Hello');
    });

    test('the key goes nowhere in plain text but to this machine', async () => {
      const env = { STEPFUN_API_KEY: SECRET_KEY, STEPFUN_BASE_URL: 'http://example.com' };
      const { code, stderr } = await say(['Hello.'], env);
      expect(code).toBe(2);
      expect(stderr).toMatch(/STEPFUN_BASE_URL cannot be used/);
    });

    test('where the emulator is not installed, the way to it is told', async () => {
      const hook = `import { registerHooks } from 'node:module';
        registerHooks({ resolve: (name, context, next) => {
          if (name.startsWith('@stepvoice/emulator')) throw new Error('not found');
          return next(name, context);
        } });`;
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hook)}`;
      const { code, stderr } = await e2e.home.run(['say', 'Hello.'], { env: { NODE_OPTIONS } });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /emulator is not installed.*\n.*npm install --global @stepvoice\/emulator/,
      );
    });

    test('a voice that does not exist is refused with the way to those that do', async () => {
      const { code, stderr } = await say(['Hello.', '--voice', 'nobody', '--out', 'x.wav']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/stepvoice voices/);
    });

    test('what had arrived before the connection broke stays as a WAV', async () => {
      await e2e.emulator.addFault({ kind: 'cut', bytes: 100_000 });
      const { code, stderr } = await say(['Hello, hello. '.repeat(20), '--out', 'x.wav']);
      expect(code).toBe(4);
      expect(stderr).toMatch(/What had arrived is in .*x\.part\.wav/);
      expect(await readdir(e2e.home.at('work'))).toEqual(['x.part.wav']);
      const { samples, truncated } = readWav(await readFile(e2e.home.at('work', 'x.part.wav')));
      expect(truncated).toBe(false);
      expect(samples.length).toBeGreaterThan(10_000);
    });

    test('a reader that goes away ends it with 141 and no word', async () => {
      const cli = e2e.home.start(['say', LONG_TEXT, '--out', '-'], { env: e2e.shared, input: '' });
      await cli.until(/RIFF/);
      cli.child.stdout?.destroy();
      const { code, stderr } = await cli.over;
      expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
    });

    test.runIf(process.platform === 'linux').each([
      ['sound', ['say', 'Hello.', '--out', '-']],
      ['help', ['--help']],
    ])('a full disk under stdout is told: %s', async (_name, args) => {
      const full = openSync('/dev/full', 'w');
      try {
        const { code, stderr } = await e2e.home.run(args, { env: e2e.shared, stdout: full });
        expect(code).toBe(1);
        expect(stderr).toMatch(/Standard output cannot be written: no space is left/);
      } finally {
        closeSync(full);
      }
    });
  });
}
