import { readFile, readdir, writeFile } from 'node:fs/promises';
import { readWav, rmsDbfs } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import { beforeAll, describe, expect, test } from 'vitest';
import { installFakePlayer } from '../testing/fake-player.ts';
import { installFakeRecorder } from '../testing/fake-recorder.ts';
import { CliHome } from '../testing/cli-process.ts';
import type { E2e } from './set-up.ts';

const QUESTION = 'Roll the dice.';
const QUESTION_ZH = '你好。';

/** What is said to the emulator is data speech: it understands that to the letter. */
export function describeListening(e2e: E2e): void {
  let english: Uint8Array;
  let chinese: Uint8Array;
  /** What a voice can be cloned from. */
  let clip: Uint8Array;
  const run = (args: string[], options: { input?: string | Uint8Array } = {}) =>
    e2e.home.run(args, { ...options, env: e2e.shared });
  const work = (name: string) => e2e.home.at('work', name);
  const read = (name: string) => readFile(work(name), 'utf8');
  const toPcm = (wav: Uint8Array): Pcm => {
    const { samples, sampleRate } = readWav(wav);
    return { samples, sampleRate };
  };

  beforeAll(async () => {
    const home = await CliHome.create();
    const speak = async (text: string, ...voice: string[]) => {
      const args = ['say', text, ...voice, '--rate', '16000', '--out', '-', '-q'];
      return (await home.run(args, { env: e2e.shared })).stdout;
    };
    [english, chinese, clip] = await Promise.all([
      speak(QUESTION, '--voice', 'data-voice'),
      speak(QUESTION_ZH, '--voice', 'data-voice'),
      speak('One more sentence for the road. '.repeat(4)),
    ]);
    await home.remove();
  });

  describe('transcribe', () => {
    test('files become text, subtitles or JSON, in a folder of their own', async () => {
      await writeFile(work('en.wav'), english);
      await writeFile(work('zh.wav'), chinese);
      const { code, stdout, stderr } = await run(['transcribe', 'en.wav', 'zh.wav']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.toString()).toBe(
        `==> en.wav <==\n${QUESTION}\n\n==> zh.wav <==\n${QUESTION_ZH}\n`,
      );
      const folder = await run(['transcribe', 'en.wav', 'zh.wav', '--format', 'vtt', '-o', 'out/']);
      expect(folder).toMatchObject({
        code: 0,
        stderr: 'Written to out/en.vtt\nWritten to out/zh.vtt\n',
      });
      expect(await read('out/zh.vtt')).toMatch(
        /^WEBVTT\n\n00:00:00\.\d{3} --> 00:00:0\d\.\d{3}\n你好。\n$/,
      );
    });

    test('raw sound of a pipe, all at once or while it is made', async () => {
      const input = english.subarray(44);
      const args = ['transcribe', '-', '--rate', '16000'];
      expect((await run(args, { input })).stdout.toString()).toBe(`${QUESTION}\n`);
      const json = await run([...args, '--live', '--format', 'json', '--timestamps'], { input });
      const report = JSON.parse(json.stdout.toString()) as {
        complete: boolean;
        segments: { text: string; words: object[] }[];
      };
      expect(report).toMatchObject({ complete: true, segments: [{ text: QUESTION }] });
      expect(report.segments[0]?.words.length).toBeGreaterThan(1);
    });

    test('the microphone, until somebody is silent, or Ctrl-C', async () => {
      await installFakeRecorder(e2e.home.at('bin'), 'records', toPcm(chinese));
      const quiet = await run(['transcribe', 'mic', '--until-silence', '1', '-o', 'x.srt']);
      expect(quiet).toMatchObject({ code: 0, stderr: 'Written to x.srt\n' });
      expect(await read('x.srt')).toMatch(/-->.*\n你好。\n$/);
      const cli = e2e.home.start(['transcribe', 'mic'], { env: e2e.shared });
      await cli.until(/你好。/);
      const { code, stdout } = await cli.interrupt();
      expect({ code, text: stdout.toString() }).toEqual({ code: 0, text: '你好。\n' });
    });

    test('what was understood before it broke off is written, then the reason', async () => {
      await writeFile(work('en.wav'), english);
      await e2e.emulator.addFault({ kind: 'cut', bytes: 500 });
      const { code, stderr } = await run(['transcribe', 'en.wav', '-o', 'x.txt']);
      expect(code).toBe(4);
      expect(stderr).toMatch(/What was understood is in .*x\.part\.txt[^]*Error:/);
      expect(QUESTION.startsWith((await read('x.part.txt')).trim())).toBe(true);
    });

    test('a recorder that is missing is named, and no transcript is left behind', async () => {
      const { code, stderr } = await run(['transcribe', 'mic', '-o', 'x.txt']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/No program that records was found.*\n.*SoX or ffmpeg/);
      expect(await readdir(e2e.home.at('work'))).toEqual([]);
    });
  });

  describe('talk', () => {
    test('files are turns, the replies a WAV, and what was said a transcript', async () => {
      await writeFile(work('en.wav'), english);
      await writeFile(work('zh.wav'), chinese);
      const files = ['--in', 'en.wav', '--in', 'zh.wav', '--fast', '--out', 'x.wav'];
      const { code, stdout, stderr } = await run(['talk', ...files, '--tool', 'dice', '--json']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: 'The replies are in x.wav\n' });
      const { turns } = JSON.parse(stdout.toString()) as {
        turns: { role: string; text: string }[];
      };
      expect(turns.map(({ role }) => role)).toEqual(
        expect.arrayContaining(['user', 'tool', 'assistant']),
      );
      expect(turns.filter(({ role }) => role === 'user').map(({ text }) => text)).toEqual([
        QUESTION,
        QUESTION_ZH,
      ]);
      expect(turns.at(-1)).toMatchObject({ role: 'assistant', status: 'completed' });
      expect(rmsDbfs(readWav(await readFile(work('x.wav'))).samples)).toBeGreaterThan(-40);
    });

    test('the lines of a pipe are turns, heard by the player', async () => {
      const player = await installFakePlayer(e2e.home.at('bin'), 'aplay', 'plays');
      const { code, stdout } = await run(['talk', '--text', '--lang', 'zh'], { input: '你好\n' });
      expect(code).toBe(0);
      expect(stdout.toString()).toMatch(/^阶跃：.*你.*（\d+ 毫秒后出声）\n$/);
      expect((await player.heard()).length).toBeGreaterThan(10_000);
    });

    test('an open microphone, until Ctrl-C, which leaves nothing running', async () => {
      const player = await installFakePlayer(e2e.home.at('bin'), 'aplay', 'hangs');
      const recorder = await installFakeRecorder(e2e.home.at('bin'), 'records', toPcm(chinese));
      const cli = e2e.home.start(['talk'], { env: e2e.shared });
      await cli.until(/You: 你好。\nStep: /);
      await expect.poll(async () => (await player.heard()).length).toBeGreaterThan(10_000);
      const { code, stderr } = await cli.interrupt();
      expect(code).toBe(0);
      expect(stderr).toMatch(/--headphones/);
      for (const pid of [await player.pid(), await recorder.pid()]) {
        expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
      }
    });
  });

  describe('chat', () => {
    test('a question in words, and one in sound, answered in sound', async () => {
      expect((await run(['chat', '12 times 12?'])).stdout.toString()).toMatch(/^.*144.*\n$/);
      await writeFile(work('zh.wav'), chinese);
      const spoken = await run([
        'chat',
        '--audio',
        'zh.wav',
        '--speak',
        '--out',
        'x.wav',
        '--json',
      ]);
      expect(spoken.code).toBe(0);
      const { text, audio } = JSON.parse(spoken.stdout.toString()) as {
        text: string;
        audio: { seconds: number; file: string };
      };
      expect(text).toMatch(/\p{Script=Han}/u);
      expect(audio.file).toBe('x.wav');
      const { samples } = readWav(await readFile(work('x.wav')));
      expect(samples.length / 24_000).toBeCloseTo(audio.seconds, 2);
    });
  });

  describe('the account', () => {
    const consent = ['--consent', '李华，书面同意'];

    test('a clip becomes a voice, which is found; a preview alone leaves nothing there', async () => {
      await writeFile(work('clip.wav'), clip);
      const preview = ['--preview', '你好', '--out', 'x.wav'];
      const heard = await run(['clone', 'clip.wav', ...consent, ...preview]);
      expect(heard).toMatchObject({ code: 0, stderr: expect.stringMatching(/Nothing was cloned/) });
      expect(rmsDbfs(readWav(await readFile(work('x.wav'))).samples)).toBeGreaterThan(-40);
      const made = await run(['clone', 'clip.wav', ...consent]);
      expect(made).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/The clip: [\d.]+ s, [\d.]+ s of it speech/),
      });
      const id = made.stdout.toString().trim();
      const [mine, found, files] = await Promise.all([
        run(['voices', '--mine']),
        run(['voices', 'find', id, '--json']),
        run(['files', 'list', '--json']),
      ]);
      expect(mine.stdout.toString()).toContain(id);
      expect(found.stdout.toString()).toContain(`"${id}"`);
      expect(JSON.parse(files.stdout.toString())).toHaveLength(1);
    });

    test('what is not there is told, and what is not in the plan', async () => {
      const [none, plan] = await Promise.all([
        run(['voices', 'find', 'livelybreezy']),
        run(['files', 'list', '--plan', 'step-plan']),
      ]);
      expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/livelybreezy-female/) });
      expect(plan).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(/Your plan does not include this.*\n.*--plan payg/),
      });
    });
  });
}
