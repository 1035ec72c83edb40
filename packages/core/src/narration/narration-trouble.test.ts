import { describe, expect, test } from 'vitest';
import { CollectOutput } from '../audio/output/collect-output.ts';
import type { AudioOutput } from '../audio/output/audio-output.ts';
import { AuthenticationError, ValidationError } from '../errors.ts';
import { ScriptedOutput } from './player/testing/scripted-output.ts';
import {
  SHORT_NOTE,
  collect,
  collectSound,
  hearAll,
  setUp,
  until,
} from './testing/narration-bench.ts';
import { ENGLISH_NOTE } from './testing/notes.ts';
import type { SimulatedFault, SimulatedRequest } from './testing/simulated-service.ts';

const MINUTE_MS = 60_000;
/** 2 000 characters, and no two stretches of them alike. */
const LINE = Array.from({ length: 500 }, (_, at) => `x${(at + 1500).toString(36)}`).join('');
const ALL_OF_SHORT_NOTE = [0, 1, 2, 3, 4, 5, 6];

describe('a service that is not there for a while', () => {
  /** From a time on and for so long, what is asked meets the fault. */
  const during =
    (fromMs: number, lengthMs: number, fault: SimulatedFault) =>
    ({ atMs }: SimulatedRequest) => {
      during.beganAtMs ??= atMs;
      const sinceMs = atMs - during.beganAtMs;
      return sinceMs >= fromMs && sinceMs < fromMs + lengthMs ? fault : undefined;
    };
  during.beganAtMs = undefined as number | undefined;

  test.each([
    ['no network', { unreachable: true }],
    ['a page of the network that wants somebody to sign in', { signInPage: true }],
    ['a gateway that says 503', { status: 503 }],
    ['a limit without a time', { status: 429 }],
  ])('%s: what is there is heard, then it waits, and nothing is lost', async (_, fault) => {
    during.beganAtMs = undefined;
    const { clock, start } = setUp({
      service: { fault: during(300, 120_000, fault), requestsPerMinute: 1000 },
      aheadSeconds: 5,
    });
    const narration = start(ENGLISH_NOTE.slice(0, 800));
    const utterances = collect(narration, 'utterance');
    const states = collect(narration, 'state');
    const waits = collect(narration, 'waiting');
    await hearAll(clock, narration);
    expect(utterances.map(({ utterance }) => utterance.index)).toEqual(
      Array.from({ length: narration.plan.length }, (__, index) => index),
    );
    expect(waits.length).toBeGreaterThan(3);
    expect(states.map(({ state }) => state).slice(0, 4)).toEqual([
      'buffering',
      'playing',
      'buffering',
      'playing',
    ]);
    expect(narration.metrics.underruns).toBeGreaterThan(0);
    await narration.close();
  });

  test('a failure during a long pause is no failure of what is heard afterwards', async () => {
    during.beganAtMs = undefined;
    const { clock, start } = setUp({
      service: {
        fault: during(700, 4 * MINUTE_MS, { unreachable: true }),
        requestsPerMinute: 1000,
      },
    });
    const narration = start(ENGLISH_NOTE.slice(0, 800));
    const utterances = collect(narration, 'utterance');
    narration.play();
    await clock.advance(1500);
    narration.pause();
    await clock.advance(5 * MINUTE_MS);
    expect(narration.state).toBe('paused');
    await hearAll(clock, narration);
    expect(utterances).toHaveLength(narration.plan.length);
    await narration.close();
  });

  test('slower than speech: it plays what it has, says what it waits for, and goes on', async () => {
    const { clock, start } = setUp({ service: { fault: () => ({ delayMs: 25_000 }) } });
    const narration = start(SHORT_NOTE);
    const waits = collect(narration, 'waiting');
    const utterances = collect(narration, 'utterance');
    narration.play();
    await clock.advance(9000);
    expect(waits).toHaveLength(0);
    await clock.advance(2000);
    expect(waits[0]).toEqual({ reason: 'no-answer' });
    await hearAll(clock, narration);
    expect(utterances.map(({ utterance }) => utterance.index)).toEqual(ALL_OF_SHORT_NOTE);
    await narration.close();
  });

  test('what waits for its turn behind other requests of the account is told, too', async () => {
    const { clock, service, start } = setUp();
    const others = ['A.', 'B.', 'C.'].map((text) => start(text.repeat(20)));
    service.fault = () => ({ delayMs: 30_000 });
    for (const other of others) other.play();
    await clock.advance(500);
    const narration = start(SHORT_NOTE);
    const waits = collect(narration, 'waiting');
    narration.play();
    await clock.advance(11_000);
    expect(waits).toContainEqual({ reason: 'no-answer' });
    await Promise.all([narration, ...others].map((one) => one.close()));
  });
});

describe('what does not pass', () => {
  test('a key that is refused is no fault of the voice of the one who speaks', async () => {
    const { clock, start } = setUp({
      cast: { Anna: { voice: 'wenrounvsheng' } },
      service: { fault: ({ voice }) => (voice === 'wenrounvsheng' ? { status: 402 } : undefined) },
    });
    const narration = start('It was late.\n\n**Anna**: Who is there?\n\nNobody answered.');
    narration.play();
    await until(clock, () => narration.state === 'failed');
    await expect(narration.done).rejects.toBeInstanceOf(AuthenticationError);
    await narration.close();
  });

  test('a service that begins to refuse everything is not asked for every sentence', async () => {
    const { clock, service, start } = setUp({
      service: {
        fault: ({ index }) => (index > 1 ? { status: 400 } : undefined),
        requestsPerMinute: 1000,
      },
    });
    const narration = start(ENGLISH_NOTE);
    narration.play();
    await until(clock, () => narration.state === 'failed');
    expect(service.requests.length).toBeLessThan(40);
    await narration.close();
  });
});

describe('outputs', () => {
  test('one that cannot play fails it; play goes on where it was', async () => {
    const { clock, start } = setUp();
    let isBroken = false;
    const taken: number[] = [];
    const output = new CollectOutput({
      write({ id }) {
        if (isBroken) throw new Error('the pipe is closed');
        taken.push(id);
        isBroken = taken.length === 4;
      },
    });
    const narration = start(SHORT_NOTE, { output });
    const utterances = collect(narration, 'utterance');
    narration.play();
    await until(clock, () => narration.state === 'failed');
    await expect(narration.done).rejects.toThrow('the pipe is closed');
    isBroken = false;
    narration.play();
    await until(clock, () => narration.state === 'ended');
    expect(utterances.map(({ utterance }) => utterance.index)).toEqual(ALL_OF_SHORT_NOTE);
    await narration.close();
  });

  test('one that never takes anything holds up nobody who leaves', async () => {
    const { clock, service, start } = setUp();
    const stuck: AudioOutput = {
      takes: 'samples',
      keepsTime: false,
      rates: undefined,
      sampleRate: undefined,
      enqueue: () => new Promise(() => undefined),
      pause: () => undefined,
      resume: () => undefined,
      stop: () => undefined,
      subscribe: () => () => undefined,
      close: () => Promise.resolve(),
    };
    const narration = start(SHORT_NOTE, { output: stuck });
    narration.play();
    await clock.advance(5000);
    narration.seek({ utterance: 3 });
    await clock.advance(5000);
    expect(narration.state).toBe('buffering');
    await narration.close();
    await expect(narration.done).resolves.toBeUndefined();
    expect(service.active).toBe(0);
  });
});

describe('stores', () => {
  test('one that never answers costs five seconds, and then it is left alone', async () => {
    const never = () => new Promise<never>(() => undefined);
    const { clock, start } = setUp({ cache: { get: never, has: never, set: never } });
    const narration = start(SHORT_NOTE);
    const utterances = collect(narration, 'utterance');
    narration.play();
    await clock.advance(7000);
    expect(narration.state).toBe('playing');
    await hearAll(clock, narration);
    expect(utterances.map(({ utterance }) => utterance.index)).toEqual(ALL_OF_SHORT_NOTE);
    await narration.close();
  });

  test('one that answers null for what it does not have', async () => {
    const nothing = () => Promise.resolve(null as unknown as undefined);
    const cache = { get: nothing, has: () => Promise.resolve(true), set: nothing };
    const { clock, start } = setUp({ cache });
    const narration = start(SHORT_NOTE);
    await hearAll(clock, narration);
    expect(narration.metrics.cached).toBe(0);
    await narration.close();
  });

  test('two narrations of one text at once, with one store and one account', async () => {
    const { clock, service, start } = setUp();
    const sounds = await Promise.all(
      [1, 2].map(() => collectSound(clock, (output) => start(SHORT_NOTE, { output }))),
    );
    expect(sounds[0]!.samples.length).toBe(sounds[1]!.samples.length);
    for (const { utterances } of sounds) {
      expect(utterances.map(({ index }) => index)).toEqual(ALL_OF_SHORT_NOTE);
    }
    expect(service.rateLimited).toBe(0);
  });
});

describe('texts', () => {
  test.each([
    ['a line without a space', LINE],
    ['right to left', 'שלום עולם. זה משפט שני! مرحبا بالعالم. هل هذه جملة؟'],
    ['combining marks', 'e\u0301le\u0300ve a\u0308. Z\u0351\u036b\u0343a\u0310lgo is here. ก็ดี นะ.'],
    ['CRLF and CR', 'One.\r\nTwo.\r\n\r\n# Three\r\rFour.\r'],
    ['emoji between words', '👨‍👩‍👧 Family. 🎉🎉 Party 🇫🇷 time! 👍🏽'],
    ['broken front matter', '---\ntitle: x\n\nText after it.\n\n```js\nlet open = 1;'],
  ])('%s: all of it is spoken, and places are those of the text', async (_, text) => {
    const { clock, service, start } = setUp({ service: { requestsPerMinute: 1000 } });
    const narration = start(text);
    const words = collect(narration, 'word');
    await hearAll(clock, narration);
    const spoken = Array.from({ length: narration.plan.length }, (__, index) =>
      narration.plan.utteranceAt(index)!.spoken.text.replace(/\s/gu, ''),
    ).join('');
    const asked = service.requests.map((request) => request.text.replace(/\s/gu, ''));
    expect(asked.join('')).toBe(spoken);
    for (const { utterance, spokenRange, sourceRange } of words) {
      expect(sourceRange.start).toBeGreaterThanOrEqual(utterance.range.start);
      expect(sourceRange.end).toBeLessThanOrEqual(utterance.range.end);
      expect(utterance.spoken.text.slice(spokenRange.start, spokenRange.end)).not.toBe('');
    }
    expect(words.length).toBeGreaterThan(0);
    await narration.close();
  });
});

describe('a long text', () => {
  const paragraph = 'Some words that fill a long, long book. And some more of them.\n\n';
  const BOOK = `${paragraph.repeat(1300)}# The end\n\nThe last words.`;
  const FAR = BOOK.indexOf('# The end');

  test('is not planned to a place far ahead in one go; it begins there all the same', async () => {
    const { clock, service, start } = setUp();
    const narration = start(BOOK, { from: { sourceOffset: FAR } });
    expect(narration.plan.plannedTo).toBeLessThan(40_000);
    expect(narration.position.sourceOffset).toBe(FAR);
    const utterances = collect(narration, 'utterance');
    narration.play();
    expect(narration.state).toBe('buffering');
    expect(narration.plan.plannedTo).toBeLessThan(40_000);
    narration.edit({ start: 0, end: 4, insert: 'Many' });
    narration.edit({ start: 0, end: 4, insert: 'Hardly any' });
    await until(clock, () => narration.state === 'ended');
    expect(utterances.map(({ utterance }) => utterance.spoken.text.trim())).toEqual([
      'The end',
      'The last words.',
    ]);
    expect(service.requests).toHaveLength(1);
    await narration.close();
  });

  test('the next heading is looked for while the sound goes on', async () => {
    const { clock, start } = setUp();
    const narration = start(BOOK);
    const utterances = collect(narration, 'utterance');
    narration.play();
    await clock.advance(1500);
    narration.skip('heading', 1);
    expect(narration.plan.plannedTo).toBeLessThan(60_000);
    expect(narration.state).toBe('playing');
    await until(clock, () => narration.state === 'ended');
    expect(utterances.at(-2)!.utterance.spoken.text.trim()).toBe('The end');
    await narration.close();
  });

  test('can be stopped, sought elsewhere, and closed while a place is looked for', async () => {
    const { clock, service, start, device } = setUp();
    const narration = start(BOOK, { from: { sourceOffset: FAR } });
    narration.play();
    narration.stop();
    narration.skip('sentence', 1);
    expect(narration.position.sourceOffset).toBe(FAR);
    await clock.advance(100);
    expect(narration.plan.utteranceAtSource(narration.position.sourceOffset)?.kind).toBe('heading');
    const other = start(BOOK, { from: { sourceOffset: FAR } });
    const heard = collect(other, 'utterance');
    other.play();
    other.seek({ utterance: 1 });
    await clock.advance(1500);
    expect(heard.map(({ utterance }) => utterance.index)).toEqual([1]);
    await other.close();
    const third = start(BOOK, { from: { utterance: 2599 } });
    third.play();
    await third.close();
    await narration.close();
    device.close();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
    expect(service.active).toBe(0);
  });
});

describe('commands', () => {
  test('storms of skips and rates end where the last one says, and cost nothing', async () => {
    const { clock, service, start } = setUp();
    await collectSound(clock, (output) => start(SHORT_NOTE, { output }));
    const bought = service.requests.length;
    const narration = start(SHORT_NOTE);
    const heard = collect(narration, 'utterance');
    narration.play();
    await clock.advance(100);
    for (let round = 0; round < 60; round += 1) {
      narration.skip(round % 3 === 0 ? 'paragraph' : 'sentence', round % 2 === 0 ? 1 : -1);
      narration.setRate(0.5 + (round % 6) * 0.5);
      if (round % 10 === 9) await clock.advance(30);
    }
    narration.setRate(1);
    narration.seek({ utterance: 5 });
    heard.length = 0;
    await until(clock, () => narration.state === 'ended');
    expect(heard.map(({ utterance }) => utterance.index)).toEqual([5, 6]);
    expect(service.requests).toHaveLength(bought);
    await narration.close();
  });

  test('a skip back in the last moment of the text is not lost with it', async () => {
    const { clock, start, device } = setUp();
    device.close();
    const output = new ScriptedOutput(() => clock.now());
    const narration = start('One. Two.', { output });
    const heard = collect(narration, 'utterance');
    narration.play();
    await clock.advance(2000);
    const seconds = output.held.reduce((sum, held) => sum + held.seconds, 0);
    output.play(seconds * 1000 - 20);
    narration.skip('sentence', -1);
    output.play(20);
    expect(narration.state).toBe('ended');
    await clock.advance(200);
    expect(narration.state).not.toBe('paused');
    output.play(50);
    expect(heard.map(({ utterance }) => utterance.index)).toEqual([0, 1, 0]);
    await narration.close();
  });

  test('a skip while an edit has not settled goes to the new text', async () => {
    const { clock, service, start } = setUp();
    await collectSound(clock, (output) => start(SHORT_NOTE, { output }));
    const bought = service.requests.length;
    const narration = start(SHORT_NOTE);
    const words = collect(narration, 'word');
    narration.play();
    await clock.advance(200);
    const at = SHORT_NOTE.indexOf('second');
    narration.edit({ start: at, end: at + 6, insert: 'changed' });
    narration.skip('sentence', 1);
    await clock.advance(2500);
    const heard = words.map(({ utterance, spokenRange: { start: from, end } }) =>
      utterance.spoken.text.slice(from, end),
    );
    expect(heard.join(' ')).toContain('A changed sentence comes here');
    expect(service.requests.slice(bought).map(({ text }) => text)).toEqual([
      'A changed sentence comes here.',
    ]);
    await narration.close();
  });

  test.each([
    [{ sourceOffset: Number.NaN }, 'sourceOffset'],
    [{ sourceOffset: -1 }, 'sourceOffset'],
    [{ utterance: 1.5 }, 'utterance'],
    [{ utterance: 0, offset: -3 }, 'offset'],
  ])('a position that is none: %o', async (position, path) => {
    const { start, device } = setUp();
    const narration = start(SHORT_NOTE);
    expect(() => narration.seek(position)).toThrow(ValidationError);
    expect(() => narration.seek(position)).toThrow(`position's ${path}`);
    expect(() => start(SHORT_NOTE, { from: position })).toThrow(ValidationError);
    await narration.close();
    device.close();
  });
});
