import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { concatSamples, resample } from '@stepvoice/core/audio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { speechLike } from '../codecs/testing/speech-like.ts';
import { EmulatorOptionError } from '../options.ts';
import { until } from '../testing/raw-client.ts';
import { speakData } from '../voice/data-speech.ts';
import { createEar } from './create-ear.ts';
import type { Ear, Heard, HeardPartial } from './ear.ts';
import { hearPcm } from './hear-pcm.ts';
import { RecognizerError } from './recognizer.ts';

const RATE = 16_000;
const { signal } = new AbortController();
const silence = (seconds: number): Int16Array => new Int16Array(RATE * seconds);
/** A second of what the detector takes for speech, between silence that belongs to it. */
const speech = concatSamples([silence(0.5), speechLike(RATE, RATE), silence(0.6)]);

async function sayData(text: string, sampleRate: number): Promise<Int16Array> {
  const pieces: Int16Array[] = [];
  for await (const { samples } of speakData(text, 0)) pieces.push(samples);
  return resample(concatSamples(pieces), 48_000, sampleRate);
}

function hear(ear: Ear, samples: Int16Array, more: object = {}): Promise<Heard> {
  return hearPcm(ear, { samples, sampleRate: RATE }, { signal, ...more });
}

const sources = new Set<string>();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ear-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A recogniser made of a script for Node. */
async function recognizer(script: string): Promise<string[]> {
  const file = join(folder, `${sources.size}.mjs`);
  sources.add(file);
  await writeFile(file, script);
  return [process.execPath, file, '{wav}', '{language}'];
}

describe('data speech', () => {
  const text = '今天开会。Meet at 9:30, room B-12！';

  test.each([16_000, 24_000, 44_100, 48_000])('to the letter at %i Hz', async (sampleRate) => {
    const ear = await createEar();
    const samples = await sayData(text, sampleRate);
    const heard = await hearPcm(ear, { samples, sampleRate }, { signal });
    expect(heard).toMatchObject({ text, source: 'data-voice' });
    expect(heard.words.map((word) => word.text).join('')).toBe(text);
    let now = 0;
    for (const { startMs, endMs } of heard.words) {
      expect(startMs).toBeGreaterThanOrEqual(now);
      expect(endMs).toBeGreaterThan(startMs);
      now = endMs;
    }
    expect(now).toBeLessThanOrEqual((samples.length / sampleRate) * 1000);
  });

  test('partial texts grow to it, and the end does not depend on how it was cut', async () => {
    const ear = await createEar();
    const samples = await sayData(text, 24_000);
    const ends: Heard[] = [];
    const counts: number[] = [];
    for (const step of [317, 2400, samples.length]) {
      const hearing = ear.listen({ sampleRate: 24_000, signal });
      const partials: HeardPartial[] = [];
      for (let i = 0; i < samples.length; i += step) {
        partials.push(...hearing.push(samples.subarray(i, i + step)));
        // The listener is loaded meanwhile.
        if (i === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      for (const partial of partials) expect(text.startsWith(partial.text)).toBe(true);
      counts.push(partials.length);
      ends.push(await hearing.end());
      hearing.free();
    }
    expect(counts[0]).toBeGreaterThan(3);
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });

  test('a damaged message is not heard', async () => {
    const ear = await createEar();
    const samples = await sayData('一条有点长的消息，中间缺了一块', RATE);
    samples.fill(0, RATE, 1.5 * RATE);
    expect((await hear(ear, samples)).source).not.toBe('data-voice');
  });

  test('does not use up a transcript', async () => {
    const ear = await createEar({ transcripts: [{ text: 'the first' }] });
    expect((await hear(ear, await sayData('好', RATE))).text).toBe('好');
    expect((await hear(ear, speech)).text).toBe('the first');
  });
});

describe('without any help', () => {
  test('silence is an empty text', async () => {
    const ear = await createEar();
    expect(await hear(ear, silence(2))).toEqual({ text: '', words: [], source: 'placeholder' });
    expect(await hear(ear, new Int16Array())).toEqual({
      text: '',
      words: [],
      source: 'placeholder',
    });
  });

  test.each([
    [undefined, /^\[speech (?:0\.[89]|1\.[012]) s\] \[speech (?:0\.[89]|1\.[012]) s\]$/],
    ['zh-CN', /^\[语音 (?:0\.[89]|1\.[012]) 秒\] \[语音 (?:0\.[89]|1\.[012]) 秒\]$/],
  ])('speech is said to be so long, language %s', async (language, words) => {
    const ear = await createEar();
    const heard = await hear(ear, concatSamples([speech, speech]), { language });
    expect(heard.text).toMatch(words);
    expect(heard.words[0]?.startMs).toBeGreaterThan(350);
    expect(heard.words[0]?.startMs).toBeLessThan(650);
    expect(heard.words).toHaveLength(2);
  });
});

describe('transcripts', () => {
  test('in order, each once, for speech alone', async () => {
    const ear = await createEar({ transcripts: [{ text: '一。' }, { text: 'two' }] });
    expect((await hear(ear, silence(1))).text).toBe('');
    expect((await hear(ear, speech)).text).toBe('一。');
    expect(await hear(ear, speech)).toMatchObject({ text: 'two', source: 'transcripts' });
    expect((await hear(ear, speech)).source).toBe('placeholder');
  });

  test('one that nobody waited for is given to the next', async () => {
    const ear = await createEar({ transcripts: [{ text: 'kept' }] });
    const hearing = ear.listen({ sampleRate: RATE, signal });
    const partials = hearing.push(speech);
    expect(partials.at(-1)?.text).toBe('kept');
    hearing.free();
    expect((await hear(ear, speech)).text).toBe('kept');
  });

  test('by checksum, then name, then length', async () => {
    const sha256 = 'ab'.repeat(32);
    const ear = await createEar({
      transcripts: [
        { text: 'by checksum', sha256: sha256.toUpperCase() },
        { text: 'by name', filename: 'a.wav' },
        { text: 'too long', seconds: 4 },
        { text: 'by length', seconds: 2.2 },
        { text: 'in order' },
      ],
    });
    expect((await hear(ear, speech, { sha256, filename: 'a.wav' })).text).toBe('by checksum');
    expect((await hear(ear, silence(1), { filename: 'A.wav' })).text).toBe('by name');
    expect((await hear(ear, speech, { filename: 'b.wav' })).text).toBe('in order');
    expect((await hear(ear, speech, { filename: 'b.wav' })).text).toBe('by length');
  });

  test('with the times of their words, and as much as is said by now', async () => {
    const words = [
      { text: 'Hello', startMs: 500, endMs: 700 },
      { text: '世界', startMs: 800, endMs: 1400 },
    ];
    const ear = await createEar({
      transcripts: { transcripts: [{ text: 'Hello, 世界！', words }] } as never,
    });
    const hearing = ear.listen({ sampleRate: RATE, signal });
    expect(hearing.push(speech.subarray(0, RATE)).map(({ text }) => text)).toEqual(['Hello, ']);
    hearing.push(speech.subarray(RATE));
    expect((await hearing.end()).words).toEqual([
      { text: 'Hello, ', startMs: 500, endMs: 700 },
      { text: '世界！', startMs: 800, endMs: 1400 },
    ]);
  });

  test.each([
    ['[{"text": 1}]', /0\.text is not valid: string/],
    ['{"transcripts": [{"text": "a", "sha": "b"}]}', /sha/],
    ['[{"text": "a", "sha256": "b"}]', /sha256/],
    ['[{"text": "a b", "words": [{"text": "c", "startMs": 0, "endMs": 1}]}]', /words of entry 0/],
    ['[', /not valid JSON/],
  ])('of a file that cannot be understood: %s', async (json, message) => {
    const file = join(folder, 'transcripts.json');
    await writeFile(file, json);
    const failure = createEar({ transcripts: file });
    await expect(failure).rejects.toThrow(EmulatorOptionError);
    await expect(failure).rejects.toThrow(message);
  });

  test('of no file', async () => {
    await expect(createEar({ transcripts: join(folder, 'none') })).rejects.toThrow('ENOENT');
  });
});

/** Waits for the recogniser that writes its number down. */
async function startedPid(): Promise<number> {
  const file = join(folder, 'pid');
  for (;;) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (pid > 0) {
      await rm(file);
      return pid;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a recogniser', () => {
  test('is given a 16 kHz mono file, and answers with what it prints', async () => {
    const command = await recognizer(`
      import { readFileSync } from 'node:fs';
      const wav = readFileSync(process.argv[2]);
      console.log(' heard', wav.readUInt32LE(24), wav.readUInt16LE(22), wav.length > 60000);
      console.log(process.argv[3]);`);
    const ear = await createEar({ recognizer: command });
    const samples = resample(speech, RATE, 48_000);
    const heard = await hearPcm(ear, { samples, sampleRate: 48_000 }, { signal, language: 'zh' });
    expect(heard).toMatchObject({ text: 'heard 16000 1 true zh', source: 'recognizer' });
    expect((await hear(ear, speech)).text).toMatch(/auto$/);
  });

  test('is not asked for silence and data speech, nor where a transcript fits', async () => {
    const command = await recognizer('process.exit(3)');
    const ear = await createEar({ recognizer: command, transcripts: [{ text: 'a' }] });
    expect((await hear(ear, silence(1))).text).toBe('');
    expect((await hear(ear, await sayData('数据', RATE))).text).toBe('数据');
    expect((await hear(ear, speech)).text).toBe('a');
  });

  test.each([
    ['fails', 'process.exit(3)', 'ended with status 3'],
    [
      'prints without end',
      'import { writeSync } from "node:fs"; for (;;) writeSync(1, "x".repeat(10000));',
      'printed more than',
    ],
  ])('that %s is named, and what it printed is not', async (_, script, message) => {
    const ear = await createEar({ recognizer: await recognizer(script) });
    const failure = hear(ear, speech);
    await expect(failure).rejects.toThrow(RecognizerError);
    await expect(failure).rejects.toThrow(message);
  });

  test('that is not there', async () => {
    const ear = await createEar({ recognizer: 'no-such-program-here "{wav}"' });
    await expect(hear(ear, speech)).rejects.toThrow('no-such-program-here cannot be started');
  });

  test('is ended when nobody waits, and with the ear', async () => {
    const command = await recognizer(`
      import { writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid));
      setInterval(() => undefined, 1000);`);
    const ear = await createEar({ recognizer: command });
    const controller = new AbortController();
    const left = hear(ear, speech, { signal: controller.signal });
    const first = startedPid();
    first.then(
      () => controller.abort(new Error('gone')),
      () => undefined,
    );
    await expect(left).rejects.toThrow('gone');
    const gone = await first;
    await until(() => !isRunning(gone));
    const kept = hear(ear, speech);
    const second = startedPid();
    second.then(
      () => ear.close(),
      () => undefined,
    );
    await expect(kept).rejects.toThrow('the emulator was closed');
    const closed = await second;
    await until(() => !isRunning(closed));
    await expect(hear(ear, speech)).rejects.toThrow('the emulator was closed');
  });

  test.each([
    ['whisper', /hold \{wav\}/],
    ['', /must name a program/],
    ['{wav}', /hold \{wav\}/],
    ['whisper "{wav}', /a " is not closed/],
  ])('that cannot be started so: %s', async (command, message) => {
    await expect(createEar({ recognizer: command })).rejects.toThrow(EmulatorOptionError);
    await expect(createEar({ recognizer: command })).rejects.toThrow(message);
  });
});

test('who has hung up is told so, and needs nothing more', async () => {
  const ear = await createEar();
  const controller = new AbortController();
  const hearing = ear.listen({ sampleRate: RATE, signal: controller.signal });
  hearing.push(speech);
  controller.abort(new Error('gone'));
  await expect(hearing.end()).rejects.toThrow('gone');
  hearing.free();
  hearing.free();
  expect(hearing.push(speech)).toEqual([]);
});
