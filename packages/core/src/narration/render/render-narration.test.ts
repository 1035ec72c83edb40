import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StepAudioError } from '../../errors.ts';
import { readWav } from '../../audio/wav-reader.ts';
import { concatSamples, encodePcm16 } from '../../audio/pcm.ts';
import type { TextSource } from '../../text/spoken-segment.ts';
import { systemClock } from '../../net/clock.ts';
import { SpeechFetcher } from '../fetcher.ts';
import { createMemoryCache } from '../memory-cache.ts';
import { NarrationPlan } from '../plan.ts';
import { billedUnits } from '../prices.ts';
import { createSimulatedSpeech } from '../testing/simulated-service.ts';
import type { SimulatedFault, SimulatedRequest } from '../testing/simulated-service.ts';
import { MemoryRenderFile } from './memory-render-file.ts';
import { estimateNarration } from './narration-survey.ts';
import { estimateUnpaid } from './paid-estimate.ts';
import { renderNarration } from './render-narration.ts';
import type { RenderOptions, RenderProgress } from './render-options.ts';
import type { NarrationTranscript } from './subtitle-writer.ts';
import { createCountingEncoder } from './testing/counting-encoder.ts';
import { CrashingMachine } from './testing/crashing-files.ts';
import type { CrashingFile } from './testing/crashing-files.ts';

const SAMPLE_RATE = 8000;
const VOICE = { voice: 'ruyananshi' };

const BOOK = [
  '# Harbour',
  'The ferry leaves at seven. Nobody waits.',
  '## Morning',
  'Fog lies on the river! 清晨的码头没有人。',
  '- bread\n- salt',
  '## Evening',
  'The lamps are lit. Somebody sings on the far bank, and then it is quiet.',
].join('\n\n');

const markdown = (text: string): TextSource => ({ text, format: 'markdown' });

function setUp(fault?: (request: SimulatedRequest) => SimulatedFault | undefined) {
  const clock = systemClock;
  const { service, speech } = createSimulatedSpeech({
    clock,
    firstByteMs: 0,
    msPerCharacter: 0,
    requestsPerMinute: 1e6,
    ...(fault && { fault }),
  });
  const cache = createMemoryCache();
  const files = {
    sound: new MemoryRenderFile(),
    journal: new MemoryRenderFile(),
    srt: new MemoryRenderFile(),
    vtt: new MemoryRenderFile(),
    words: new MemoryRenderFile(),
  };
  const options = {
    speech,
    voice: VOICE,
    cache,
    clock,
    files,
    sampleRate: SAMPLE_RATE,
    format: 'wav',
  } satisfies RenderOptions;
  return { service, speech, cache, files, options };
}

const readText = (file: MemoryRenderFile) => new TextDecoder().decode(file.bytes);
const readTranscript = (file: MemoryRenderFile) =>
  JSON.parse(readText(file)) as NarrationTranscript;

/** What the file should have: what is fetched, and the pauses of the plan. */
async function expectedSamples(text: string, { speech, cache }: ReturnType<typeof setUp>) {
  const plan = new NarrationPlan(markdown(text));
  const fetcher = new SpeechFetcher({
    plan,
    speech,
    voice: VOICE,
    cache,
    clock: systemClock,
    sampleRate: SAMPLE_RATE,
  });
  const parts: Int16Array[] = [];
  for await (const fetched of fetcher.from({ utterance: 0, offset: 0 })) {
    const { unit } = fetched as Extract<typeof fetched, { type: 'unit' }>;
    parts.push((unit.sound as { samples: Int16Array }).samples);
    const pauseMs = plan.utteranceAt(unit.to.utterance)!.pauseAfterMs;
    parts.push(new Int16Array((pauseMs * SAMPLE_RATE) / 1000));
  }
  await fetcher.close();
  return concatSamples(parts);
}

describe('WAV', () => {
  test('has every sample of every sentence, and the pauses, and none besides', async () => {
    const set = setUp();
    const report = await renderNarration(markdown(BOOK), set.options);
    const wav = readWav(set.files.sound.bytes);
    expect(wav.truncated).toBe(false);
    expect(wav.sampleRate).toBe(SAMPLE_RATE);
    const expected = await expectedSamples(BOOK, set);
    expect(wav.samples.length).toBe(expected.length);
    expect(wav.samples.every((sample, index) => sample === expected[index])).toBe(true);
    expect(report.seconds).toBeCloseTo(expected.length / SAMPLE_RATE, 9);
    expect(report.bytes).toBe(set.files.sound.bytes.length);
    expect(report).toMatchObject({ skipped: [], resumed: false, requests: 1, utterances: 11 });
    // There is nothing left to resume.
    expect(set.files.journal.bytes).toHaveLength(0);
  });

  test('its chapters are the headings, and the time before the first', async () => {
    const set = setUp();
    const text = `Before all.\n\n${BOOK}`;
    const report = await renderNarration(markdown(text), {
      ...set.options,
      tag: { title: 'Book' },
    });
    expect(report.chapters.map(({ title }) => title)).toEqual([
      'Book',
      'Harbour',
      'Morning',
      'Evening',
    ]);
    const transcript = readTranscript(set.files.words);
    const start = (words: string) =>
      transcript.sentences.find(({ text: said }) => said.startsWith(words))!.startMs;
    expect(report.chapters.map(({ startMs }) => startMs)).toEqual([
      0,
      start('Harbour'),
      start('Morning'),
      start('Evening'),
    ]);
    expect(report.chapters.at(-1)!.endMs).toBe(Math.round(report.seconds * 1000));
  });

  test('several sources are chapters with a pause between', async () => {
    const set = setUp();
    const chapters = [
      { title: 'One', source: markdown('First text.') },
      { title: 'Two', source: markdown('# Not a chapter\n\nSecond text.') },
    ];
    const report = await renderNarration(chapters, { ...set.options, chapterPauseMs: 2000 });
    expect(report.chapters.map(({ title }) => title)).toEqual(['One', 'Two']);
    const [first, second] = readTranscript(set.files.words).sentences;
    expect(second!.startMs - first!.endMs).toBe(2000);
    expect(report.chapters[1]!.startMs).toBe(second!.startMs);
    expect(second).toMatchObject({ chapter: 1, utterance: 0 });
  });
});

describe('beside the sound', () => {
  test('words have the times and the places of the source', async () => {
    const set = setUp();
    const report = await renderNarration(markdown(BOOK), set.options);
    const { sentences, durationMs, chapters } = readTranscript(set.files.words);
    expect(durationMs).toBe(Math.round(report.seconds * 1000));
    expect(chapters).toEqual(report.chapters);
    let latest = 0;
    for (const { startMs, endMs, words, text } of sentences) {
      expect(startMs).toBeGreaterThanOrEqual(latest);
      expect(endMs).toBeGreaterThan(startMs);
      latest = endMs;
      for (const word of words) {
        expect(word.startMs).toBeGreaterThanOrEqual(startMs);
        expect(word.endMs).toBeLessThanOrEqual(endMs);
        expect(text).toContain(word.text);
        expect(BOOK.slice(word.source.start, word.source.end)).toBe(word.text);
      }
    }
    expect(sentences.flatMap(({ words }) => words).length).toBeGreaterThan(30);
    // A word is where its tone is: between two words of this voice there is silence.
    const wav = readWav(set.files.sound.bytes);
    const lit = sentences.flatMap(({ words }) => words).find(({ text }) => text === 'lit')!;
    const at = (ms: number) => Math.round((ms * SAMPLE_RATE) / 1000);
    const isLoud = (from: number, to: number) =>
      wav.samples.subarray(at(from), at(to)).some((sample) => Math.abs(sample) > 3000);
    expect(isLoud(lit.startMs, lit.endMs)).toBe(true);
    expect(isLoud(lit.endMs + 2, lit.endMs + 100)).toBe(false);
  });

  test('subtitles say the text in its order', async () => {
    const set = setUp();
    await renderNarration(markdown(BOOK), set.options);
    const srt = readText(set.files.srt);
    const said = srt.replace(/^(\d+|.* --> .*)$/gm, '').replace(/\s+/g, ' ');
    expect(said).toContain('Harbour The ferry leaves at seven. Nobody waits. Morning');
    expect(readText(set.files.vtt)).toMatch(/^WEBVTT\n\n00:00:00\.\d{3} --> /);
    expect(srt).toMatch(/^1\n00:00:00,\d{3} --> /);
  });

  test('a short sentence at the end is not shown beyond the sound', async () => {
    const set = setUp();
    const { seconds } = await renderNarration(markdown('Yes.'), set.options);
    expect(seconds).toBeLessThan(1);
    const end = Math.round(seconds * 1000);
    expect(readText(set.files.vtt)).toContain(`--> 00:00:00.${String(end).padStart(3, '0')}`);
  });
});

describe('what it costs', () => {
  test('is told before, during and after', async () => {
    const set = setUp();
    const prices = { currency: 'EUR', per10000: { 'stepaudio-2.5-tts': 10 } };
    const estimate = estimateNarration(markdown(BOOK), { voice: VOICE, prices });
    const seen: RenderProgress[] = [];
    const report = await renderNarration(markdown(BOOK), {
      ...set.options,
      prices,
      onProgress: (progress) => seen.push(progress),
    });
    expect(estimate).toMatchObject({ utterances: 11, requests: 1 });
    expect(seen[0]).toMatchObject({ utterances: 0, requests: 0, cost: { amount: 0 }, estimate });
    const last = seen.at(-1)!;
    expect(last).toMatchObject({ utterances: 11, requests: 1, rest: { utterances: 0 } });
    expect(last.rest.characters).toBe(0);
    expect(last.paidCharacters).toBe(set.service.characters);
    const units = billedUnits(set.service.requests[0]!.text);
    expect(report.billedUnits).toBe(units);
    expect(report.cost!.currency).toBe('EUR');
    expect(report.cost!.amount).toBeCloseTo(units / 1000, 9);
    expect(estimate.cost!.amount).toBeCloseTo(report.cost!.amount, 9);
    expect(estimate.seconds / report.seconds).toBeGreaterThan(0.8);
    expect(estimate.seconds / report.seconds).toBeLessThan(1.25);
  });

  test('is not told for a model without a price', () => {
    const voice = { voice: 'x', model: 'new-model' };
    expect(estimateNarration(markdown('Text.'), { voice }).cost).toBeUndefined();
  });

  test('counts each speaker by the model of their voice', () => {
    const source = markdown('Ann: Good morning.');
    const text = { cast: ['Ann'] };
    const cast = { Ann: { model: 'step-tts-mini' } };
    const both = estimateNarration(source, { voice: VOICE, text, cast });
    const narrator = estimateNarration(source, { voice: VOICE, text });
    expect(both.cost!.amount).toBeLessThan(narrator.cost!.amount);
  });
});

describe('what is still to be paid', () => {
  test.each([
    ['samples', 'wav'],
    ['mp3', 'mp3'],
  ] as const)(
    '%s: all before, nothing after, and then what was changed',
    async (speechFormat, format) => {
      const set = setUp();
      const sampleRate = speechFormat === 'mp3' ? 24_000 : SAMPLE_RATE;
      const options = { ...set.options, format, speechFormat, sampleRate } as const;
      const whole = estimateNarration(markdown(BOOK), options);
      expect(await estimateUnpaid(markdown(BOOK), options)).toEqual({ whole, unpaid: whole });
      await renderNarration(markdown(BOOK), options);
      const after = await estimateUnpaid(markdown(BOOK), options);
      expect(after.whole).toEqual(whole);
      const nothing = { utterances: 0, characters: 0, billedUnits: 0, requests: 0, seconds: 0 };
      expect(after.unpaid).toEqual({ ...nothing, cost: { ...whole.cost, amount: 0 } });

      const other = await estimateUnpaid(markdown(BOOK), { ...options, voice: { voice: 'x' } });
      expect(other.unpaid).toEqual(whole);
    },
  );

  test('sentences that were changed here and there are requests of their own', async () => {
    const set = setUp();
    const sentences = [3, 5, 7, 9].map(
      (hour) => `The ferry to the island leaves at ${hour} o’clock.`,
    );
    const text = sentences.join(' ');
    await renderNarration(markdown(text), set.options);
    const changed = markdown(text.replace('3', 'three').replace('9', 'nine'));
    const { unpaid } = await estimateUnpaid(changed, set.options);
    expect(unpaid).toMatchObject({ utterances: 2, requests: 2 });
    const before = set.service.characters;
    const files = { sound: new MemoryRenderFile() };
    const report = await renderNarration(changed, { ...set.options, files });
    expect(set.service.characters - before).toBe(unpaid.characters);
    expect(report.requests).toBe(unpaid.requests);
    expect(report.cost!.amount).toBeCloseTo(unpaid.cost!.amount, 9);
  });

  test('a long text does not hold the program up, and a signal ends it', async () => {
    const set = setUp();
    const text = 'The ferry leaves at seven, and nobody waits for it. '.repeat(4000);
    const abort = new AbortController();
    const reason = new Error('enough');
    const timer = setTimeout(() => abort.abort(reason), 30);
    const look = estimateUnpaid(markdown(text), { ...set.options, signal: abort.signal });
    await expect(look).rejects.toBe(reason);
    clearTimeout(timer);
  });
});

describe('failures', () => {
  test('a sentence that is refused is a pause and in the report', async () => {
    const isBad = (text: string) => text.includes('Nobody');
    const set = setUp(({ text }) => (isBad(text) ? { status: 451 } : undefined));
    const skipped: string[] = [];
    const report = await renderNarration(markdown(BOOK), {
      ...set.options,
      onSkipped: ({ code }) => skipped.push(code),
    });
    expect(report.skipped).toHaveLength(1);
    const [skip] = report.skipped;
    expect(BOOK.slice(skip!.range.start, skip!.range.end).trim()).toBe('Nobody waits.');
    expect(skipped).toEqual([skip!.code]);
    expect(report.utterances).toBe(11);
    const sentence = readTranscript(set.files.words).sentences.find(({ text }) => isBad(text))!;
    expect(sentence).toMatchObject({ skipped: skip!.code, words: [] });
    expect(sentence.endMs - sentence.startMs).toBe(500);
    expect(readText(set.files.srt)).not.toContain('Nobody');
  });

  test('a cancelled render goes on where it was', async () => {
    const whole = setUp();
    await renderNarration(markdown(BOOK.repeat(6)), whole.options);
    const set = setUp();
    const abort = new AbortController();
    const stopped = renderNarration(markdown(BOOK.repeat(6)), {
      ...set.options,
      signal: abort.signal,
      onProgress: ({ utterances }) => {
        if (utterances >= 20) abort.abort('enough');
      },
    });
    await expect(stopped).rejects.toBe('enough');
    expect(set.files.sound.bytes.length).toBeGreaterThan(10_000);
    const seen: RenderProgress[] = [];
    const report = await renderNarration(markdown(BOOK.repeat(6)), {
      ...set.options,
      // What is in the file is not even looked for.
      cache: createMemoryCache(),
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen[0]!.utterances).toBe(20);
    expect(report.resumed).toBe(true);
    const before = set.service.requests[0]!.text.length;
    expect(set.service.requests.slice(1).map(({ text }) => text.length)).not.toContain(before);
    expect(readWav(set.files.sound.bytes).truncated).toBe(false);
  });

  test('another text, or another voice, is not written over the beginning of a render', async () => {
    const set = setUp(({ index }) => (index > 0 ? { status: 401 } : undefined));
    const long = Array.from({ length: 80 }, (_, index) => `Sentence ${index} of many. `).join('');
    await expect(renderNarration(markdown(long), set.options)).rejects.toMatchObject({
      status: 401,
    });
    expect(set.files.journal.bytes.length).toBeGreaterThan(0);
    set.service.fault = undefined;
    const changed = { code: 'render_changed' };
    const other = { ...set.options, voice: { voice: 'cixingnansheng' } };
    await expect(renderNarration(markdown(long), other)).rejects.toMatchObject(changed);
    await expect(renderNarration(markdown(BOOK), set.options)).rejects.toMatchObject(changed);
    const replaced = await renderNarration(markdown(BOOK), { ...set.options, replace: true });
    expect(replaced.resumed).toBe(false);
    expect(readWav(set.files.sound.bytes).truncated).toBe(false);
  });

  test('a file that is there is not written over', async () => {
    const set = setUp();
    await renderNarration(markdown(BOOK), set.options);
    const exists = { code: 'file_exists' };
    await expect(renderNarration(markdown(BOOK), set.options)).rejects.toMatchObject(exists);
    const sound = new MemoryRenderFile();
    const files = { ...set.files, sound };
    await expect(renderNarration(markdown(BOOK), { ...set.options, files })).rejects.toMatchObject(
      exists,
    );
    expect(sound.bytes).toHaveLength(0);
  });

  test.each([
    [{ chapterPauseMs: -1 }, 'chapterPauseMs'],
    [{ chapterPauseMs: Number.NaN }, 'chapterPauseMs'],
    [{ bitrate: 1000 }, 'bitrate'],
    [{ pauses: { headingMs: -5 } }, 'pauses.headingMs'],
    [{ sampleRate: 11 as 8000 }, 'sampleRate'],
    [{ voice: { voice: 'x', speed: 9 } }, 'speed'],
  ])('%j is refused', async (wrong, path) => {
    const set = setUp();
    const refused = renderNarration(markdown(BOOK), { ...set.options, ...wrong });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', path });
    expect(set.service.requests).toHaveLength(0);
  });

  test('a disk that is full is told as it is, and goes on when it has room', async () => {
    const set = setUp();
    const full = Object.assign(new Error('no room'), { code: 'ENOSPC' });
    let room = 200_000;
    const sound = new MemoryRenderFile();
    const write = sound.writeAt.bind(sound);
    sound.writeAt = async (offset, bytes) => {
      if (offset + bytes.length > room) throw full;
      await write(offset, bytes);
    };
    const files = { ...set.files, sound };
    const text = Array.from({ length: 30 }, (_, index) => `Sentence ${index} of some.`).join(
      '\n\n',
    );
    await expect(renderNarration(markdown(text), { ...set.options, files })).rejects.toBe(full);
    const asked = set.service.requests.length;
    room = Number.POSITIVE_INFINITY;
    const report = await renderNarration(markdown(text), { ...set.options, files });
    expect(report.resumed).toBe(true);
    expect(set.service.requests).toHaveLength(asked);
    const wav = readWav(files.sound.bytes);
    const expected = await expectedSamples(text, set);
    expect(Buffer.compare(encodePcm16(wav.samples), encodePcm16(expected))).toBe(0);
  });

  test('two renders of one file at once are refused', async () => {
    const set = setUp();
    const first = renderNarration(markdown(BOOK), set.options);
    await expect(renderNarration(markdown(BOOK), set.options)).rejects.toMatchObject({
      code: 'render_busy',
    });
    await first;
  });

  test.each(['', '  \n\n', '...!'])('nothing to speak: %j', async (text) => {
    const set = setUp();
    await expect(renderNarration(markdown(text), set.options)).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'source',
    });
    expect(set.files.journal.bytes).toHaveLength(0);
  });
});

/** Where two files begin to differ. */
function firstDifference(one: Uint8Array, other: Uint8Array): number | undefined {
  if (Buffer.compare(one, other) === 0) return undefined;
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at === -1 ? one.length : at;
}

describe('a crash at any moment', () => {
  const text = Array.from(
    { length: 12 },
    (_, index) => `Paragraph ${index} has a few words to say. And ${index * 7} more of them.`,
  ).join('\n\n');

  const render = async (
    format: 'wav' | 'mp3' | 'joined',
    machine: CrashingMachine,
    survived: Uint8Array[],
    set: ReturnType<typeof setUp>,
  ): Promise<{ files: CrashingFile[]; isDone: boolean }> => {
    const files = [0, 1, 2].map((index) => machine.open(survived[index]));
    const [sound, journal, words] = files as [CrashingFile, CrashingFile, CrashingFile];
    const isDone = await renderNarration(markdown(text), {
      ...set.options,
      // Joining takes what is 24 kHz in the simulated service.
      sampleRate: format === 'joined' ? 24_000 : SAMPLE_RATE,
      files: { sound, journal, words },
      format: format === 'wav' ? 'wav' : 'mp3',
      createMp3Encoder: format === 'mp3' ? createCountingEncoder : undefined,
      tag: { title: 'Crash' },
    }).then(
      () => true,
      (error: unknown) => {
        if ((error as Error).message === 'The machine has stopped.') return false;
        // It stopped when the last line of the journal was gone, and all else was there.
        if ((error as StepAudioError).code === 'file_exists') return true;
        throw error;
      },
    );
    return { files, isDone };
  };

  test.each(['wav', 'mp3', 'joined'] as const)(
    '%s: the file becomes the same, and nothing is paid twice',
    async (format) => {
      const whole = setUp();
      const machine = new CrashingMachine();
      const reference = (await render(format, machine, [], whole)).files.map(({ bytes }) =>
        bytes.slice(),
      );
      expect(machine.operations).toBeGreaterThan(10);
      const crashes = fc.array(
        fc.record({ at: fc.integer({ min: 0, max: machine.operations }), seed: fc.nat() }),
        { minLength: 1, maxLength: 2 },
      );
      await fc.assert(
        fc.asyncProperty(crashes, async (given) => {
          let survived: Uint8Array[] = [];
          // Only what was heard before is in the cache of the machine that stopped.
          const fresh = setUp();
          const set = { ...fresh, options: { ...fresh.options, cache: whole.cache } };
          for (const { at, seed } of given) {
            let state = seed;
            const random = () =>
              (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1) / 2 ** 31;
            const crashing = new CrashingMachine(at, random);
            const { files, isDone } = await render(format, crashing, survived, set);
            if (isDone) break;
            survived = await Promise.all(files.map((file) => file.survived()));
          }
          const { files } = await render(format, new CrashingMachine(), survived, set);
          for (const [index, file] of files.entries()) {
            expect([index, firstDifference(file.bytes, reference[index]!)]).toEqual([
              index,
              undefined,
            ]);
          }
          expect(set.service.requests).toEqual([]);
        }),
        {
          numRuns: 8,
          examples: [
            [
              [
                { at: 7, seed: 0 },
                { at: 1, seed: 0 },
              ],
            ],
          ],
        },
      );
    },
  );
});
