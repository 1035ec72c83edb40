import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { Mp3FrameReader, decodePcm16, readWav, rmsDbfs } from '@stepvoice/core/audio';
import type { NarrationTranscript } from '@stepvoice/core/narration';
import { describe, expect, test } from 'vitest';
import { installFakePlayer } from '../testing/fake-player.ts';
import { hasTerminal, startOnTerminal } from '../testing/on-terminal.ts';
import type { E2e } from './set-up.ts';
import { SECRET_KEY } from './set-up.ts';

const NOTE = '# Rain\n\nIt rained. The lake rose.\n\n## 湖边\n\n湖水涨了。\n';
const BOOK = Array.from({ length: 44 }, (_, at) => `On day ${at} the lake was rising.`).join(
  '\n\n',
);

/** `narrate`, into files and aloud. */
export function describeNarrate(e2e: E2e): void {
  const narrate = (args: string[], env: Record<string, string> = {}) =>
    e2e.home.run(['narrate', ...args], { env: { ...e2e.shared, ...env } });

  const write = (name: string, content: string | Uint8Array) =>
    writeFile(e2e.home.at('work', name), content);
  const read = (name: string) => readFile(e2e.home.at('work', name));

  /** Characters of the requests that were answered in full, which is what is paid. */
  async function paid(): Promise<number> {
    const requests = await e2e.emulator.requests();
    return requests
      .filter(({ outcome }) => outcome === 'complete')
      .reduce((sum, { characters }) => sum + characters, 0);
  }

  /** How many sentences are stored. */
  async function kept(): Promise<number> {
    const names = await readdir(e2e.home.folder, { recursive: true, withFileTypes: true });
    return names.filter((entry) => entry.isFile() && /[\\/]speech\b/.test(entry.parentPath)).length;
  }

  describe('narrate', () => {
    test('a dry run needs no key, asks nobody, and takes a folder by its numbers', async () => {
      await mkdir(e2e.home.at('work', 'book'));
      await write('book/2.txt', 'x'.repeat(40_000));
      await write('book/10.md', '# Ten\n\nThe end.');
      // “下雨了。” in GB 18030.
      await write('book/1.txt', Uint8Array.of(0xcf, 0xc2, 0xd3, 0xea, 0xc1, 0xcb, 0xa1, 0xa3));
      const flags = ['--dry-run', '--encoding', 'gb18030', '--lang', 'zh'];
      const { code, stdout, stderr } = await e2e.home.run(['narrate', 'book', ...flags]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const rows = stdout.toString().trimEnd().split('\n');
      expect(rows.map((row) => row.split(/ {2,}/).slice(0, 4))).toEqual([
        ['章节', '句数', '字符', '计费字符'],
        ['1', '1', '4', '4'],
        ['2', '100', '40000', '20000'],
        ['Ten', '2', '11', '5'],
        ['合计', '103', '40015', '20009'],
      ]);
      expect(await e2e.emulator.requests()).toEqual([]);
    });

    test('a file has chapters and subtitles, and is not written twice, nor paid', async () => {
      await write('note.md', NOTE);
      const flags = ['note.md', '-o', 'x.mp3', '--subtitles', 'srt,json'];
      const first = await narrate(flags);
      expect(first.code).toBe(0);
      expect(first.stderr).toMatch(/^0:0\d of sound in x\.mp3, requests: 1, characters: \d+, 2 ch/);
      const sound = await read('x.mp3');
      const reader = new Mp3FrameReader();
      const frames = [...reader.push(sound), ...reader.flush()];
      const { layout } = frames[0]!;
      // The encoder's own delay, and what fills its last frame, are cut off by players.
      const delaySamples = (reader.info?.delaySamples ?? 0) + (reader.info?.paddingSamples ?? 0);
      const seconds = (frames.length * layout.samples - delaySamples) / layout.sampleRate;
      const transcript = JSON.parse((await read('x.words.json')).toString()) as NarrationTranscript;
      expect(Math.abs(seconds * 1000 - transcript.durationMs)).toBeLessThan(2);
      expect(transcript.chapters.map(({ title }) => title)).toEqual(['Rain', '湖边']);
      expect(first.stderr).toContain(`0:0${Math.floor(seconds)} of sound`);
      expect(sound.indexOf('CHAP')).toBeGreaterThan(0);
      expect((await read('x.srt')).toString()).toMatch(/The lake rose\.[^]*湖水涨了。/);

      const again = await narrate(flags);
      expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/exists already/) });
      await e2e.emulator.reset();
      const forced = await narrate([...flags, '--force']);
      expect(forced).toMatchObject({ code: 0, stderr: expect.stringMatching(/requests: 0,/) });
      expect(await e2e.emulator.requests()).toEqual([]);
      expect((await read('x.mp3')).equals(sound)).toBe(true);
    });

    test('killed in the middle, it goes on, pays nothing twice, and the file is the same', async () => {
      await write('book.md', BOOK);
      const whole = await narrate(['book.md', '-o', 'whole.wav', '--no-cache']);
      expect(whole.code).toBe(0);
      const price = await paid();

      await e2e.emulator.reset();
      await e2e.emulator.addFault({ kind: 'stall' }, { skip: 1 });
      const cli = e2e.home.start(['narrate', 'book.md', '-o', 'x.wav'], { env: e2e.shared });
      const outcomes = async () =>
        (await e2e.emulator.requests()).map(({ outcome }) => outcome).join();
      await expect.poll(outcomes, { timeout: 10_000 }).toMatch(/complete,open/);
      const before = await paid();
      // What has come is stored, a file for each sentence; each has fewer than 32 characters.
      await expect.poll(kept).toBeGreaterThan(before / 32);
      cli.child.kill('SIGKILL');
      await cli.over;

      await e2e.emulator.reset();
      expect(await narrate(['book.md', '-o', 'x.wav'])).toMatchObject({ code: 0 });
      // White space between two sentences counts where they are asked for together.
      expect(Math.abs(before + (await paid()) - price)).toBeLessThan(10);
      expect((await read('x.wav')).equals(await read('whole.wav'))).toBe(true);
      expect((await readdir(e2e.home.at('work'))).toSorted()).toEqual([
        'book.md',
        'whole.wav',
        'x.wav',
      ]);
    });

    test('trouble is told, and what may pass is waited for', async () => {
      await write('note.md', 'It rained. The lake rose.');
      await e2e.emulator.addFault({ kind: 'status', status: 429, retryAfter: 1 }, { times: 1 });
      await e2e.emulator.addFault({ kind: 'cut', bytes: 3000 }, { skip: 1, times: 1 });
      await e2e.emulator.addFault({ kind: 'status', status: 451 }, { skip: 2, times: 2 });
      await writeFile(e2e.home.at('no-folder'), '');
      const { code, stderr } = await narrate([
        'note.md',
        '-o',
        'x.wav',
        '--cache',
        e2e.home.at('no-folder'),
      ]);
      expect(code).toBe(0);
      expect(stderr.match(/Speech cannot be kept/g)).toHaveLength(1);
      expect(stderr).toMatch(/asked too often/);
      expect(stderr).toMatch(/was cut.*tried again/);
      expect(stderr).toMatch(/Sentence 1 is left out: The moderation/);
      expect(stderr).toMatch(/did not speak: 1\.\n$/);
      const { samples } = readWav(await read('x.wav'));
      expect(rmsDbfs(samples)).toBeGreaterThan(-40);
    });

    test.each<[string, string, string[], number, RegExp]>([
      ['nothing', '', [], 2, /In note\.md there is nothing/],
      ['emoji alone', '😀🎉', ['-o', 'x.mp3'], 2, /nothing to read aloud/],
      [
        'a voice of the cast that is not there',
        'Anna: Hello.',
        ['--cast', 'Anna=nobody', '-o', 'x.mp3'],
        2,
        /no voice “nobody” for Anna/,
      ],
    ])('%s is refused', async (_name, text, flags, expected, message) => {
      await write('note.md', text);
      const { code, stderr } = await narrate(['note.md', ...flags]);
      expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringMatching(message) });
      expect(await readdir(e2e.home.at('work'))).not.toContain('x.mp3');
    });

    test('a wrong key ends with 3, and nobody there is told while it is tried again', async () => {
      await write('note.md', NOTE);
      const refused = await narrate(['note.md', '-o', 'x.mp3'], { STEPFUN_API_KEY: SECRET_KEY });
      expect(refused).toMatchObject({ code: 3, stderr: expect.stringMatching(/refused the API/) });
      const env = { STEPFUN_BASE_URL: 'http://127.0.0.1:1', STEPFUN_API_KEY: SECRET_KEY };
      const cli = e2e.home.start(['narrate', 'note.md', '-o', 'y.mp3'], { env });
      await cli.until(/cannot be reached.*tried again/);
      const { code, stderr, tookMs } = await cli.interrupt();
      expect(code).toBe(130);
      expect(stderr).toMatch(/the same command goes on/);
      expect(tookMs).toBeLessThan(2000);
    });

    test('aloud, each sentence is printed as it is heard', async () => {
      await write('note.md', NOTE);
      const player = await installFakePlayer(e2e.home.at('bin'), 'ffplay', 'plays');
      const { code, stdout, stderr } = await narrate(['note.md', '--tempo', '3']);
      expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toMatch(/^Rain\nIt rained\.\nThe lake rose\.\n湖边\n湖水涨了。\nfirst sound/);
      const heard = decodePcm16(await player.heard()).filter((sample) => sample !== 0);
      expect(rmsDbfs(heard)).toBeGreaterThan(-40);
    });

    test.runIf(hasTerminal)('keys steer it, and it goes on where it ended', async () => {
      await write('book.md', BOOK);
      await installFakePlayer(e2e.home.at('bin'), 'ffplay', 'plays');
      const env = { ...e2e.shared, PATH: `${e2e.home.at('bin')}:/usr/bin:/bin` };
      const first = startOnTerminal(e2e.home, ['narrate', 'book.md'], env);
      await first.until(/▶/);
      first.type('\u001B[B\u001B[B');
      await first.until(/On day 2 /);
      first.type(' ');
      await first.until(/⏸/);
      first.type('q');
      const printed = await first.until(/ iexten/);
      expect(printed).toMatch(/ended with 0/);
      expect(printed).toMatch(/--continue/);
      expect(printed).toMatch(/ icanon .* echo /);
      expect(printed.lastIndexOf('\u001B[?25h')).toBeGreaterThan(
        printed.lastIndexOf('\u001B[?25l'),
      );

      const second = startOnTerminal(e2e.home, ['narrate', 'book.md', '--continue'], env);
      const shown = await second.until(/On .*▶/s);
      expect(shown).not.toMatch(/day [01] /);
      second.type('\u0003');
      const end = await second.until(/ iexten/);
      expect(end).toMatch(/ended with 130/);
      expect(end).toMatch(/--continue/);
      expect(end).toMatch(/ icanon .* echo /);
    });
  });
}
