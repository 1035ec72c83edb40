import { concatSamples } from '@stepvoice/core/audio';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { dataVoice, hearDataSpeech } from './data-speech.ts';
import { takeInlineDirections } from './inline-directions.ts';
import type { SpeechChunk, SpeechEngine, SpeechRequest, SpokenWord } from './speech-engine.ts';
import { Worker } from 'node:worker_threads';
import { AWKWARD_UNITS } from './testing/awkward-units.ts';
import { createSpeechEngine, startSpeaker, WorkerSpeechEngine } from './worker-speech-engine.ts';

const engine = createSpeechEngine();
afterAll(() => engine.close());

const request = (text: string, options: Partial<SpeechRequest> = {}): SpeechRequest => ({
  text,
  voice: 'linjiajiejie',
  sampleRate: 24_000,
  directives: false,
  ...options,
});

async function speak(
  text: string,
  options: Partial<SpeechRequest> = {},
  by: SpeechEngine = engine,
) {
  const chunks: SpeechChunk[] = [];
  for await (const chunk of by.synthesize(request(text, options))) chunks.push(chunk);
  const samples = concatSamples(chunks.map((chunk) => chunk.samples));
  return { chunks, samples, words: chunks.flatMap((chunk) => chunk.words) };
}

function expectOrderly(words: readonly SpokenWord[], durationMs: number): void {
  let end = 0;
  for (const word of words) {
    expect(Number.isInteger(word.startMs) && Number.isInteger(word.endMs)).toBe(true);
    expect(word.startMs).toBeGreaterThanOrEqual(end);
    expect(word.endMs).toBeGreaterThanOrEqual(word.startMs);
    end = word.endMs;
  }
  expect(end).toBeLessThanOrEqual(Math.ceil(durationMs));
}

const long = '今天天气很好，我们一起去公园散步，看看花，听听鸟叫。'.repeat(36);

describe('words', () => {
  test.each([
    [
      '今天天气很好，我们去重庆吧。',
      ['今', '天', '天', '气', '很', '好，', '我', '们', '去', '重', '庆', '吧。'],
    ],
    ['Hello, world! 42 times.', ['Hello, ', 'world! ', '42 ', 'times.']],
    ['我用 VS Code。', ['我', '用 ', 'VS ', 'Code。']],
    ['東京に行きます。', ['東', '京', 'に', '行', 'き', 'ま', 'す。']],
  ])('%s', async (text, expected) => {
    const { words, samples } = await speak(text);
    expect(words.map((word) => word.text)).toEqual(expected);
    expectOrderly(words, samples.length / 24);
    for (const word of words) expect(word.endMs - word.startMs, word.text).toBeGreaterThan(40);
  });

  test('stand where their sound is', async () => {
    const { words, samples } = await speak('八（停顿）八', { directives: true });
    const energy = (from: number, to: number) =>
      samples.slice(from * 24, to * 24).reduce((sum, sample) => sum + Math.abs(sample), 0) /
      (to - from);
    const [first, second] = words as [SpokenWord, SpokenWord];
    expect(second.startMs - first.endMs).toBeGreaterThan(400);
    expect(energy(first.startMs, first.endMs)).toBeGreaterThan(
      20 * energy(first.endMs + 60, second.startMs - 20),
    );
    expect(energy(second.startMs, second.endMs)).toBeGreaterThan(
      20 * energy(first.endMs + 60, second.startMs - 20),
    );
  });

  test('joined are what was spoken, in order and without overlap', async () => {
    const fragment = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        '你好，',
        'hello world ',
        'ひらがな',
        '漢字',
        '3.5%',
        '（高兴）',
        '[[h@l]]',
        '<speak>',
        '&amp;',
        ']]>',
      ),
      fc.constantFrom('。\n\n', '\ud800', '\u0000', '😀', '$5', 'привет', '重庆'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fragment, { minLength: 1, maxLength: 10 }).map((parts) => parts.join('')),
        fc.boolean(),
        fc.constantFrom('linjiajiejie', dataVoice),
        async (text, directives, voice) => {
          const { words, samples } = await speak(text, {
            directives,
            voice,
            pronunciations: ['重庆/chong2庆'],
          });
          const spoken = directives ? takeInlineDirections(text).text : text;
          expect(words.map((word) => word.text).join('')).toBe(words.length > 0 ? spoken : '');
          // The shortest that was ever said is a phonetic sign of 126 ms (𝼀).
          expect(samples.length).toBeGreaterThan(0.12 * 24_000);
          expectOrderly(words, samples.length / 24);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('text that says nothing, or nothing good', () => {
  test.each([
    '',
    ' ',
    '😀🎉',
    '。！？',
    '\n\n',
    '\u0000',
    '\ud800\udfff\udc00',
    '（happy）',
    '()',
    '[[]]',
  ])('%j is 200 ms of silence', async (text) => {
    const { samples, words } = await speak(text, { directives: true });
    expect(samples.length).toBe(4800);
    expect(samples.every((sample) => sample === 0)).toBe(true);
    expect(words).toEqual([]);
  });

  test.each([
    [
      'SSML',
      '<speak><break time="9s"/><prosody rate="x-slow">好</prosody></speak>',
      'speakbreaktime9sprosodyratexslow好prosodyspeak',
    ],
    ['phonemes', "[[h@l'oU w3:ld]]", 'hloUw3ld'],
    ['entities', '&lt;&#91;&#91;', 'lt9191'],
  ])('%s are read as text, or passed over, but not obeyed', async (_, text, letters) => {
    const { words, samples } = await speak(text);
    expect(words.map((word) => word.text.replace(/[^\p{L}\p{N}]/gu, '')).join('')).toBe(letters);
    expect(samples.length / 24_000).toBeLessThan(12);
  });

  // Thousands of them have their own test, which takes its time.
  test.each(AWKWARD_UNITS)('a hundred times %j begins and ends in good time', async (unit) => {
    const started = performance.now();
    const { samples } = await speak(unit.repeat(100).slice(0, 100));
    expect(samples.length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('streaming', () => {
  test('the first chunk is there long before the last', async () => {
    await speak('热身');
    const started = performance.now();
    const stream = engine.synthesize(request(long))[Symbol.asyncIterator]();
    const first = await stream.next();
    const firstMs = performance.now() - started;
    let chunks = 1;
    while (!(await stream.next()).done) chunks++;
    expect(first.value?.samples.length).toBeLessThan(5 * 24_000);
    expect(chunks).toBeGreaterThan(50);
    expect(firstMs).toBeLessThan((performance.now() - started) / 4);
  });

  test.each([8000, 16_000, 22_050, 24_000, 44_100, 48_000])(
    '%i Hz: the same duration',
    async (sampleRate) => {
      const { samples } = await speak('采样率变了，长度不变。', { sampleRate });
      const { samples: reference } = await speak('采样率变了，长度不变。', { sampleRate: 22_050 });
      expect(Math.abs(samples.length / sampleRate - reference.length / 22_050)).toBeLessThan(0.03);
    },
  );

  test('a short utterance does not wait for a long one', async () => {
    const order: string[] = [];
    const slow = speak(long).then(() => order.push('long'));
    await speak('短').then(() => order.push('short'));
    await slow;
    expect(order).toEqual(['short', 'long']);
  });

  test('a stream that nobody reads costs two chunks', async () => {
    const stream = engine.synthesize(request(long))[Symbol.asyncIterator]();
    await stream.next();
    // Served after what the idle stream had asked for, so whatever that would make by itself is made by now.
    await speak('别人');
    await stream.return?.();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});

describe('ending early', () => {
  test('an abort rejects the pending read with its reason, at once', async () => {
    const controller = new AbortController();
    const stream = engine
      .synthesize(request(long, { signal: controller.signal }))
      [Symbol.asyncIterator]();
    await stream.next();
    while (true) {
      const reading = stream.next();
      const settled = await Promise.race([
        reading.then(() => true),
        new Promise<false>((resolve) => setImmediate(resolve, false)),
      ]);
      if (settled) continue;
      const reason = new Error('enough');
      controller.abort(reason);
      await expect(reading).rejects.toBe(reason);
      break;
    }
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('a signal that is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(speak('好', { signal })).rejects.toThrow('too late');
  });

  test('breaking out of the loop ends the utterance and leaves the signal alone', async () => {
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    for await (const _ of engine.synthesize(request(long, { signal: controller.signal }))) break;
    expect(remove).toHaveBeenCalledWith('abort', expect.any(Function));
    controller.abort();
    await speak('还在');
  });

  test('return() settles a pending read, and may be called twice', async () => {
    const stream = engine.synthesize(request('好'))[Symbol.asyncIterator]();
    const reading = stream.next();
    await stream.return?.();
    await stream.return?.();
    expect(await reading).toEqual({ done: true, value: undefined });
  });
});

describe('the thread', () => {
  const engines: SpeechEngine[] = [];
  const create = () => {
    const created = createSpeechEngine();
    engines.push(created);
    return created;
  };
  afterEach(() => Promise.all(engines.splice(0).map((created) => created.close())));

  test('close() ends what is being spoken and refuses more; twice is once', async () => {
    const closing = create();
    const stream = closing.synthesize(request(long))[Symbol.asyncIterator]();
    await stream.next();
    const reading = Promise.all([stream.next(), stream.next(), stream.next()]);
    const outcome = reading.catch((error: unknown) => error);
    await Promise.all([closing.close(), closing.close()]);
    expect(await outcome).toMatchObject({
      message: 'The speech engine was closed while it spoke.',
    });
    await expect(speak('好', {}, closing)).rejects.toThrow('The speech engine is closed');
  });

  test('a thread that dies takes along what it was speaking, and the next request gets another', async () => {
    const threads: Worker[] = [];
    const fragile = new WorkerSpeechEngine(() => {
      // The first one dies of whatever it is asked.
      const code =
        "require('node:worker_threads').parentPort.on('message', () => { throw new Error('crash'); });";
      const thread =
        threads.length === 0 ? new Worker(code, { eval: true, stderr: true }) : startAgain();
      threads.push(thread);
      return thread;
    });
    const startAgain = () => new Worker('process.exit(7)', { eval: true, stdout: true });
    engines.push(fragile);
    const failures = await Promise.allSettled([speak('一', {}, fragile), speak('二', {}, fragile)]);
    expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((failures[0] as PromiseRejectedResult).reason).toMatchObject({
      message: expect.stringContaining('has died'),
      cause: { message: 'crash' },
    });
    await expect(speak('三', {}, fragile)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('exit code 7') },
    });
    expect(threads).toHaveLength(2);
  });

  test('after a crash the real thread is started anew', async () => {
    let starts = 0;
    const fragile = new WorkerSpeechEngine(() =>
      starts++ === 0
        ? new Worker('throw new Error("crash")', { eval: true, stderr: true })
        : startSpeaker(),
    );
    engines.push(fragile);
    await expect(speak('一', {}, fragile)).rejects.toThrow('has died');
    expect((await speak('二', {}, fragile)).words.map((word) => word.text)).toEqual(['二']);
  });

  test('an engine that never spoke can be closed', async () => {
    expect(await create().close()).toBeUndefined();
  });
});

describe('data speech', () => {
  test.each([16_000, 22_050, 24_000, 48_000])('is heard at %i Hz', async (sampleRate) => {
    const text = '第 1 句：Hello，世界！\n第二句😀';
    const { samples, words } = await speak(text, {
      voice: dataVoice,
      sampleRate,
      volume: 0.3,
      speed: 2,
    });
    expect(await hearDataSpeech({ samples, sampleRate })).toBe(text);
    expect(words.map((word) => word.text).join('')).toBe(text);
    expectOrderly(words, (samples.length / sampleRate) * 1000);
  });

  test('leaves out what is not spoken, and nothing else', async () => {
    const text = '# 标题\n(happy)**你好** 2 < 3';
    const { samples } = await speak(text, {
      voice: dataVoice,
      directives: true,
      markdownFilter: true,
    });
    expect(await hearDataSpeech({ samples, sampleRate: 24_000 })).toBe('标题\n你好 2 < 3');
  });
});

test.each([
  ['speed', 0.4],
  ['speed', NaN],
  ['volume', 3],
  ['sampleRate', 4000],
] as const)('%s %f is refused', (name, value) => {
  expect(() => engine.synthesize(request('好', { [name]: value }))).toThrow(RangeError);
});
