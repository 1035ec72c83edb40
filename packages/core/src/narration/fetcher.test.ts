import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { concatSamples, encodePcm16 } from '../audio/pcm.ts';
import { ManualClock } from '../net/testing/manual-clock.ts';
import { SpeechFetcher } from './fetcher.ts';
import type { FetchedSpeech, SpeechFetcherOptions } from './fetcher.ts';
import { createMemoryCache } from './memory-cache.ts';
import { NarrationPlan } from './plan.ts';
import type { PlanOptions } from './plan.ts';
import type { SpeechUnit } from './speech-unit.ts';
import { CHINESE_NOTE, ENGLISH_NOTE } from './testing/notes.ts';
import { createSimulatedSpeech } from './testing/simulated-service.ts';
import type { SimulatedServiceOptions } from './testing/simulated-service.ts';
import { simulateVoice } from './testing/simulated-voice.ts';

const SAMPLE_RATE = 8000;

type Setup = Partial<SpeechFetcherOptions> & {
  service?: Omit<SimulatedServiceOptions, 'clock'>;
  planned?: PlanOptions;
};

function setUp(text: string, { service: serviceOptions, planned, ...options }: Setup = {}) {
  const clock = new ManualClock();
  const { service, speech } = createSimulatedSpeech({ clock, ...serviceOptions });
  const cache = options.cache ?? createMemoryCache();
  const plan = new NarrationPlan({ text, format: 'markdown' }, planned);
  const create = (more: Partial<SpeechFetcherOptions> = {}) =>
    new SpeechFetcher({
      plan,
      speech,
      voice: { voice: 'ruyananshi' },
      cache,
      clock,
      sampleRate: SAMPLE_RATE,
      ...options,
      ...more,
    });
  return { clock, service, speech, cache, plan, create, fetcher: create() };
}

type Heard = { item: FetchedSpeech; atMs: number };

/** Takes everything, as fast as it comes, or `rate` times as fast as it is spoken. */
async function listen(
  clock: ManualClock,
  items: AsyncIterable<FetchedSpeech>,
  { rate }: { rate?: number } = {},
): Promise<Heard[]> {
  const heard: Heard[] = [];
  let isOver = false;
  const reading = (async () => {
    for await (const item of items) {
      heard.push({ item, atMs: clock.now() });
      if (rate === undefined || item.type !== 'unit') continue;
      await new Promise<void>((resolve) => {
        clock.after((item.unit.seconds / rate) * 1000, resolve);
      });
    }
  })().finally(() => {
    isOver = true;
  });
  reading.catch(() => undefined);
  for (let idle = 0; !isOver && idle < 100;) {
    const next = clock.nextInMs;
    await clock.advance(next ?? 0);
    idle = next === undefined ? idle + 1 : 0;
  }
  await reading;
  return heard;
}

const unitsOf = (heard: readonly Heard[]): SpeechUnit[] =>
  heard.flatMap(({ item }) => (item.type === 'unit' ? item.unit : []));

const samplesOf = ({ sound }: SpeechUnit): Int16Array => {
  if (!('samples' in sound)) throw new Error('not samples');
  return sound.samples;
};

/** What is read, by the places of the units. */
function textOf(plan: NarrationPlan, units: readonly SpeechUnit[]): string {
  let text = '';
  for (const { from, to } of units) {
    for (let index = from.utterance; index <= to.utterance; index += 1) {
      const spoken = plan.utteranceAt(index)!.spoken.text;
      const end = index === to.utterance ? to.offset : spoken.length;
      text += spoken.slice(index === from.utterance ? from.offset : 0, end);
    }
  }
  return text;
}

function allText(plan: NarrationPlan): string {
  while (plan.step());
  let text = '';
  for (let index = 0; index < plan.length; index += 1) text += plan.utteranceAt(index)!.spoken.text;
  return text;
}

const START = { utterance: 0, offset: 0 };

// Long enough for the longest batches; the whole notes are read in narration.test.ts.
describe.each([
  ['English', ENGLISH_NOTE.slice(0, 3000)],
  ['Chinese', CHINESE_NOTE.slice(0, 3000)],
])('a note of 3 000 characters, %s', (_, note) => {
  test.each([false, true])(
    'few requests, the first of them fast (buffered: %s)',
    async (buffered) => {
      const rate = buffered ? 2 : 1;
      const { clock, service, plan, fetcher, create } = setUp(note, {
        service: { buffered },
        rate,
      });
      const begin = clock.now();
      const heard = await listen(clock, fetcher.from(START), { rate });
      const units = unitsOf(heard);
      expect(heard[0]!.atMs - begin).toBeLessThanOrEqual(700);
      expect(service.requests.length).toBeLessThanOrEqual(9);
      expect(service.rateLimited).toBe(0);
      expect(service.mostPerMinute).toBeLessThanOrEqual(10);
      // Nobody waited, also without the pauses between paragraphs.
      const gapsMs = units.slice(1).map((_unit, index) => {
        const { atMs, item } = heard[index]!;
        const seconds = item.type === 'unit' ? item.unit.seconds : 0;
        return heard[index + 1]!.atMs - atMs - (seconds / rate) * 1000;
      });
      expect(Math.max(...gapsMs)).toBeLessThan(1);
      expect(textOf(plan, units)).toBe(allText(plan));
      expect(units.every(({ timing, cached }) => timing === 'service' && !cached)).toBe(true);

      // Again, opened again, and from the middle.
      for (const utterance of buffered ? [] : [0, 40]) {
        const again = utterance === 0 ? create() : fetcher;
        const replayed = unitsOf(await listen(clock, again.from({ utterance, offset: 0 })));
        expect(replayed.every(({ cached }) => cached)).toBe(true);
        expect(replayed.at(-1)).toMatchObject({ to: units.at(-1)!.to });
      }
      const paid = service.requests.length;
      expect(paid).toBeLessThanOrEqual(9);

      // One sentence edited: that sentence, and nothing else.
      const edited = plan.utteranceAt(20)!;
      const at = edited.range.start + 3;
      plan.edit({ start: at, end: at + 1, insert: '雾 ' });
      await listen(clock, fetcher.from({ utterance: 18, offset: 0 }));
      expect(service.requests.slice(paid).map(({ text }) => text)).toEqual([
        plan.utteranceAt(20)!.spoken.text,
      ]);
      await fetcher.close();
      expect(clock.pending).toBe(0);
      expect(service.active).toBe(0);
    },
  );
});

test('what is handed out is what the service spoke, to the sample', async () => {
  const { clock, service, fetcher } = setUp(ENGLISH_NOTE.slice(0, 1500));
  const units = unitsOf(await listen(clock, fetcher.from(START)));
  const spoken = service.requests.map(({ text }) => simulateVoice(text, SAMPLE_RATE).samples);
  expect(service.requests.length).toBeGreaterThan(3);
  expect(units.length).toBeGreaterThan(service.requests.length);
  const joined = encodePcm16(concatSamples(units.map(samplesOf)));
  expect(Buffer.from(joined).equals(encodePcm16(concatSamples(spoken)))).toBe(true);
  for (const unit of units) {
    const { buffer, byteLength } = samplesOf(unit);
    expect(buffer.byteLength).toBe(byteLength);
    expect(unit.seconds).toBe(samplesOf(unit).length / SAMPLE_RATE);
  }
});

test('each unit has the words of its sentences, in places of the plan', async () => {
  const { clock, plan, fetcher } = setUp(
    '# 雾\n\nIt is *cold* today, 12 degrees. 今天很冷。\n\nYes',
  );
  const units = unitsOf(await listen(clock, fetcher.from(START)));
  const words = units.flatMap((unit) => unit.words);
  const texts = words.map(({ utterance, range: { start, end } }) =>
    plan.utteranceAt(utterance)!.spoken.text.slice(start, end),
  );
  expect(texts).toEqual([
    '雾',
    'It',
    'is',
    'cold',
    'today',
    '12',
    'degrees',
    '今',
    '天',
    '很',
    '冷',
    'Yes',
  ]);
  expect(words.map(({ utterance }) => utterance)).toEqual([0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3]);
});

describe('while others wait', () => {
  test('no more is fetched ahead than is asked for', async () => {
    const { clock, service, fetcher } = setUp(CHINESE_NOTE, { aheadSeconds: 20 });
    const items = fetcher.from(START);
    await clock.advance(60_000);
    const ahead = service.characters;
    // 20 seconds, and the batch that went beyond.
    expect(ahead).toBeLessThan(20 * 5 + 120);
    fetcher.setRate(4);
    await clock.advance(60_000);
    expect(service.characters).toBeGreaterThan(ahead);
    await items.return!();
    await clock.advance(60_000);
    const after = service.requests.length;
    fetcher.setRate(100);
    await clock.advance(60_000);
    expect(service.requests.length).toBe(after);
  });

  test('what is on its way is not asked for again', async () => {
    const { clock, service, plan, fetcher } = setUp(ENGLISH_NOTE.slice(0, 1500));
    const first = fetcher.from(START);
    await clock.advance(100);
    const begun = service.requests.length;
    const second = fetcher.from({ utterance: 0, offset: 5 });
    expect(await first.next()).toEqual({ value: undefined, done: true });
    const heard = await listen(clock, second);
    expect(begun).toBe(3);
    expect(textOf(plan, unitsOf(heard))).toBe(allText(plan));
    const texts = service.requests.map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('a seek is answered at once, although other requests are on their way', async () => {
    const { clock, service, fetcher } = setUp(ENGLISH_NOTE.slice(0, 2800), { concurrency: 1 });
    fetcher.from(START);
    await clock.advance(100);
    const before = clock.now();
    const items = fetcher.from({ utterance: 30, offset: 0 });
    const heard = await listen(clock, items);
    expect(heard[0]!.atMs - before).toBeLessThanOrEqual(700);
    expect(service.rateLimited).toBe(0);
  });

  test('an abort ends it at once with its reason, and what is on its way is stored', async () => {
    const { clock, service, fetcher, create } = setUp(ENGLISH_NOTE.slice(0, 1500));
    const abort = new AbortController();
    const pending = fetcher.from(START, abort.signal).next();
    await clock.advance(100);
    abort.abort('enough');
    await expect(pending).rejects.toBe('enough');
    await clock.advance(10_000);
    const paid = service.requests.length;
    expect(paid).toBe(3);
    const [first] = await listen(clock, create({ aheadSeconds: 0 }).from(START));
    expect(first).toMatchObject({ item: { unit: { cached: true } } });
    await expect(fetcher.from(START, AbortSignal.abort('no')).next()).rejects.toBe('no');
  });

  test.each([false, true])('a close leaves nothing (buffered: %s)', async (buffered) => {
    const { clock, service, fetcher, create } = setUp(ENGLISH_NOTE, { service: { buffered } });
    const abort = new AbortController();
    const pending = fetcher.from(START, abort.signal).next();
    await clock.advance(100);
    await fetcher.close();
    expect(await pending).toEqual({ value: undefined, done: true });
    expect(await fetcher.from(START).next()).toEqual({ value: undefined, done: true });
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    // What cannot be stopped was paid for: it is stored when it comes.
    await clock.advance(buffered ? 10_000 : 0);
    expect(service.active).toBe(0);
    expect(clock.pending).toBe(0);
    const again = create().from(START);
    const next = again.next();
    await clock.advance(buffered ? 0 : 1000);
    expect(await next).toMatchObject({ value: { unit: { cached: buffered } } });
    await again.return!();
  });
});

describe('failures', () => {
  const refuse =
    (status: number, matches: RegExp, message = 'refused') =>
    ({ text }: { text: string }) =>
      matches.test(text) ? { status, message } : undefined;

  test.each([451, 400])(
    'a sentence that is refused with %s is skipped, and only that',
    async (status) => {
      const { clock, service, plan, fetcher } = setUp(CHINESE_NOTE.slice(0, 1200), {
        service: { fault: refuse(status, /大桥修好了/u), requestsPerMinute: 100 },
      });
      const heard = await listen(clock, fetcher.from(START), { rate: 1 });
      const skipped = heard.flatMap(({ item }) => (item.type === 'skipped' ? item : []));
      expect(skipped.length).toBeGreaterThan(1);
      for (const { utterance, error } of skipped) {
        expect(utterance.spoken.text).toMatch(/大桥修好了/u);
        expect(error.status).toBe(status);
        expect(error.message).not.toMatch(/大桥/u);
      }
      const sentences = skipped.map(({ utterance }) => utterance.index);
      const read = heard.map(({ item }) =>
        item.type === 'unit' ? item.unit.from.utterance : item.utterance.index,
      );
      expect(read).toEqual(read.toSorted((one, other) => one - other));
      expect(new Set(read).size).toBe(plan.length);
      // Not asked for again, and not more than it takes to find it.
      const paid = service.requests.length;
      const again = await listen(clock, fetcher.from(START));
      expect(
        again.flatMap(({ item }) => (item.type === 'skipped' ? item.utterance.index : [])),
      ).toEqual(sentences);
      expect(service.requests.length).toBe(paid);
    },
  );

  test('what may pass is waited for, and told', async () => {
    const waits: unknown[] = [];
    const { clock, service, fetcher } = setUp('One sentence. And another one.', {
      service: {
        fault: ({ index }) => (index < 7 ? { status: index < 3 ? 503 : 429 } : undefined),
      },
      onWaiting: ({ reason, untilMs, error }) => waits.push([reason, untilMs, error.retryable]),
    });
    const begin = clock.now();
    const heard = await listen(clock, fetcher.from(START));
    expect(unitsOf(heard)).toHaveLength(2);
    expect(waits).toEqual([
      ['retry', expect.any(Number), true],
      ['rate-limit', expect.any(Number), true],
    ]);
    expect(heard[0]!.atMs).toBeGreaterThan(begin + 1000);
    expect(service.requests).toHaveLength(8);
  });

  test('an answer that is cut is asked for again', async () => {
    const { clock, service, fetcher } = setUp('One sentence. And another one.', {
      service: { fault: ({ index }) => (index === 0 ? { cutAfter: 0.5 } : undefined) },
    });
    expect(unitsOf(await listen(clock, fetcher.from(START)))).toHaveLength(2);
    expect(service.requests).toHaveLength(2);
  });

  test('a service that stays away ends it, after what it said', async () => {
    const { clock, service, fetcher } = setUp(ENGLISH_NOTE, {
      service: { fault: ({ index }) => (index > 0 ? { unreachable: true } : undefined) },
    });
    const items = fetcher.from(START);
    const first = items.next();
    await clock.advance(1000);
    expect(await first).toMatchObject({ value: { type: 'unit' } });
    await expect(listen(clock, items)).rejects.toMatchObject({ code: 'connection_failed' });
    // The others give up when they would try again, and nothing new begins.
    await clock.advance(40_000);
    const asked = service.requests.length;
    await clock.advance(30_000);
    expect(service.requests.length).toBe(asked);
    expect(clock.pending).toBe(0);
  });

  test.each([
    [401, 'AuthenticationError'],
    [402, 'AuthenticationError'],
    [404, 'ServiceError'],
  ])('%s ends it with the first request', async (status, name) => {
    const { clock, service, fetcher } = setUp(ENGLISH_NOTE, {
      service: { fault: () => ({ status }) },
    });
    await expect(listen(clock, fetcher.from(START))).rejects.toMatchObject({ name, status });
    expect(service.requests.length).toBeLessThanOrEqual(3);
  });

  test('a voice that the service does not know ends it with the first request', async () => {
    const { clock, service, fetcher } = setUp(ENGLISH_NOTE, {
      service: { fault: refuse(400, /./u, 'voice ruyananshi is not valid') },
    });
    await expect(listen(clock, fetcher.from(START))).rejects.toMatchObject({ status: 400 });
    expect(service.requests.length).toBeLessThanOrEqual(3);
  });

  test('a service that refuses every text without a reason does not cost a request a sentence', async () => {
    const { clock, service, fetcher } = setUp(ENGLISH_NOTE, {
      service: { fault: () => ({ status: 400 }), requestsPerMinute: 1000 },
    });
    await expect(listen(clock, fetcher.from(START))).rejects.toMatchObject({ status: 400 });
    expect(service.requests.length).toBeLessThanOrEqual(20);
  });

  test('options that the service would refuse are refused before anything is sent', async () => {
    const { clock, service, fetcher } = setUp('Hello.', {
      voice: { voice: 'ruyananshi', speed: 9 },
    });
    await expect(listen(clock, fetcher.from(START))).rejects.toMatchObject({ path: 'speed' });
    expect(service.requests).toHaveLength(0);
    expect(() => setUp('Hello.', { concurrency: 0 })).toThrow('concurrency is 0');
    expect(() => fetcher.setRate(0)).toThrow('rate is 0');
  });
});

describe('a cast', () => {
  const dialogue = 'Anna: I am here.\n\nBen: So am I.\n\nNobody else came.';
  const cast = { Anna: { voice: 'anna-1' }, Ben: { voice: 'ben-1', speed: 1.5 } };
  const planned = { text: { cast: ['Anna', 'Ben'] } };
  const unknown = ({ voice }: { voice: string }) =>
    voice === 'ben-1' ? { status: 400, message: 'voice ben-1 is not valid' } : undefined;

  test('each speaks with their own voice', async () => {
    const { clock, service, fetcher } = setUp(dialogue, { cast, planned });
    await listen(clock, fetcher.from(START));
    const said = service.requests.map(({ voice, text, body }) => [voice, text, body['speed']]);
    expect(said).toEqual([
      ['anna-1', expect.stringContaining('I am here.'), undefined],
      ['ben-1', expect.stringContaining('So am I.'), 1.5],
      ['ruyananshi', expect.stringContaining('Nobody'), undefined],
    ]);
  });

  test('a voice that the service does not know ends it where it is first used, by name', async () => {
    const { clock, fetcher } = setUp(dialogue, { cast, planned, service: { fault: unknown } });
    const items = fetcher.from(START);
    const first = items.next();
    await clock.advance(1000);
    expect(await first).toMatchObject({ value: { type: 'unit' } });
    await expect(listen(clock, items)).rejects.toMatchObject({
      name: 'ValidationError',
      path: 'cast.Ben.voice',
      message: expect.stringMatching(/"ben-1".*"Ben"/u) as string,
    });
  });

  test('or the narrator speaks for them', async () => {
    const replaced: string[] = [];
    const { clock, service, fetcher, create } = setUp(dialogue, {
      cast,
      planned,
      service: { fault: unknown },
      unknownVoice: 'narrator',
      onVoiceReplaced: (speaker) => replaced.push(speaker),
    });
    expect(unitsOf(await listen(clock, fetcher.from(START)))).toHaveLength(3);
    expect(replaced).toEqual(['Ben']);
    const paid = service.requests.length;
    await listen(clock, fetcher.from(START));
    expect(service.requests.length).toBe(paid);
    expect(unitsOf(await listen(clock, create({ cast: {} }).from(START)))[1]).toMatchObject({
      cached: true,
    });
  });

  test('a new narrator has the same cast', async () => {
    const { clock, service, fetcher } = setUp(dialogue, { cast, planned });
    fetcher.setVoice({ voice: 'qingniandaxuesheng' });
    await listen(clock, fetcher.from(START));
    expect(service.requests.map(({ voice }) => voice)).toEqual([
      'anna-1',
      'ben-1',
      'qingniandaxuesheng',
    ]);
  });

  test('another voice is fetched anew, and the old one is still there', async () => {
    const { clock, service, fetcher } = setUp('Hello there. It is late.');
    const items = fetcher.from(START);
    await clock.advance(50);
    fetcher.setVoice({ voice: 'qingniandaxuesheng' });
    expect(await items.next()).toEqual({ value: undefined, done: true });
    await listen(clock, fetcher.from(START));
    fetcher.setVoice({ voice: 'ruyananshi' });
    const units = unitsOf(await listen(clock, fetcher.from(START)));
    expect(units.map(({ cached }) => cached)).toEqual([true, true]);
    expect(service.requests.map(({ voice }) => voice)).toEqual([
      'ruyananshi',
      'qingniandaxuesheng',
    ]);
  });
});

describe('what cannot be cut', () => {
  test.each(['mp3', 'opus', 'samples'] as const)(
    '%s: a batch is one unit, found again from anywhere',
    async (format) => {
      const subtitles = () => [];
      const { clock, service, plan, create, fetcher } = setUp(CHINESE_NOTE.slice(0, 700), {
        format,
        service: { fault: () => (format === 'samples' ? { subtitles } : undefined) },
      });
      const units = unitsOf(await listen(clock, fetcher.from(START)));
      expect(units).toHaveLength(service.requests.length);
      expect(textOf(plan, units)).toBe(allText(plan));
      expect(units.every(({ timing }) => (timing === 'service') === (format !== 'samples'))).toBe(
        true,
      );
      const paid = service.requests.length;
      const middle = units[2]!;
      const place = { utterance: middle.from.utterance + 1, offset: 0 };
      const again = unitsOf(await listen(clock, create().from(place)));
      expect(again[0]).toMatchObject({ from: middle.from, to: middle.to, cached: true });
      expect(textOf(plan, again)).toBe(textOf(plan, units.slice(2)));
      expect(service.requests.length).toBe(paid);
    },
  );

  test('what was spoken together with a sentence that has changed is spoken again', async () => {
    const { clock, service, plan, fetcher } = setUp('一。二二。三三三。\n\n四四四四。五。', {
      service: { fault: () => ({ subtitles: () => [] }) },
    });
    expect(unitsOf(await listen(clock, fetcher.from(START)))).toHaveLength(1);
    plan.edit({ start: 2, end: 3, insert: '又' });
    const units = unitsOf(await listen(clock, fetcher.from(START)));
    expect(textOf(plan, units)).toBe('一。又二。三三三。四四四四。五。');
    expect(service.requests.map(({ text }) => text)).toEqual([
      '一。二二。三三三。\n四四四四。五。',
      '一。又二。三三三。\n四四四四。五。',
    ]);
  });

  test('WAV files are cut like samples', async () => {
    const { clock, create, fetcher } = setUp('Hello there. It is late.', { format: 'wav' });
    const [first, second] = unitsOf(await listen(clock, fetcher.from(START)));
    expect(first!.sound).toMatchObject({ mediaType: 'audio/wav', durationSeconds: first!.seconds });
    expect(second!.from).toEqual({ utterance: 1, offset: 0 });
    const samples = unitsOf(await listen(clock, create({ format: 'samples' }).from(START)));
    expect(samples.map(({ cached }) => cached)).toEqual([true, true]);
  });
});

test('a cache that fails costs money, not the narration', async () => {
  const broken = {
    get: () => Promise.reject(new Error('read')),
    set: () => Promise.reject(new Error('full')),
    has: () => Promise.reject(new Error('gone')),
  };
  const { clock, plan, fetcher } = setUp(ENGLISH_NOTE.slice(0, 800), { cache: broken });
  const units = unitsOf(await listen(clock, fetcher.from(START)));
  expect(textOf(plan, units)).toBe(allText(plan));
});

test('a cache that forgets between the question and the answer is asked the service for', async () => {
  const cache = createMemoryCache();
  const forgetful = {
    ...cache,
    has: () => Promise.resolve(true),
    get: () => Promise.resolve(undefined),
  };
  const { clock, plan, fetcher } = setUp('One two. Three four. Five six.', { cache: forgetful });
  expect(textOf(plan, unitsOf(await listen(clock, fetcher.from(START))))).toBe(allText(plan));
});

test('nothing to speak, and a place behind the end', async () => {
  const { clock, service, fetcher } = setUp('🎉 !!! …\n\n---\n');
  expect(await listen(clock, fetcher.from(START))).toEqual([]);
  const some = setUp('Hello.');
  expect(await listen(some.clock, some.fetcher.from({ utterance: 0, offset: 6 }))).toEqual([]);
  expect(await listen(some.clock, some.fetcher.from({ utterance: 9, offset: 0 }))).toEqual([]);
  expect(service.requests).toHaveLength(0);
});
