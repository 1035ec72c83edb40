import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readWav, rmsDbfs, sniffContainer } from '@stepvoice/core/audio';
import { describe, expect, test } from 'vitest';
import { installFakePlayer } from '../testing/fake-player.ts';
import type { E2e } from './set-up.ts';
import { SECRET_KEY } from './set-up.ts';

/** `say`, as it should go. */
export function describeSay(e2e: E2e): void {
  const say = (
    args: string[],
    options: { input?: string | Uint8Array; env?: Record<string, string> } = {},
  ) => e2e.home.run(['say', ...args], { ...options, env: { ...e2e.shared, ...options.env } });

  /** The sound of a file in the working folder; it must be speech, and whole. */
  async function readSpeech(name: string): Promise<number> {
    const { samples, sampleRate, truncated } = readWav(await readFile(e2e.home.at('work', name)));
    expect(truncated).toBe(false);
    expect(rmsDbfs(samples)).toBeGreaterThan(-40);
    return samples.length / sampleRate;
  }

  describe('say', () => {
    test('writes a WAV that is speech, says so on stderr, and leaves nothing else', async () => {
      const { code, stdout, stderr } = await say(['Good morning, world.', '--out', 'x.wav']);
      expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '' });
      const seconds = await readSpeech('x.wav');
      expect(seconds).toBeGreaterThan(0.5);
      expect(stderr).toMatch(/^[\d.]+ s of sound, first sound after \d+ ms, written to x\.wav\n$/);
      expect(Number.parseFloat(stderr)).toBeCloseTo(seconds, 1);
      expect(await readdir(e2e.home.at('work'))).toEqual(['x.wav']);
      expect(await readdir(e2e.home.at('tmp'))).toEqual([]);
    });

    test.each([
      ['mp3', 'mp3', 73],
      ['flac', 'flac', 1],
      ['ogg', 'ogg', 1],
    ])(
      'a name that ends in .%s gives that format: %s, %i sentences',
      async (extension, container, times) => {
        const { code, stderr } = await say([
          'Good morning. '.repeat(times),
          '--out',
          `x.${extension}`,
        ]);
        expect(code).toBe(0);
        expect(stderr).toMatch(/^[\d.]+ kB, first sound/);
        const bytes = await readFile(e2e.home.at('work', `x.${extension}`));
        expect(sniffContainer(bytes)).toBe(container);
      },
    );

    test('options of the voice reach the service', async () => {
      const options = [
        '--voice',
        'ruyananshi',
        '--emotion',
        'happy',
        '--rate',
        '8000',
        '--speed',
        '1.5',
      ];
      expect((await say(['你好', ...options, '--out', 'x.wav'])).code).toBe(0);
      expect((await e2e.emulator.requests())[0]).toMatchObject({
        voice: 'ruyananshi',
        model: 'step-tts-2',
        sampleRate: 8000,
      });
      expect(readWav(await readFile(e2e.home.at('work', 'x.wav'))).sampleRate).toBe(8000);
    });

    test('--out - writes one WAV and nothing else to stdout', async () => {
      const { code, stdout, stderr } = await say(['Good morning.', '--out', '-']);
      expect(code).toBe(0);
      const { samples } = readWav(stdout);
      expect(rmsDbfs(samples)).toBeGreaterThan(-40);
      expect(stderr).toMatch(/s of sound/);
      const raw = await say(['Good morning.', '--out', '-', '--format', 'pcm', '--quiet']);
      expect(raw.stdout.length).toBeGreaterThan(10_000);
      expect(sniffContainer(raw.stdout)).toBeUndefined();
      expect(raw.stderr).toBe('');
    });

    test('a file of more than 1000 characters is spoken to its last one', async () => {
      const text = 'One more sentence. '.repeat(54).trim();
      await writeFile(e2e.home.at('work', 'book.txt'), text);
      expect((await say(['book.txt', '--out', 'x.wav'])).code).toBe(0);
      const requests = await e2e.emulator.requests();
      expect(requests.reduce((sum, request) => sum + request.characters, 0)).toBe(text.length);
      const whole = await readSpeech('x.wav');
      expect(whole).toBeGreaterThan(40);

      const listened = await say(['book.txt', '--out', '-']);
      expect(readWav(listened.stdout).samples.length / 24_000).toBeCloseTo(whole, 0);
    });

    test('text on standard input is spoken while it is still being written', async () => {
      const cli = e2e.home.start(['say', '-', '--out', 'x.wav'], { env: e2e.shared });
      cli.type('This comes first. ');
      const arrived = async () => {
        const [name] = await readdir(e2e.home.at('work'));
        return name === undefined ? 0 : (await readFile(e2e.home.at('work', name))).length;
      };
      await expect.poll(arrived, { timeout: 10_000 }).toBeGreaterThan(20_000);
      const early = await arrived();
      cli.type('And this comes later.');
      cli.child.stdin?.end();
      expect(await cli.over).toMatchObject({ code: 0 });
      const seconds = await readSpeech('x.wav');
      expect(seconds * 48_000).toBeGreaterThan(early * 1.3);
    });

    test('the player gets the sound', async () => {
      const player = await installFakePlayer(e2e.home.at('bin'), 'mpv', 'plays');
      const { code, stdout, stderr } = await say(['Good morning.']);
      expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toMatch(/played by mpv/);
      const heard = await player.heard();
      expect(heard.length / 48_000).toBeCloseTo(Number.parseFloat(stderr), 1);
      expect(await readdir(e2e.home.at('tmp'))).toEqual([]);
    });

    test('without a player the sound is kept, and the place told even where quiet was asked for', async () => {
      const { code, stderr } = await say(['Good morning.', '-q']);
      expect(code).toBe(0);
      const file = /The sound is in (\S+)/.exec(stderr)?.[1] ?? '';
      expect(path.dirname(path.dirname(file))).toBe(e2e.home.at('tmp'));
      expect(rmsDbfs(readWav(await readFile(file)).samples)).toBeGreaterThan(-40);
    });

    test('without a key the emulator speaks, and that is said', async () => {
      const { code, stderr } = await e2e.home.run(['say', '你好', '--out', 'x.wav']);
      expect(code).toBe(0);
      expect(stderr).toMatch(/^No API key: speaking with the emulator/);
      await readSpeech('x.wav');
    });

    test('--local leaves the key alone', async () => {
      const env = { STEPFUN_API_KEY: SECRET_KEY, STEPFUN_BASE_URL: 'http://127.0.0.1:1' };
      const { code } = await e2e.home.run(['say', '你好', '--local', '--out', 'x.wav'], { env });
      expect(code).toBe(0);
    });

    test('an existing file is replaced only by force', async () => {
      await writeFile(e2e.home.at('work', 'x.wav'), 'mine');
      const refused = await say(['Hi.', '--out', 'x.wav']);
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/exists already.*\n.*--force/),
      });
      expect(await readFile(e2e.home.at('work', 'x.wav'), 'utf8')).toBe('mine');
      expect(await e2e.emulator.requests()).toEqual([]);
      expect((await say(['Hi.', '--out', 'x.wav', '--force'])).code).toBe(0);
      await readSpeech('x.wav');
    });

    test('words in parentheses are pointed at where they would not be spoken', async () => {
      const spoken = await say(['Hello (softly) there.', '--out', 'x.wav']);
      expect(spoken.stderr).toMatch(/Words in \( \) direct stepaudio-2\.5-tts/);
    });

    test('emoji alone are either spoken or refused, in time', async () => {
      const { code } = await say(['😀🎉👩‍👩‍👧', '--out', 'x.wav']);
      expect([0, 1, 4]).toContain(code);
    });

    test('the language follows the locale and --lang', async () => {
      const zh = { LANG: 'zh_CN.UTF-8' };
      expect((await say(['你好', '--out', 'x.wav'], { env: zh })).stderr).toMatch(
        /声音长 .*，已写入 x\.wav/,
      );
      expect((await say(['', '--lang', 'zh'])).stderr).toMatch(/^错误： 文本是空白的/);
    });

    test.each([
      ['a blank text', [' \n\t '], ''],
      ['blank input', ['-'], ' \n '],
      ['no input', [], ''],
    ])('%s is refused', async (_name, args, input) => {
      const { code, stderr } = await say([...args, '--out', 'x.wav'], { input });
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/blank/) });
      expect(await readdir(e2e.home.at('work'))).toEqual([]);
    });

    test.each([
      ['a NUL', 'a\0b', /offset 1/],
      [
        'half a surrogate pair',
        Buffer.from([0x61, 0xed, 0xa0, 0x80]),
        /not text in UTF-8.*\n.*--encoding gb18030/,
      ],
    ])('%s in a file or on standard input is refused', async (_name, bytes, expected) => {
      await writeFile(e2e.home.at('work', 'x.txt'), bytes);
      const file = await say(['x.txt', '--out', 'x.wav']);
      const input = await say(['-', '--out', 'x.wav'], { input: bytes });
      for (const { code, stderr } of [file, input]) {
        expect(code).toBe(2);
        expect(stderr).toMatch(expected);
      }
      expect(await readdir(e2e.home.at('work'))).toEqual(['x.txt']);
    });
  });
}
