import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readWav, rmsDbfs } from '@stepvoice/core/audio';
import { VOICES } from '@stepvoice/core/protocol';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { installFakePlayer } from '../testing/fake-player.ts';
import type { E2e } from './set-up.ts';
import { SECRET_KEY } from './set-up.ts';

/** The other commands. */
export function describeCommands(e2e: E2e): void {
  const run = (args: string[], options: { input?: string; env?: Record<string, string> } = {}) =>
    e2e.home.run(args, options);

  test('nothing at all is answered with help', async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.toString()).toMatch(/^Usage: stepvoice/);
  });

  describe('voices', () => {
    test('the table lines up and has every voice', async () => {
      const { code, stdout, stderr } = await run(['voices', '--lang', 'zh']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const lines = stdout.toString().trimEnd().split('\n');
      expect(lines).toHaveLength(VOICES.length + 1);
      const columns = lines.map((line) => {
        const [before = ''] = /^\S+ +.*?\S {2,}/.exec(line) ?? [];
        return stringWidth(before);
      });
      expect(new Set(columns).size).toBe(1);
      expect(stdout.toString()).not.toContain('\u001B');
    });

    test('JSON is JSON', async () => {
      const { stdout } = await run(['voices', '--language', 'en', '--json']);
      expect(JSON.parse(stdout.toString())).toContainEqual(
        expect.objectContaining({ id: 'lively-girl', language: 'en', regions: ['cn', 'intl'] }),
      );
    });

    test('colours come only where they are asked for', async () => {
      expect((await run(['voices'], { env: { FORCE_COLOR: '1' } })).stdout.toString()).toContain(
        '\u001B[',
      );
      expect((await run(['voices'], { env: { NO_COLOR: '1' } })).stdout.toString()).not.toContain(
        '\u001B[',
      );
    });
  });

  describe('config', () => {
    test('the key comes from standard input, and only its owner can read it', async () => {
      const { code, stdout, stderr } = await run(['config'], { input: `${SECRET_KEY}\nrest` });
      expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toMatch(/Saved in .*readable by you only/);
      expect(JSON.parse(await readFile(e2e.home.config, 'utf8'))).toEqual({ apiKey: SECRET_KEY });
      expect((await stat(e2e.home.config)).mode & 0o777).toBe(0o600);
      const shown = await run(['config', '--show']);
      expect(shown.stdout.toString()).toMatch(/API key +•{8}55aa/);
    });

    test('it is used, and other settings with it', async () => {
      const { STEPFUN_API_KEY, STEPFUN_BASE_URL } = e2e.shared;
      await run(['config'], { input: STEPFUN_API_KEY });
      const options = [
        '--base-url',
        STEPFUN_BASE_URL,
        '--voice',
        'ruyananshi',
        '--model',
        'step-tts-2',
      ];
      expect((await run(['config', ...options])).code).toBe(0);
      expect((await run(['say', '你好', '--out', 'x.wav'])).code).toBe(0);
      expect((await e2e.emulator.requests())[0]).toMatchObject({
        voice: 'ruyananshi',
        model: 'step-tts-2',
      });
      expect((await run(['config', '--voice', ''])).code).toBe(0);
      expect((await run(['config', '--show'])).stdout.toString()).toMatch(/Voice +not set/);
      expect((await run(['config', '--delete'])).code).toBe(0);
      expect(existsSync(e2e.home.config)).toBe(false);
    });

    test.each([
      [['config'], '', /held no key/],
      [['config', '--region', 'us'], '', /cn, intl/],
      [['config', '--base-url', 'https://me:secret@example.com'], '', /cannot be used/],
      [['config', `--key=${SECRET_KEY}`], '', /never taken from the command line/],
    ])('%j with %j changes nothing', async (args, input, expected) => {
      const { code, stderr } = await run(args, { input });
      expect(code).toBe(2);
      expect(stderr).toMatch(expected);
      expect(stderr).not.toContain('secret');
      expect(existsSync(e2e.home.config)).toBe(false);
    });

    test('a broken file is told without a part of it', async () => {
      await mkdir(path.dirname(e2e.home.config), { recursive: true });
      await writeFile(e2e.home.config, `{"apiKey": "${SECRET_KEY}"`);
      const { code, stderr } = await run(['say', 'Hello.']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/not valid JSON/);
    });
  });

  describe('serve', () => {
    test('says in one line where it listens', async () => {
      const cli = e2e.home.start(['serve', '--lang', 'zh']);
      const line = await cli.until(/\n/);
      expect(line).toMatch(/^模拟器正在监听 http:\/\/127\.0\.0\.1:\d+，API Key 是 \S+ .*\n$/);
      expect((await cli.interrupt()).code).toBe(130);
    });

    test('a key of the user’s own is taken from the environment and not shown', async () => {
      const env = { STEPVOICE_EMULATOR_API_KEY: SECRET_KEY };
      const cli = e2e.home.start(['serve'], { env });
      const url = /http:\S+/.exec(await cli.until(/\n/))?.[0] ?? '';
      const headers = { authorization: `Bearer ${SECRET_KEY}` };
      expect((await fetch(`${url}/v1/models`, { headers })).status).toBe(200);
    });

    test('a port that is taken, or is none, is told', async () => {
      const port = new URL(e2e.shared.STEPFUN_BASE_URL).port;
      expect(await run(['serve', '--port', port])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/did not start: the port is in use/),
      });
      for (const wrong of ['65536', '']) {
        expect(await run(['serve', `--port=${wrong}`])).toMatchObject({ code: 2 });
      }
    });
  });

  describe('doctor', () => {
    const report = async (env: Record<string, string>, ...args: string[]) => {
      const { code, stdout } = await run(['doctor', '--json', ...args], { env });
      const { ok, checks } = JSON.parse(stdout.toString()) as {
        ok: boolean;
        checks: { check: string; state: string; text: string; fix: string | null }[];
      };
      const states = Object.fromEntries(checks.map(({ check, state }) => [check, state]));
      return { code, ok, states, checks };
    };

    test('all is well with the emulator and a player', async () => {
      await installFakePlayer(e2e.home.at('bin'), 'aplay', 'plays');
      const { code, ok, states } = await report({ STEPFUN_API_KEY: SECRET_KEY }, '--local');
      expect({ code, ok }).toEqual({ code: 0, ok: true });
      expect(states).toEqual({
        program: 'good',
        settings: 'good',
        emulator: 'good',
        key: 'good',
        address: 'good',
        http: 'good',
        socket: 'good',
        models: 'good',
        files: 'good',
        voices: 'good',
        transcription: 'good',
        'transcription-socket': 'good',
        realtime: 'good',
        chat: 'good',
        clock: 'good',
        player: 'good',
        // It is not opened, and no program is there that could.
        microphone: 'warning',
      });
    });

    test('no key, a wrong key, nobody there and a file that is open are told apart', async () => {
      const { STEPFUN_BASE_URL } = e2e.shared;
      const none = await report({ STEPFUN_BASE_URL });
      expect(none).toMatchObject({
        code: 3,
        states: { key: 'broken', http: 'good', socket: 'good' },
      });
      const wrong = await report({ STEPFUN_BASE_URL, STEP_API_KEY: SECRET_KEY });
      expect(wrong).toMatchObject({
        code: 3,
        states: { key: 'broken', http: 'good', socket: 'good' },
      });
      expect(wrong.checks.find(({ check }) => check === 'key')?.text).toMatch(
        /55aa from STEP_API_KEY/,
      );
      const dead = await report({
        STEPFUN_BASE_URL: 'http://127.0.0.1:9',
        STEP_API_KEY: SECRET_KEY,
      });
      expect(dead).toMatchObject({
        code: 4,
        states: { key: 'good', http: 'broken', socket: 'broken' },
      });

      await run(['config'], { input: SECRET_KEY });
      await chmod(e2e.home.config, 0o644);
      const open = await report(e2e.shared);
      expect(open).toMatchObject({ code: 1, ok: false, states: { settings: 'broken' } });
      expect(open.checks.find(({ check }) => check === 'settings')?.fix).toMatch(/chmod 600/);
    });

    test('a voice that the model does not have is found, and nothing is spoken for it', async () => {
      const { code, checks } = await report({ ...e2e.shared, STEPFUN_VOICE: 'nobody' });
      expect(code).toBe(1);
      expect(checks.find(({ check }) => check === 'socket')).toMatchObject({ state: 'broken' });
      const spoken = (await e2e.emulator.requests()).map((request) => request.characters);
      expect(spoken.every((characters) => characters === 0)).toBe(true);
    });

    test('the table says what to do', async () => {
      const { code, stdout } = await run(['doctor', '--lang', 'zh'], {
        env: { STEPFUN_BASE_URL: 'http://127.0.0.1:9' },
      });
      expect(code).toBe(3);
      expect(stdout.toString()).toMatch(/✖ {2}API Key（密钥）.*\n {3}→ .*stepvoice config/);
    });
  });

  describe('demo', () => {
    test('it speaks, writes demo.wav, and tells what to try, with nothing but itself', async () => {
      const { code, stdout } = await run(['demo'], { env: { STEPFUN_API_KEY: SECRET_KEY } });
      expect(code).toBe(0);
      const text = stdout.toString();
      expect(text).toMatch(/你好！.*\n.*first sound after \d+ ms/);
      expect(text).toMatch(/Hello! .*\n.*first sound after \d+ ms/);
      expect(text.match(/npm start -- (say|voices|config)/g)).toHaveLength(3);
      const { samples, sampleRate } = readWav(await readFile(e2e.home.at('work', 'demo.wav')));
      expect(samples.length / sampleRate).toBeGreaterThan(4);
      expect(rmsDbfs(samples)).toBeGreaterThan(-40);
      expect(await readdir(e2e.home.at('tmp'))).toEqual([]);
    });
  });
}
