import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { readWav } from '@stepvoice/core/audio';
import { describe, expect, test } from 'vitest';
import { installFakePlayer } from '../testing/fake-player.ts';
import type { E2e } from './set-up.ts';

const LONG_TEXT = 'One more sentence for the road. '.repeat(60);
/** Far below the three seconds after which it would be ended by force. */
const PROMPT_MS = 2000;

/** Ctrl-C, whatever it is doing. */
export function describeInterrupts(e2e: E2e): void {
  const openRequests = async () =>
    (await e2e.emulator.requests()).filter((request) => request.outcome === 'open').length;

  describe('Ctrl-C', () => {
    test('while the emulator starts', async () => {
      const cli = e2e.home.start(['say', 'Hello.', '--out', 'x.wav']);
      await cli.until(/No API key/);
      const { code, tookMs } = await cli.interrupt();
      expect(code).toBe(130);
      expect(tookMs).toBeLessThan(PROMPT_MS);
      expect(await readdir(e2e.home.at('work'))).toEqual([]);
    });

    test('while the service thinks', async () => {
      await e2e.emulator.addFault({ kind: 'latency', ms: 60_000 });
      const cli = e2e.home.start(['say', 'Hello.', '--out', 'x.wav'], { env: e2e.shared });
      await expect.poll(openRequests, { timeout: 10_000 }).toBe(1);
      const { code, stderr, tookMs } = await cli.interrupt();
      expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
      expect(tookMs).toBeLessThan(PROMPT_MS);
      await expect.poll(openRequests).toBe(0);
    });

    test('in the middle of the sound, which stays usable', async () => {
      await e2e.emulator.addFault({ kind: 'stall', bytes: 100_000 });
      const text = 'Hello, hello. '.repeat(20);
      const cli = e2e.home.start(['say', text, '--out', 'x.wav'], { env: e2e.shared });
      const arrived = async () => {
        const [name] = await readdir(e2e.home.at('work'));
        return name === undefined ? 0 : (await readFile(e2e.home.at('work', name))).length;
      };
      await expect.poll(arrived, { timeout: 10_000 }).toBeGreaterThan(20_000);
      const { code, stderr, tookMs } = await cli.interrupt();
      expect(code).toBe(130);
      expect(stderr).toMatch(/What had arrived is in .*x\.part\.wav/);
      expect(tookMs).toBeLessThan(PROMPT_MS);
      const { truncated } = readWav(await readFile(e2e.home.at('work', 'x.part.wav')));
      expect(truncated).toBe(false);
    });

    test('while it waits for text', async () => {
      const cli = e2e.home.start(['say', '-', '--out', 'x.wav'], { env: e2e.shared });
      cli.type('Hello.');
      await expect.poll(openRequests, { timeout: 10_000 }).toBe(1);
      const { code, tookMs } = await cli.interrupt();
      expect(code).toBe(130);
      expect(tookMs).toBeLessThan(PROMPT_MS);
    });

    test('while it plays: the player is gone, too', async () => {
      const player = await installFakePlayer(e2e.home.at('bin'), 'ffplay', 'hangs');
      const cli = e2e.home.start(['say', 'Hello.'], { env: e2e.shared });
      const heard = async () => (await player.heard().catch(() => Buffer.alloc(0))).length;
      await expect.poll(heard, { timeout: 10_000 }).toBeGreaterThan(1000);
      const { code, tookMs } = await cli.interrupt();
      expect(code).toBe(130);
      expect(tookMs).toBeLessThan(PROMPT_MS);
      const pid = await player.pid();
      expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
      expect(await readdir(e2e.home.at('tmp'))).toEqual([]);
    });

    test('while nobody reads its sound', async () => {
      const cli = e2e.home.start(['say', LONG_TEXT, '--out', '-'], { env: e2e.shared, input: '' });
      await cli.until(/RIFF/);
      cli.child.stdout?.pause();
      const { code, tookMs } = await new Promise<{ code: number | null; tookMs: number }>(
        (resolve) => {
          const startedAt = performance.now();
          cli.child.once('exit', (code) =>
            resolve({ code, tookMs: performance.now() - startedAt }),
          );
          cli.child.kill('SIGINT');
        },
      );
      expect(code).toBe(130);
      expect(tookMs).toBeLessThan(PROMPT_MS);
      cli.child.stdout?.resume();
    });

    test.runIf(process.platform !== 'win32')('while a named pipe has no writer', async () => {
      const pipe = e2e.home.at('work', 'pipe');
      await promisify(execFile)('mkfifo', [pipe]);
      const cli = e2e.home.start(['say', 'pipe', '--out', 'x.wav'], { env: {} });
      await cli.until(/No API key/);
      const { code, tookMs } = await cli.interrupt();
      expect(code).toBe(130);
      expect(tookMs).toBeLessThan(PROMPT_MS);
    });

    test.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)('%s ends serve with %i, and the emulator', async (signal, expected) => {
      const cli = e2e.home.start(['serve', '--json']);
      await cli.until(/\}\n/);
      const { url } = JSON.parse(cli.stdout.toString()) as { url: string };
      expect((await fetch(`${url}/v1/models`)).status).toBe(401);
      expect(await cli.interrupt(signal)).toMatchObject({ code: expected, stderr: '' });
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    });

    test('a command line that is killed takes the emulator with it', async () => {
      const cli = e2e.home.start(['serve', '--json']);
      await cli.until(/\}\n/);
      const { url } = JSON.parse(cli.stdout.toString()) as { url: string };
      cli.child.kill('SIGKILL');
      const answers = () =>
        fetch(url).then(
          () => true,
          () => false,
        );
      await expect.poll(answers, { timeout: 5000 }).toBe(false);
    });
  });
}
